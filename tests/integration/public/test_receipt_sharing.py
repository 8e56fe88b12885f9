"""Changing afterwards what may be shared: kept, followed at once where nobody has begun, told to the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    AuditEntry,
    Case,
    CaseEvent,
    Organisation,
    OrganisationKind,
    Referral,
    Report,
    User,
)
from tests.integration.public.conftest import code_of, form_of, reports

SHARING = "/receipt/sharing"
ALL = {"may_ask": True, "share_with": ["civil_society", "cndh", "institution"], "with_identity": True}
Share = Callable[..., TestResponse]


@pytest.fixture
def page(client: FlaskClient, send: Callable[..., TestResponse]) -> str:
    """What a code opens, of a message of which everything was allowed."""
    code = code_of(send().text)
    with transaction() as session:
        session.scalars(select(Report)).one().consent = ALL
    return client.post("/receipt", data={"code": code, "lang": "en"}).text


@pytest.fixture
def share(client: FlaskClient, page: str) -> Share:
    """Open the page of ticks, and keep these."""

    def keep(**ticked: str) -> TestResponse:
        shown = client.post(SHARING, data=form_of(page, SHARING)).text
        form = form_of(shown, SHARING, "confirm")
        kept = {name: form[name] for name in ("access", "confirm", "lang")}
        return client.post(SHARING, data={**kept, **ticked})

    return keep


@pytest.fixture
def refer(
    make_organisation: Callable[..., Organisation], make_case: Callable[..., Case]
) -> Callable[..., Referral]:
    """Refer the message's case to an organisation of a kind, in a state."""

    def make(kind: OrganisationKind, state: str) -> Referral:
        organisation = make_organisation(kind)
        case_id = reports()[0].case_id or make_case().id
        with transaction() as session:
            session.scalars(select(Report)).one().case_id = case_id
            referral = Referral(
                case_id=case_id,
                organisation_id=organisation.id,
                state=state,
                deadline_at=utcnow() + timedelta(days=1),
            )
            session.add(referral)
        return referral

    return make


def state_of(referral: Referral) -> str:
    db.session.rollback()
    return db.session.get_one(Referral, referral.id, populate_existing=True).state


def consent() -> dict[str, object]:
    return reports()[0].consent or {}


def test_the_page_shows_what_is_allowed_now(client: FlaskClient, page: str) -> None:
    shown = form_of(client.post(SHARING, data=form_of(page, SHARING)).text, SHARING, "confirm")
    assert shown["may_ask"] == shown["with_identity"] == "yes"
    assert set(shown["share_with"].split("\n")) == set(ALL["share_with"])  # type: ignore[call-overload]
    assert consent() == ALL


def test_fewer_ticks_are_kept_and_on_record(share: Share) -> None:
    assert "From now on only those you ticked may read it" in share(share_with="cndh").text
    assert consent() == {"may_ask": False, "share_with": ["cndh"], "with_identity": False}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail) == ("report.consent_changed", consent())


def test_the_same_ticks_again_are_no_change(client: FlaskClient, page: str) -> None:
    shown = client.post(SHARING, data=form_of(page, SHARING)).text
    client.post(SHARING, data=form_of(shown, SHARING, "confirm"))
    assert consent() == ALL
    changed = select(AuditEntry).where(AuditEntry.action == "report.consent_changed")
    assert db.session.scalars(changed).all() == []


@pytest.mark.parametrize("state", ["proposed", "sent"])
def test_who_has_not_begun_no_longer_sees_it(
    share: Share, refer: Callable[..., Referral], state: str
) -> None:
    lost, kept = refer(OrganisationKind.INSTITUTION, state), refer(OrganisationKind.CNDH, state)
    share(share_with="cndh")
    assert (state_of(lost), state_of(kept)) == ("revoked", state)


@pytest.mark.parametrize("state", ["accepted", "done", "declined"])
def test_who_has_begun_goes_on_and_the_desk_is_told_who_that_is(
    share: Share, refer: Callable[..., Referral], state: str
) -> None:
    referral = refer(OrganisationKind.INSTITUTION, state)
    share()
    assert state_of(referral) == state
    told = db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "consent_changed")).one()
    acting = [str(referral.organisation_id)] if state == "accepted" else []
    assert told.detail["no_longer_allowed"] == acting


def test_whoever_lost_it_no_longer_holds_it(
    share: Share, refer: Callable[..., Referral], make_user: Callable[..., User]
) -> None:
    referral = refer(OrganisationKind.CIVIL_SOCIETY, "sent")
    organisation = db.session.get_one(Organisation, referral.organisation_id)
    holder = make_user(organisation=organisation)
    with transaction() as session:
        session.get_one(Case, referral.case_id).assigned_to_id = holder.id
    share(share_with="cndh")
    db.session.rollback()
    assert db.session.get_one(Case, referral.case_id, populate_existing=True).assigned_to_id is None


def test_kinds_that_are_not_offered_are_left_out(share: Share) -> None:
    share(share_with="cndh\npolice\ndesk", with_identity="yes")
    assert consent() == {"may_ask": False, "share_with": ["cndh"], "with_identity": True}


def test_who_was_never_asked_sees_what_holds_for_all_and_can_narrow_it(share: Share) -> None:
    with transaction() as session:
        session.scalars(select(Report)).one().consent = None
    share(may_ask="yes", share_with="civil_society\ncndh\ninstitution")
    assert consent() == {**ALL, "with_identity": False}
    share()
    assert consent()["share_with"] == []


def test_nothing_changes_on_a_withdrawn_message(client: FlaskClient, page: str, share: Share) -> None:
    client.post("/receipt/withdraw", data={**form_of(page, "/receipt/withdraw"), "confirm": "yes"})
    form = {**form_of(page, SHARING), "confirm": "yes"}
    assert "It is withdrawn" in client.post(SHARING, data=form).text
    assert consent() == ALL
