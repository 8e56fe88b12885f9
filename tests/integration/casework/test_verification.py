"""Verification: the checklist, the sources, two people, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.casework.checklist import Answer, assess_source, keep_checks
from app.casework.sources import independent_sources
from app.database import db, transaction
from app.models import Case, Contact, Report, Role, User, VerificationStep
from app.reference.record import vocabulary
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import PILLAGE, address, fresh, post, report_case

GROUND = "Deux témoins entendus sur place"


def verify(client: FlaskClient, case: Case, verification: str, reason: str = GROUND) -> int:
    """Send the form; the status of the answer."""
    target = address(case, "verification")
    return post(client, address(case), target, verification=verification, reason=reason).status_code


def complete(user: User, case: Case) -> None:
    """Answer every point and assess every report."""
    with transaction() as session:
        keep_checks(session, user, case.id, {code: Answer("yes") for code in vocabulary("check")})
        for report in session.get_one(Case, case.id).reports:
            assess_source(session, user, case.id, report.id, "B", "2")


def test_two_people_verify_on_a_complete_checklist(enter: Enter) -> None:
    first, proposer = enter(Role.SUPERVISOR)
    second, _ = enter(Role.ANALYST)
    case = report_case(PILLAGE)
    assert verify(first, case, "pending") == 303
    assert verify(second, case, "verified") == 422  # nothing was looked at
    complete(proposer, case)
    assert verify(second, case, "verified") == 422  # nobody has proposed it since
    assert verify(first, case, "pending") == 303
    assert verify(first, case, "verified") == 422  # oneself
    assert fresh(case).verification == "pending"
    assert verify(second, case, "verified") == 303
    assert fresh(case).verified_at is not None
    assert verify(first, case, "pending", "Une source s’est rétractée") == 303
    assert fresh(case).verified_at is None
    assert verify(second, case, "verified") == 422  # reopening isn't proposing
    grounds = db.session.query(VerificationStep).count()
    assert grounds == 4


def test_a_new_report_takes_the_confirmation_away_until_it_is_assessed(enter: Enter) -> None:
    first, proposer = enter(Role.SUPERVISOR)
    second, confirmer = enter(Role.ANALYST)
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    complete(proposer, case)
    verify(first, case, "pending")
    with transaction() as session:
        session.get_one(Report, fresh(other).reports[0].id).case_id = case.id
    assert verify(second, case, "verified") == 422
    complete(confirmer, case)
    assert verify(second, case, "verified") == 303


def test_one_person_is_enough_where_the_installation_says_so(enter: Enter, app: Flask) -> None:
    app.extensions["seere_settings"] = replace(app.extensions["seere_settings"], is_verified_by_two=False)
    client, user = enter(Role.SUPERVISOR)
    case = report_case(PILLAGE)
    assert verify(client, case, "verified") == 422
    complete(user, case)
    assert verify(client, case, "verified") == 303


@pytest.mark.parametrize("end", ["not_substantiated", "false"])
def test_every_end_is_left_with_a_ground(enter: Enter, end: str) -> None:
    client, _ = enter(Role.SUPERVISOR)
    case = report_case(PILLAGE)
    assert verify(client, case, end) == 303
    assert verify(client, case, "verified") == 422
    assert verify(client, case, "unverified", "vu") == 422
    assert verify(client, case, "unverified", "De nouveaux éléments sont arrivés") == 303


def test_the_checklist_says_who_and_why_not(enter: Enter) -> None:
    client, user = enter(Role.ANALYST)
    monitor, _ = enter(Role.MONITOR)
    case = report_case(PILLAGE)
    report = fresh(case).reports[0]
    target = address(case, "checklist")
    no = {"answer-family_contacted": "no"}
    assert post(client, address(case), target, **no).status_code == 422
    assert (
        post(client, address(case), target, **no, **{"note-family_contacted": "Chez Moussa"}).status_code
        == 422
    )
    why = {"note-family_contacted": "la famille a fui"}
    assert post(client, address(case), target, **no, **why).status_code == 303
    assert post(monitor, address(case), target, **no, **why).status_code == 403
    graded = address(case, "reports", report.id, "assessment")
    assert post(client, address(case), graded, reliability="G", credibility="2").status_code == 422
    assert post(client, address(case), graded, reliability="C", credibility="3").status_code == 303
    page = monitor.get(address(case)).text
    assert "la famille a fui" in page
    assert user.display_name in page.split('id="verification"')[1]
    assert ">C3<" in page
    stranger = address(case, "reports", uuid.uuid4(), "assessment")
    assert post(client, address(case), stranger, reliability="C", credibility="3").status_code == 404


def test_the_same_person_twice_is_one_source(app: Flask, make_organisation: Callable[..., object]) -> None:
    case = report_case(PILLAGE)
    others = [report_case(PILLAGE) for _ in range(6)]
    partner = make_organisation()
    with transaction() as session:
        contact = Contact(id=uuid.uuid4(), digest=b"d" * 32, sealed_address=b"sealed")
        session.add(contact)
        session.flush()
        reports = [session.get_one(Case, each.id).reports[0] for each in others]
        for report in reports:
            report.case_id = case.id
        reports[0].contact_id = reports[1].contact_id = contact.id
        reports[2].submitted_by_id = reports[3].submitted_by_id = partner.id  # type: ignore[attr-defined]
        reports[4].state = "withdrawn"
    # the case's own, the phone's, the partner's, and the last: the withdrawn one counts for nothing
    assert independent_sources(db.session(), fresh(case)) == 4
