"""A case goes to others only as far as the people who reported it allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.casework.conclusions import RuleMatch, refer_by_rules
from app.casework.errors import CaseworkError
from app.casework.referrals import answer_referral
from app.database import db, transaction
from app.intake.consent import LEAST, Consent, chosen
from app.models import Case, CaseEvent, Organisation, OrganisationKind, Referral, ReferralState, Report
from tests.integration.casework.desk import PILLAGE, address, fresh, post, report_case

CSO = OrganisationKind.CIVIL_SOCIETY


def allow(case: Case, consent: Consent | None) -> None:
    """Put a consent on the report of a case."""
    with transaction() as session:
        report = session.scalars(select(Report).where(Report.case_id == case.id)).one()
        report.consent = consent.as_record() if consent else None


def by_rule(case: Case, organisation: Organisation) -> list[str]:
    """Have a rule ask for one organisation; the states of the referrals that there are then."""
    with transaction() as session:
        refer_by_rules(session, session.get_one(Case, case.id), [RuleMatch(organisation.id, ["rule"], 24)])
    return list(db.session.scalars(select(Referral.state).where(Referral.case_id == case.id)))


@pytest.mark.parametrize(
    ("consent", "states"),
    [
        (None, [ReferralState.SENT]),  # an SMS: nobody was asked, and the service says what it does
        (LEAST, []),
        (Consent(share_with=frozenset({OrganisationKind.CNDH})), []),
        (Consent(share_with=frozenset({CSO})), [ReferralState.SENT]),
    ],
)
def test_rules_refer_only_to_those_the_reporter_allowed(
    app: Flask, make_organisation: Callable[..., Organisation], consent: Consent | None, states: list[str]
) -> None:
    case = report_case(PILLAGE)
    allow(case, consent)
    organisation = make_organisation(CSO)
    assert by_rule(case, organisation) == states
    by_rule(case, organisation)  # a second run changes nothing and tells nothing twice
    told = db.session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == "referral_withheld")
    ).all()
    assert len(told) == (0 if states else 1)


def test_two_reporters_must_both_allow_it(app: Flask, make_organisation: Callable[..., Organisation]) -> None:
    case = report_case(PILLAGE)
    allow(case, Consent(share_with=frozenset({CSO})))
    other = report_case(PILLAGE)
    allow(other, LEAST)
    with transaction() as session:
        session.scalars(select(Report).where(Report.case_id == other.id)).one().case_id = case.id
    assert by_rule(case, make_organisation(CSO)) == []


def test_the_desk_is_told_why_it_cannot_refer_by_hand(
    enter: Any, make_organisation: Callable[..., Organisation]
) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    allow(case, LEAST)
    organisation = make_organisation(CSO)
    answer = post(client, address(case), address(case, "referrals"), organisation=organisation.id)
    assert answer.status_code == 422
    assert "has not allowed" in answer.text
    assert fresh(case).referrals == []
    allow(case, Consent(share_with=frozenset({CSO})))
    answer = post(client, address(case), address(case, "referrals"), organisation=organisation.id)
    assert answer.status_code == 303


def test_a_proposal_is_not_sent_once_the_reporter_takes_it_back(
    enter: Any, make_organisation: Callable[..., Organisation]
) -> None:
    _, user = enter()
    case = report_case(PILLAGE, needs_person="residual_risk")
    organisation = make_organisation(CSO)
    assert by_rule(case, organisation) == [ReferralState.PROPOSED]
    allow(case, LEAST)
    referral = db.session.scalars(select(Referral).where(Referral.case_id == case.id)).one()
    with pytest.raises(CaseworkError, match="not_allowed"), transaction() as session:
        answer_referral(session, session.merge(user), referral.id, ReferralState.SENT)


def test_only_kinds_that_are_offered_can_be_allowed() -> None:
    consent = chosen(may_ask=True, share_with=["cndh", "desk", "everybody"], with_identity=True)
    assert consent.share_with == {"cndh"}
    assert not consent.allows("civil_society")
    assert consent.allows("desk")
    assert not chosen(may_ask=False, share_with=[], with_identity=True).with_identity
