"""Who sees which case, on every page that shows cases."""

from __future__ import annotations

import uuid

import pytest

from app.casework.visibility import visible_cases
from app.database import db, transaction
from app.models import Case, Finding, Organisation, OrganisationKind, ReferralState, Role, User

from .conftest import Enter
from .desk import GENDARMES, PILLAGE, address, fresh, refer, report_case


def numbers(user: User) -> set[int]:
    db.session.rollback()
    return {case.number for case in db.session.scalars(visible_cases(user))}


def set_conflict(user: User, codes: list[str]) -> None:
    with transaction() as session:
        session.get_one(Organisation, user.organisation_id).conflict_actors = codes


def test_the_desk_sees_every_case_and_a_partner_none_of_them(enter: Enter) -> None:
    case = report_case()
    client, _ = enter()
    partner_client, _ = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    assert case.reference in client.get("/desk/").text
    assert case.reference not in partner_client.get("/desk/").text
    assert partner_client.get(address(case)).status_code == 404


@pytest.mark.parametrize("state", list(ReferralState))
def test_a_partner_sees_a_referral_from_the_moment_it_is_sent_until_it_is_over(
    enter: Enter, state: ReferralState
) -> None:
    case = report_case()
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    refer(case, user, state)
    is_seen = state in {ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.DONE}
    assert (client.get(address(case)).status_code == 200) is is_seen
    assert (numbers(user) == {case.number}) is is_seen


def test_a_case_assigned_to_a_colleague_is_seen_by_their_organisation(enter: Enter) -> None:
    _, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    case = report_case(assigned_to_id=user.id)
    assert numbers(user) == {case.number}


def test_a_withdrawn_case_is_left_to_the_desk(enter: Enter) -> None:
    _, desk_user = enter()
    _, partner = enter(Role.ANALYST, OrganisationKind.CNDH)
    case = report_case(is_withdrawn=True)
    refer(case, partner, ReferralState.ACCEPTED)
    assert numbers(desk_user) == {case.number}
    assert numbers(partner) == set()


@pytest.mark.parametrize("kind", [OrganisationKind.DESK, OrganisationKind.INSTITUTION])
def test_nobody_finds_a_case_that_names_an_actor_they_are_connected_with(
    enter: Enter, kind: OrganisationKind
) -> None:
    client, user = enter(Role.SUPERVISOR, kind)
    case = report_case(PILLAGE, GENDARMES)
    refer(case, user)
    set_conflict(user, ["gendarmerie"])
    assert numbers(user) == set()
    assert client.get(address(case)).status_code == 404
    assert case.reference not in client.get(f"/desk/?q={case.number}").text


def test_a_rejected_or_corrected_actor_no_longer_hides_a_case(enter: Enter) -> None:
    _, user = enter()
    set_conflict(user, ["gendarmerie"])
    case = report_case(PILLAGE, GENDARMES)
    with transaction() as session:
        actor = session.query(Finding).filter_by(case_id=case.id, kind="actor").one()
        actor.corrected_value = {"code": "police", "category": "state", "name": "police"}
    assert numbers(user) == {case.number}
    with transaction() as session:
        actor = session.query(Finding).filter_by(case_id=case.id, kind="actor").one()
        actor.corrected_value, actor.state = None, "rejected"
    assert numbers(user) == {case.number}


def test_a_correction_that_names_the_actor_hides_the_case(enter: Enter) -> None:
    _, user = enter()
    set_conflict(user, ["police"])
    case = report_case(PILLAGE, GENDARMES)
    assert numbers(user) == {case.number}
    with transaction() as session:
        actor = session.query(Finding).filter_by(case_id=case.id, kind="actor").one()
        actor.corrected_value = {"code": "police", "category": "state", "name": "police"}
    assert numbers(user) == set()


def test_a_partner_learns_nothing_of_other_organisations(enter: Enter) -> None:
    case = report_case()
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    _, other = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    refer(case, user)
    refer(case, other)
    page = client.get(address(case)).text
    assert user.organisation.name in page
    assert other.organisation.name not in page


def test_unknown_and_malformed_cases_are_not_found(enter: Enter) -> None:
    client, _ = enter()
    for path in (str(uuid.uuid4()), "not-a-case", "%00", "1" * 2000):
        assert client.get(f"/desk/cases/{path}").status_code == 404


def test_nobody_enters_without_signing_in(client: object) -> None:
    case = report_case()
    answer = client.get(address(case))  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert "/desk/sign-in" in answer.location
    assert fresh(case).version == case.version
    assert isinstance(case, Case)
