"""The page of retention and the part of the case page: what falls due, other periods, and legal holds."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.models import AuditEntry, Case, LegalHold, OrganisationKind, RetentionVersion, Role, SavedView
from app.retention.announcing import announce
from app.retention.rules import rules
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address, post, report_case

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/desk/retention"
WHY = "The prosecutor asked for it."


def due_soon() -> Case:
    """A case closed as spam that falls due in ten days."""
    case = report_case()
    with transaction() as session:
        found = session.get_one(Case, case.id)
        found.status, found.closed_as = "closed", "spam"
        found.updated_at = utcnow() - timedelta(days=20)
    with transaction() as session:
        announce(session, utcnow())
    return case


def periods(client: FlaskClient, version: int = 0, reason: str = WHY, **changed: str) -> TestResponse:
    days = {f"days_{each.code}": str(each.days) for each in rules()}
    token = csrf_token(client, PAGE)
    fields = {**days, **changed, "reason": reason, "version": str(version), "csrf_token": token}
    return client.post(f"{PAGE}/periods", data=fields)


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_what_falls_due_is_shown_with_its_first_cases_to_those_who_may_see_them(enter: Enter) -> None:
    reference = due_soon().reference
    supervisor, _ = enter(Role.SUPERVISOR)
    auditor, _ = enter(Role.AUDITOR)
    assert reference in supervisor.get(PAGE).text
    page = auditor.get(PAGE).text
    assert "Cases closed as spam" in page
    assert reference not in page
    partner, _ = enter(Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY)
    assert partner.get(PAGE).status_code == 403


def test_an_administrator_sets_other_periods_as_a_version_with_a_reason(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    assert periods(client, days_spam="60").status_code == 303
    assert periods(client, days_spam="90").status_code == 409  # somebody was quicker
    assert periods(client, 1, days_spam="x").status_code == 422
    assert periods(client, 1, days_spam="60", reason="short").status_code == 422
    assert periods(client, 1, days_spam="60").status_code == 422  # nothing would change
    assert count(RetentionVersion) == 1
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.changed")).one()
    assert entry.detail == {"version": 1, "spam": [30, 60]}
    assert WHY in client.get(PAGE).text


def test_a_supervisor_cannot_set_periods(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    assert periods(client, days_spam="60").status_code == 403


def test_the_case_page_says_when_it_goes_and_a_hold_stops_that(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    case = due_soon()
    assert "Erased on" in client.get(address(case)).text
    refused = post(client, address(case), address(case, "holds"), reason="short")
    assert refused.status_code == 422
    assert "at least 10 characters" in refused.text
    assert (
        post(client, address(case), address(case, "holds"), reason=WHY, ends_on="2001-01-01").status_code
        == 422
    )
    assert post(client, address(case), address(case, "holds"), reason=WHY).status_code == 303
    page = client.get(address(case)).text
    assert "Under a legal hold" in page
    assert "Erased on" not in page
    db.session.rollback()
    hold_id = db.session.scalars(select(LegalHold.id)).one()
    lifted = post(
        client, address(case), address(case, "holds", hold_id, "lifting"), reason="The trial is over."
    )
    assert lifted.status_code == 303
    assert "Erased on" in client.get(address(case)).text
    db.session.rollback()
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"case.hold_placed", "case.hold_lifted"} <= actions


def test_a_monitor_sees_neither(enter: Enter) -> None:
    client, _ = enter(Role.MONITOR)
    case = due_soon()
    assert 'id="custody"' not in client.get(address(case)).text
    assert post(client, address(case), address(case, "holds"), reason=WHY).status_code == 403


def test_every_case_of_a_saved_view_is_held_and_lifted_at_once(enter: Enter) -> None:
    client, user = enter(Role.SUPERVISOR)
    inside = [report_case(urgency=3), report_case(urgency=3)]
    report_case(urgency=0)
    view_id = uuid.uuid4()
    with transaction() as session:
        session.add(
            SavedView(
                id=view_id,
                owner_id=user.id,
                organisation_id=user.organisation_id,
                name="Urgent",
                address={"urgency": "3"},
            )
        )
    token = csrf_token(client, PAGE)
    fields = {"csrf_token": token, "view": str(view_id), "reason": WHY}
    assert client.post(f"{PAGE}/holds", data=fields).status_code == 303
    db.session.rollback()
    held = set(db.session.scalars(select(LegalHold.case_id)))
    assert held == {case.id for case in inside}
    batch_id = db.session.scalars(select(LegalHold.batch_id).distinct()).one()
    lifting = {"csrf_token": token, "reason": "The trial is over."}
    assert client.post(f"{PAGE}/holds/{batch_id}/lifting", data=lifting).status_code == 303
    assert client.post(f"{PAGE}/holds/{batch_id}/lifting", data=lifting).status_code == 404
    assert client.post(f"{PAGE}/holds", data={**fields, "view": str(uuid.uuid4())}).status_code == 404
