"""Choosing, previewing and asking for exports: the right cases, the right levels, and everything on record."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit import Action
from app.casework import saved_views
from app.casework.errors import CaseworkError
from app.casework.views import InboxFilter
from app.database import db, transaction
from app.exports import asking, previewing, queries, selection
from app.exports.asking import NewExport
from app.exports.levels import Level
from app.exports.previewing import Outlook, SmallCell
from app.exports.selection import ExportFilter
from app.models import (
    AuditEntry,
    Case,
    ExportKind,
    ExportPreview,
    ExportRecord,
    OrganisationKind,
    OwedWork,
    PreviewState,
    ReferralState,
    Role,
    User,
)
from app.queue import JobName
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import GENDARMES, KORO, PILLAGE, TORTURE, refer, report_case

VERIFIED: dict[str, Any] = {"verification": "verified", "verified_at": datetime(2026, 3, 12, 12, tzinfo=UTC)}
OUTLOOK: dict[str, Any] = {
    "rows": 3,
    "withheld": [{"reason": "no_consent", "count": 2, "field": ""}],
    "risks": None,
    "small": [{"region": "ML19", "violation": "pillage", "cases": 1}],
    "alone": 1,
    "bytes": 4096,
    "refusal": "",
}


def referred(user: User, *conclusions: Any, **columns: Any) -> Case:
    case = report_case(*conclusions, **{**VERIFIED, **columns})
    refer(case, user, ReferralState.ACCEPTED)
    return case


def chosen(user: User, **wanted: Any) -> set[str]:
    found = db.session.scalars(selection.chosen_cases(user, ExportFilter(**wanted))).unique()
    return {case.reference for case in found}


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(CaseworkError) as error:
        yield
    assert error.value.code == code


def test_the_cases_are_those_one_may_read_as_the_filter_limits_them(enter: Enter, make_user: Any) -> None:
    _, user = enter(Role.ANALYST, OrganisationKind.CNDH)
    desk = make_user(Role.ANALYST)
    march = referred(user, PILLAGE, KORO, GENDARMES, occurred_from=date(2026, 3, 1))
    april = referred(user, TORTURE, verified_at=datetime(2026, 4, 1, tzinfo=UTC), status="closed")
    pending = referred(user, verification="pending")
    elsewhere = report_case(**VERIFIED)
    referred(user, is_withdrawn=True)
    referred(user, is_demonstration=True)  # in an installation that is none
    both = {march.reference, april.reference}
    assert chosen(user) == both
    assert chosen(desk) == both | {elsewhere.reference}
    for wanted, expected in (
        ({"first": date(2026, 3, 12), "last": date(2026, 3, 12)}, [march]),
        ({"period": "occurred", "first": date(2026, 3, 1), "last": date(2026, 3, 1)}, [march]),
        ({"period": "received", "last": date(2026, 1, 1)}, []),
        ({"region": "ML19"}, [march]),
        ({"violation": "torture"}, [april]),
        ({"actor": "state"}, [march]),
        ({"status": "closed"}, [april]),
        ({"verification": "pending"}, [pending]),
        ({"verification": selection.ANY_VERIFICATION}, [march, april, pending]),
        ({"referral_state": ReferralState.ACCEPTED}, [march, april]),
        ({"referral_state": ReferralState.DECLINED}, []),
        ({"view_address": (("status", "all"), ("violation", "torture"))}, [april]),
    ):
        assert chosen(user, **wanted) == {each.reference for each in expected}, wanted
        kept = ExportFilter(**wanted).as_record()
        assert ExportFilter.from_record(kept) == ExportFilter(**wanted)
    assert chosen(desk, referred_to=user.organisation_id) == both
    assert chosen(user, referred_to=desk.organisation_id) == both  # others are told about themselves only


def test_levels_go_by_who_asks_and_only_the_commissions_holds_what_nobody_verified(make_user: Any) -> None:
    user = make_user(Role.ANALYST, OrganisationKind.CIVIL_SOCIETY)
    desk = make_user(Role.ANALYST)
    asked = {"level": "cndh", "verification": "verified", "view": None}
    with refused("level_unknown"):
        previewing.checked(db.session(), user, asked)
    assert previewing.checked(db.session(), desk, asked)[1] is Level.CNDH
    for level in ("judicial", "", "everything"):
        with refused("level_unknown"):
            previewing.checked(db.session(), desk, {**asked, "level": level})
    with refused("verification_level"):
        previewing.checked(db.session(), desk, {**asked, "level": "partner", "verification": "any"})
    previewing.checked(db.session(), desk, {**asked, "verification": "any"})
    for level in (Level.PUBLIC, Level.CNDH):
        previewing.check_recipient(db.session(), level, None)
    with refused("cercle_level"):  # the copy would say of each case what the level leaves out
        previewing.checked(db.session(), desk, {**asked, "level": "public", "cercle": "ML0501"})
    previewing.checked(db.session(), desk, {**asked, "level": "partner", "cercle": "ML0501"})
    with refused("organisation_needed"):
        previewing.check_recipient(db.session(), Level.PARTNER, None)
    previewing.check_recipient(db.session(), Level.PARTNER, user.organisation_id)
    with refused("level_unknown"):
        previewing.checked(db.session(), make_user(Role.SUPERVISOR), asked)
    with transaction() as session:
        words = saved_views.save(session, desk, "Words", InboxFilter(q="moussa"), is_shared=False)
        plain = saved_views.save(session, desk, "Torture", InboxFilter(violation="torture"), is_shared=False)
    with refused("view_words"):
        previewing.checked(db.session(), desk, {**asked, "view": words.id})
    with refused("view_unknown"):
        previewing.checked(db.session(), user, {**asked, "level": "partner", "view": plain.id})
    wanted, _ = previewing.checked(db.session(), desk, {**asked, "view": plain.id})
    assert wanted.view_address == (("violation", "torture"),)


UNFIT = [
    {"first": "2026-03-12", "last": "2026-03-11"},
    {"first": "yesterday"},
    {"first": "9999-12-31"},
    {"last": "0001-01-01"},
    {"region": "\x00"},
    {"violation": "' OR 1=1"},
    {"period": "ever"},
    {"region": "ML19", "cercle": "ML0101"},
    {"view": "mine"},
    {"level": "everything"},
    {"recipient_organisation": str(uuid.uuid4())},
]


def post(client: FlaskClient, address: str, page: str = "", **data: str) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf_token(client, page or address), **data})


def worked_out(preview_id: uuid.UUID) -> None:
    """As a worker leaves a preview."""
    with transaction() as session:
        found = session.get_one(ExportPreview, preview_id)
        found.state, found.result = PreviewState.DONE, OUTLOOK


def test_from_the_form_over_the_preview_to_an_export_that_is_owed_and_on_record(enter: Enter) -> None:
    client, _ = enter(Role.ANALYST)
    assert "You have asked for no export yet" in client.get("/desk/exports").text
    report_case(PILLAGE, KORO, **VERIFIED)
    counted = client.get("/desk/exports/new", query_string={"level": "cndh", "region": "ML19"})
    assert "1 case is like this" in counted.text
    assert "Nothing would go out" in post(client, "/desk/exports/new", level="cndh", violation="torture").text
    for unfit in UNFIT:
        answer = post(client, "/desk/exports/new", **{"level": "cndh", **unfit})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), unfit
    preview = post(client, "/desk/exports/new", level="cndh", region="ML19").headers["Location"]
    waiting = client.get(preview)
    assert "A worker looks at" in waiting.text
    assert waiting.headers["Refresh"]
    new = "/desk/exports/new"
    early = post(
        client, preview, new, purpose="Annual report", recipient="CNDH", file_format="csv", confirmed="true"
    )
    assert "Wait until it is worked out" in early.text
    worked_out(uuid.UUID(preview.rpartition("/")[2]))
    shown = client.get(preview).text
    assert "3 cases would go out" in shown
    assert "Somebody who reported the case has not allowed" in shown
    asked = {"purpose": "Annual report", "recipient": "CNDH", "file_format": "csv", "confirmed": "true"}
    for field, value, words in (
        ("purpose", "why not", "at least 10 characters"),
        ("recipient", " ", "Say who gets it"),
        ("file_format", "exe", "Choose one of the kinds of file"),
        ("confirmed", "", "Tick the box"),
    ):
        answer = post(client, preview, **{**asked, field: value})
        assert (answer.status_code, words in answer.text) == (422, True), field
    page = post(client, preview, **asked).headers["Location"]
    assert "asked for already" in post(client, preview, new, **asked).text
    assert "Waits for a worker" in client.get(page).text
    db.session.rollback()
    record = db.session.scalars(select(ExportRecord)).one()
    assert (record.number, record.level, record.purpose) == (1, "cndh", "Annual report")
    assert record.filters == {"period": "verified", "region": "ML19"}
    owed = select(OwedWork).where(OwedWork.job == JobName.MAKE_EXPORT)
    assert db.session.scalars(owed).one().subject_id == record.id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.EXPORT_ASKED)).one()
    assert "Annual" not in str(entry.detail)
    assert post(client, f"{page}/cancel", page).status_code == 303
    assert "Cancelled" in client.get(page).text
    assert post(client, f"{page}/again", new).status_code == 422


def ask(user: User, **changed: Any) -> ExportRecord:
    new = NewExport(
        **{
            "kind": ExportKind.REGISTER,
            "level": Level.CNDH,
            "file_format": "csv",
            "language": "en",
            "purpose": "For the auditors",
            "recipient": "Auditors",
            "filters": {},
            **changed,
        }
    )
    with transaction() as session:
        return asking.ask(session, session.get_one(User, user.id), new)


def test_the_register_shows_ones_own_organisation_and_everything_to_auditors(enter: Enter) -> None:
    client, analyst = enter(Role.ANALYST, OrganisationKind.CNDH)
    auditing, auditor = enter(Role.AUDITOR)
    stranger, _ = enter(Role.ANALYST, OrganisationKind.CIVIL_SOCIETY)
    record, second = ask(analyst), ask(auditor)
    assert (record.number, second.reference) == (1, "E-000002")
    own, everything = client.get("/desk/exports/register").text, auditing.get("/desk/exports/register").text
    assert ("E-000001" in own, "E-000002" in own) == (True, False)
    assert "E-000001" in everything
    assert "For the auditors" in everything
    assert "Nothing was exported yet" in stranger.get("/desk/exports/register").text
    later = auditing.get("/desk/exports/register?first=2999-01-01").text
    assert "Nothing was exported in this time" in later
    assert auditing.get("/desk/exports/register?first=never").status_code == 422
    taken = post(
        auditing, "/desk/exports/register", purpose="Yearly audit", recipient="Court", file_format="csv"
    )
    assert taken.status_code == 303
    db.session.rollback()
    assert queries.own_exports(db.session(), auditor)[0].kind == ExportKind.REGISTER
    for other in (client, stranger):  # nobody else knows it is there
        assert other.get(f"/desk/exports/{second.id}").status_code == 404
        assert other.get(f"/desk/exports/{second.id}/file").status_code == 404
        assert post(other, f"/desk/exports/{second.id}/cancel", "/desk/account").status_code == 404
    monitor, _ = enter(Role.MONITOR)
    assert monitor.get("/desk/exports").status_code == 403


def test_the_page_of_levels_says_what_becomes_of_each_field(enter: Enter) -> None:
    client, _ = enter(Role.ANALYST, OrganisationKind.CIVIL_SOCIETY)
    page = client.get("/desk/exports/levels").text
    assert "not in the file" in page
    assert "only the week" in page
    assert page.count("You may ask for it.") == 1


def test_an_outlook_comes_back_as_it_was_kept() -> None:
    kept = ExportPreview(result=OUTLOOK)
    expected = Outlook(**{**OUTLOOK, "small": [SmallCell("ML19", "pillage", 1)]})
    assert previewing.outlook_of(kept) == expected
