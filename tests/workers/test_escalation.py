"""Referrals without an answer: who is reminded when, to whom they are passed on, each time once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    Case,
    CaseConflict,
    CaseEvent,
    Notification,
    OrganisationKind,
    Referral,
    ReferralState,
    Role,
    User,
)
from tests.integration.casework.desk import refer, report_case
from workers.escalation import remind_and_escalate
from workers.escalation_steps import due_steps, plan

NOW = datetime.fromisoformat("2026-03-12T12:00:00+00:00")
MakeUser = Callable[..., User]


@pytest.fixture
def people(make_user: MakeUser) -> dict[str, User]:
    """A supervisor of the desk, somebody of an organisation that doesn't answer, somebody of CNDH."""
    return {
        "supervisor": make_user(role=Role.SUPERVISOR),
        "partner": make_user(kind=OrganisationKind.CIVIL_SOCIETY),
        "cndh": make_user(kind=OrganisationKind.CNDH),
    }


def late(case: Case, user: User, hours: float, state: ReferralState = ReferralState.SENT) -> Referral:
    """A referral of three days whose deadline was so many hours ago."""
    referral = refer(case, user, state)
    with transaction() as session:
        kept = session.get_one(Referral, referral.id)
        kept.deadline_at = utcnow() - timedelta(hours=hours)
        kept.created_at = kept.deadline_at - timedelta(days=3)
    return referral


def told(user: User) -> list[str]:
    db.session.rollback()
    waiting = db.session.query(Notification.kind).filter_by(user_id=user.id)
    return sorted(kind for (kind,) in waiting if kind.startswith("referral_"))


def history(case: Case) -> list[str]:
    db.session.rollback()
    kinds = db.session.query(CaseEvent.kind).filter_by(case_id=case.id).order_by(CaseEvent.at)
    return [kind for (kind,) in kinds if kind.startswith("referral_")]


def referrals_to(user: User) -> list[Referral]:
    db.session.rollback()
    return db.session.query(Referral).filter_by(organisation_id=user.organisation_id).all()


def test_the_organisation_is_reminded_before_and_at_the_deadline_each_once(people: dict[str, User]) -> None:
    case = report_case()
    referral = late(case, people["partner"], -10)
    remind_and_escalate()
    remind_and_escalate()
    assert told(people["partner"]) == ["referral_due"]
    with transaction() as session:
        session.get_one(Referral, referral.id).deadline_at = utcnow()
    remind_and_escalate()
    remind_and_escalate()
    assert told(people["partner"]) == ["referral_due", "referral_overdue"]
    assert history(case) == ["referral_reminded"] * 2
    assert told(people["supervisor"]) == []


def test_after_it_the_desk_is_told_and_then_cndh_is_sent_the_case(people: dict[str, User]) -> None:
    case = report_case()
    referral = late(case, people["partner"], 30)
    remind_and_escalate()
    assert told(people["supervisor"]) == ["referral_overdue"]
    assert referrals_to(people["cndh"]) == []
    with transaction() as session:
        session.get_one(Referral, referral.id).deadline_at = utcnow() - timedelta(hours=73)
    remind_and_escalate()
    remind_and_escalate()
    sent = referrals_to(people["cndh"])
    assert [(each.state, each.disclosure, each.reasons) for each in sent] == [
        ("sent", "anonymised", ["referral_escalated"])
    ]
    assert told(people["supervisor"]) == ["referral_escalated", "referral_overdue"]
    assert told(people["cndh"]) == ["referral_waiting"]


@pytest.mark.parametrize("obstacle", ["consent", "conflict"])
def test_cndh_is_passed_over_where_it_may_not_have_the_case_and_the_desk_is_told_again(
    people: dict[str, User], obstacle: str
) -> None:
    case = report_case()
    with transaction() as session:
        kept = session.get_one(Case, case.id)
        if obstacle == "consent":
            kept.reports[0].consent = {"share_with": ["civil_society"]}
        else:
            conflict = CaseConflict(organisation_id=people["cndh"].organisation_id, source="person")
            conflict.case_id = case.id
            session.add(conflict)
    late(case, people["partner"], 100)
    remind_and_escalate()
    assert referrals_to(people["cndh"]) == []
    assert "referral_escalated" in told(people["supervisor"])


@pytest.mark.parametrize("state", [each for each in ReferralState if each is not ReferralState.SENT])
def test_what_was_answered_or_not_sent_is_left_alone(people: dict[str, User], state: ReferralState) -> None:
    case = report_case()
    late(case, people["partner"], 100, state)
    remind_and_escalate()
    assert history(case) == []


@given(
    st.integers(min_value=1, max_value=24 * 90),
    st.lists(st.integers(min_value=-24 * 90, max_value=24 * 30), min_size=1, max_size=8),
)
def test_no_step_is_taken_twice_or_before_its_time_however_often_the_clock_ticks(
    term_hours: int, ticks: list[int]
) -> None:
    deadline = NOW
    sent = deadline - timedelta(hours=term_hours)
    done, taken = 0, []
    for hours in sorted(tick for tick in ticks if tick >= -term_hours):
        now = deadline + timedelta(hours=hours)
        done, steps = due_steps(plan().steps, done, sent, deadline, now)
        assert all(step.moment(sent, deadline) <= now for step in steps)
        taken += steps
    assert len(taken) == len(set(taken)) <= len(plan().steps)
    assert all(step.moment(sent, deadline) > sent for step in plan().steps), (
        "time to answer before a reminder"
    )


def test_those_between_two_steps_do_not_keep_others_waiting(
    people: dict[str, User], make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.escalation.MOST_AT_ONCE", 1)
    later = make_user(kind=OrganisationKind.CIVIL_SOCIETY)
    late(report_case(), people["partner"], 30)
    late(report_case(), later, 1)
    for _ in range(3):
        remind_and_escalate()
    assert told(people["supervisor"]) == ["referral_overdue"]
    assert told(later) == ["referral_overdue"]


def test_what_nobody_has_read_is_not_sent_on_by_the_machine(people: dict[str, User]) -> None:
    case = report_case(needs_person="residual_risk")
    late(case, people["partner"], 80)
    remind_and_escalate()
    assert referrals_to(people["cndh"]) == []
    assert "referral_escalated" in told(people["supervisor"])
