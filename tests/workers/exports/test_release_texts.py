"""An account goes out only as the stricter machine left it, above a risk only once a person read it, never stale."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import db, transaction
from app.exports.release_texts import not_ready
from app.models import AuditEntry, Case, CaseEvent, Message, OrganisationKind, ReleaseText, Role, User
from tests.conftest import csrf_token
from tests.integration.casework.desk import report_case
from tests.workers.exports.asked import LONG_AGO, asked_for, many_cases, released, rows_of
from workers.exports import preparing
from workers.exports.preparing import prepare_backlog, prepare_text
from workers.exports.second_pass import ENGINE, HIDDEN, second_pass
from workers.processing import Keys

TEXT = (
    "[PERSONNE-1: femme] a été frappée à Sangha. L'infirmier de Diallassagou a vu. Barou dit Kapi était là."
)
HOME = "/desk/exports/readings"


def verified_case(text: str = TEXT) -> Case:
    return report_case(
        text=text, verification="verified", verified_at=LONG_AGO, received_at=LONG_AGO, status="closed"
    )


def kept(case: Case) -> ReleaseText | None:
    db.session.rollback()
    return db.session.scalar(select(ReleaseText).where(ReleaseText.case_id == case.id))


def test_what_is_in_doubt_is_hidden_too_and_a_second_pass_changes_nothing_more() -> None:
    ready = second_pass(TEXT)
    assert "[PERSONNE-1: femme]" in ready.text
    assert HIDDEN in ready.text
    assert not any(word in ready.text for word in ("infirmier", "Kapi", "Barou"))
    assert second_pass(ready.text).text == ready.text
    assert "\x07" not in second_pass("un\x07 homme").text


def test_a_text_is_made_ready_once_and_never_outlives_its_account(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = verified_case()
    report_case(text="not established")
    assert prepare_backlog() == 1
    text = kept(case)
    assert text is not None
    assert (text.state, "Kapi" in text.text) == ("clear", False)
    assert db.session.scalars(not_ready(ENGINE, 9)).all() == []
    monkeypatch.setattr(preparing, "second_pass", None)  # a second run finds nothing to do
    prepare_text(case.id)
    with transaction() as session:
        message = session.scalars(select(Message).where(Message.anonymised_text == TEXT)).one()
        message.anonymised_text = "Un autre récit."
        from app.intake.case_text import refresh_text

        refresh_text(session, session.get_one(Case, case.id))
    assert kept(case) is None, "what was just hidden or erased must not stay there"


def test_an_engine_that_fails_lets_nothing_out(
    keys: Keys, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(role=Role.ANALYST)
    numbers = many_cases(40, anonymised_text="Des hommes ont frappé quelqu'un.")
    first = released(keys, asked_for(user, "partner"))
    assert {row["account"] for row in rows_of(first)} == {"Des hommes ont frappé quelqu'un."}
    with transaction() as session:
        case = session.scalars(select(Case).where(Case.number == numbers[0])).one()
        case.anonymised_text = "Un récit que personne n'a relu."
    monkeypatch.setattr("workers.exports.going_texts.second_pass", None)
    release = released(keys, asked_for(user, "partner"))
    assert {row["account"] for row in rows_of(release)} == {None}
    assert ("text_not_ready", 40, "account") in {
        (each.reason, each.count, each.field) for each in release.withheld
    }


def test_a_person_reads_decides_hides_and_takes_back(
    app: Flask,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preparing, "residual_risk_limit", lambda: 0.0)
    case = verified_case("Des hommes armés ont frappé [PERSONNE-1] devant la boutique bleue.")
    prepare_text(case.id)
    text = kept(case)
    assert text is not None
    assert text.state == "waiting"
    client, address = app.test_client(), f"{HOME}/{text.id}"
    sign_in(client, make_user(role=Role.SUPERVISOR))
    assert case.reference in client.get(HOME).text
    assert "boutique bleue" in client.get(address).text

    def send(where: str, **data: str) -> int:
        page = client.get(address).text
        digest = page.partition('name="digest" value="')[2].partition('"')[0]
        form = {"csrf_token": csrf_token(client, address), "digest": digest, **data}
        return client.post(where, data=form).status_code

    assert send(address, decision="refused", reason="no") == 422
    assert send(address, decision="read", digest="0" * 64) == 422, "another account than was shown"
    assert send(address, decision="refused", reason="the shop says who it is") == 303
    assert kept(case).state == "refused"  # type: ignore[union-attr]
    assert send(address, decision="waiting") == 303
    assert send(address, decision="read") == 303
    assert kept(case).state == "read"  # type: ignore[union-attr]
    assert send(address, decision="waiting") == 303
    assert send(f"{address}/hide", words="boutique bleue", label="other") == 303
    assert kept(case) is None
    prepare_text(case.id)
    again = kept(case)
    assert again is not None
    assert "boutique" not in again.text
    kinds = [each.detail.get("to") for each in db.session.scalars(select(CaseEvent)) if "to" in each.detail]
    assert {"refused", "waiting", "read"} <= set(kinds)
    actions = {each.action for each in db.session.scalars(select(AuditEntry))}
    assert actions >= {"case.read", "case.release_allowed", "case.release_refused", "case.release_taken_back"}
    stranger = app.test_client()
    sign_in(stranger, make_user(role=Role.ANALYST, kind=OrganisationKind.CNDH))
    assert stranger.get(HOME).status_code == 403
