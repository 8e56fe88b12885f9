"""Whom a case concerns never sees it, counts it, finds it or exports it, at the desk and elsewhere."""

from __future__ import annotations

import pytest

from app.casework.conflicts import Concerned, carry_conflicts, keep_found
from app.casework.telling import may_hear_of
from app.casework.visibility import visible_cases
from app.database import db, transaction
from app.models import (
    Case,
    CaseConflict,
    OrganisationKind,
    Referral,
    ReferralState,
    Role,
    User,
)

from .conftest import Enter
from .desk import PILLAGE, URGENT, address, fresh, post, refer, report_case

REASON = "Le rapport la met en cause."


def seen_by(user: User) -> set[int]:
    db.session.rollback()
    return {case.number for case in db.session.scalars(visible_cases(user))}


def find(case: Case, *concerned: Concerned) -> bool:
    with transaction() as session:
        return keep_found(session, session.get_one(Case, case.id), concerned)


def test_a_named_organisation_loses_the_case_at_once_and_gets_it_back_when_it_was_wrong(enter: Enter) -> None:
    case = report_case(PILLAGE, URGENT)
    client, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    desk, _ = enter(Role.SUPERVISOR)
    refer(case, partner, ReferralState.ACCEPTED)
    with transaction() as session:
        session.get_one(Case, case.id).assigned_to_id = partner.id
    target = address(case, "conflicts")
    assert (
        post(desk, address(case), target, organisation=partner.organisation_id, reason=REASON).status_code
        == 303
    )
    assert seen_by(partner) == set()
    assert client.get(address(case)).status_code == 404
    assert address(case) not in client.get(f"/desk/?q={case.reference}&status=all").text
    assert not may_hear_of(db.session(), partner, case.id)
    referral = db.session.query(Referral).one()
    assert referral.state == ReferralState.REVOKED
    assert fresh(case).assigned_to_id is None
    again = post(desk, address(case), address(case, "referrals"), organisation=partner.organisation_id)
    assert again.status_code == 422
    conflict = db.session.query(CaseConflict).one()
    removed = post(
        desk, address(case), address(case, "conflicts", conflict.id), reason="Un homonyme, vérifié."
    )
    assert removed.status_code == 303
    again = post(desk, address(case), address(case, "referrals"), organisation=partner.organisation_id)
    assert again.status_code == 303
    assert seen_by(partner) == {case.number}


def test_a_named_person_of_the_desk_alone_no_longer_sees_it(enter: Enter) -> None:
    case = report_case()
    client, named = enter(Role.SUPERVISOR)
    _, colleague = enter(Role.MONITOR)
    with transaction() as session:
        session.get_one(Case, case.id).assigned_to_id = named.id
    assert find(case, Concerned(user_id=named.id))
    assert seen_by(named) == set()
    assert client.get(address(case)).status_code == 404
    assert seen_by(colleague) == {case.number}
    assert fresh(case).assigned_to_id is None


def test_what_a_supervisor_removed_the_machine_does_not_find_again(enter: Enter) -> None:
    case = report_case()
    desk, _ = enter(Role.SUPERVISOR)
    _, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    found = Concerned(organisation_id=partner.organisation_id)
    find(case, found)
    conflict = db.session.query(CaseConflict).one()
    post(desk, address(case), address(case, "conflicts", conflict.id), reason="Seulement citée comme témoin.")
    find(case, found)
    standing = db.session.query(CaseConflict).filter(CaseConflict.removed_at.is_(None)).count()
    assert standing == 0


def test_only_supervisors_of_the_desk_say_whom_a_case_concerns(enter: Enter) -> None:
    case = report_case()
    _, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    supervisor_elsewhere, elsewhere = enter(Role.SUPERVISOR, OrganisationKind.CNDH)
    refer(case, elsewhere)
    stated = {"organisation": partner.organisation_id, "reason": REASON}
    assert "Whom it concerns" not in supervisor_elsewhere.get(address(case)).text
    for client in (enter()[0], supervisor_elsewhere):
        assert post(client, address(case), address(case, "conflicts"), **stated).status_code == 403


@pytest.mark.parametrize("chosen", ["neither", "both", "desk", "last"])
def test_a_conflict_that_says_nothing_or_leaves_nobody_is_refused(enter: Enter, chosen: str) -> None:
    case = report_case()
    desk, user = enter(Role.SUPERVISOR)
    _, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    fields = {
        "neither": {},
        "both": {"organisation": partner.organisation_id, "person": partner.id},
        "desk": {"organisation": user.organisation_id},
        "last": {"person": user.id},
    }[chosen]
    assert post(desk, address(case), address(case, "conflicts"), reason=REASON, **fields).status_code == 422
    assert seen_by(user) == {case.number}


def test_when_everybody_of_the_desk_is_named_the_case_waits_for_somebody_else(enter: Enter) -> None:
    case = report_case()
    _, one = enter(Role.SUPERVISOR)
    _, other = enter(Role.MONITOR)
    assert find(case, Concerned(user_id=one.id))
    assert not find(case, Concerned(user_id=other.id))
    assert fresh(case).needs_person == "desk_concerned"


def test_a_case_that_takes_over_another_takes_over_whom_it_concerns(enter: Enter) -> None:
    first, second = report_case(), report_case()
    _, partner = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    find(first, Concerned(organisation_id=partner.organisation_id))
    with transaction() as session:
        carry_conflicts(session, session.get_one(Case, first.id), session.get_one(Case, second.id))
    refer(second, partner)
    assert seen_by(partner) == set()
