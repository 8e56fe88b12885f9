"""Reminding organisations of referrals they have not answered, and passing those on when the deadline is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.audit import Action
from app.casework.conclusions import RESIDUAL_RISK
from app.casework.sharing import allowed_disclosure
from app.casework.telling import tell, tell_of_referral
from app.casework.timeline import REFERRAL_REMINDED
from app.casework.visibility import has_conflict
from app.clock import utcnow
from app.database import transaction
from app.models import (
    Case,
    CaseEvent,
    Disclosure,
    Organisation,
    OrganisationKind,
    Referral,
    ReferralState,
)
from app.notifications.kinds import NoticeKind
from workers.escalation_steps import CNDH, RECEIVER, Step, due_steps, plan

REFERRAL_ESCALATED = "referral_escalated"  # a line of the case's history, and why CNDH was sent it
MOST_AT_ONCE = 200


def remind_and_escalate() -> None:
    """Take every step that is due, each referral in a transaction of its own."""
    now = utcnow()
    with transaction() as session:
        due = _due(session, now)
    for referral_id in due:
        with transaction() as session:
            _follow(session, referral_id, now)


def _due(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Referrals sent and not answered of which a step is due, as many as are followed at once.

    Those between two steps are not among them, or they would keep the others waiting.
    """
    steps = plan()
    statement = (
        select(Referral.id, Referral.escalation_level, Referral.created_at, Referral.deadline_at)
        .join(Case, Case.id == Referral.case_id)
        .where(
            Referral.state == ReferralState.SENT,
            Referral.deadline_at <= now + steps.longest_before,
            Referral.escalation_level < len(steps.steps),
            Case.is_withdrawn.is_(False),
        )
    )
    near = session.execute(statement.order_by(Referral.deadline_at))
    return [row.id for row in near if due_steps(steps.steps, *row[1:], now)[1]][:MOST_AT_ONCE]


def _follow(session: Session, referral_id: uuid.UUID, now: datetime) -> None:
    case = _held_case(session, referral_id)
    referral = session.get(Referral, referral_id, with_for_update={"of": Referral}, populate_existing=True)
    if case is None or referral is None or referral.state != ReferralState.SENT:
        return
    done, steps = due_steps(
        plan().steps, referral.escalation_level, referral.created_at, referral.deadline_at, now
    )
    referral.escalation_level = done
    for step in steps:
        if step.to == RECEIVER:
            _remind(session, case, referral, step, now)
        else:
            _escalate(session, case, referral, step, now)


def _held_case(session: Session, referral_id: uuid.UUID) -> Case | None:
    """The case before its referral: in that order whoever answers changes them."""
    of_referral = select(Referral.case_id).where(Referral.id == referral_id).scalar_subquery()
    return session.scalar(select(Case).where(Case.id == of_referral).with_for_update(of=Case))


def _remind(session: Session, case: Case, referral: Referral, step: Step, now: datetime) -> None:
    referral.reminded_at = now
    _write(session, case, referral, REFERRAL_REMINDED, Action.REFERRAL_REMINDED)
    tell(session, NoticeKind(step.kind), case, organisation=referral.organisation)


def _escalate(session: Session, case: Case, referral: Referral, step: Step, now: datetime) -> None:
    """To the desk's supervisors; at the last step to CNDH besides, as far as it may be sent the case."""
    referral.escalated_at = now
    _write(session, case, referral, REFERRAL_ESCALATED, Action.REFERRAL_ESCALATED)
    if step.to == CNDH:
        _send_to_cndh(session, case, referral)
    tell(session, NoticeKind(step.kind), case, permission=Permission(step.permission))


def _write(session: Session, case: Case, referral: Referral, kind: str, action: Action) -> None:
    detail = {"organisation": str(referral.organisation_id)}
    case.updated_at = utcnow()
    session.add(CaseEvent(case_id=case.id, kind=kind, detail=detail))
    audit.record(session, action, f"referral:{referral.id}", actor="worker", detail=detail)


def _send_to_cndh(session: Session, case: Case, late: Referral) -> None:
    """As far as it may be sent; not while the machine takes it for something that a person has to read first."""
    if case.needs_person == RESIDUAL_RISK:
        return
    for organisation in _commissions_without(session, case):
        if has_conflict(session, case.id, organisation):
            continue
        wanted = Disclosure(late.disclosure)
        without_identity = Disclosure.ANONYMISED if wanted is Disclosure.WITH_IDENTITY else wanted
        disclosure = allowed_disclosure(session, case, organisation, without_identity)
        if disclosure is not None:
            send_by_machine(session, case, organisation, disclosure, why=REFERRAL_ESCALATED)


def _commissions_without(session: Session, case: Case) -> Sequence[Organisation]:
    """CNDH as far as the case isn't with it already."""
    asked = select(Referral.organisation_id).where(Referral.case_id == case.id)
    statement = select(Organisation).where(
        Organisation.kind == OrganisationKind.CNDH, Organisation.is_active, Organisation.id.not_in(asked)
    )
    return session.scalars(statement.order_by(Organisation.name)).all()


def send_by_machine(
    session: Session, case: Case, organisation: Organisation, disclosure: Disclosure, *, why: str
) -> Referral:
    """Send a case to an organisation without a rule or a person; `why` is a code that stands for the rule's name."""
    now = utcnow()
    referral = Referral(
        id=uuid.uuid4(),
        case_id=case.id,
        organisation=organisation,
        state=ReferralState.SENT,
        reasons=[why],
        disclosure=disclosure,
        created_at=now,
        deadline_at=now + plan().cndh_deadline,
    )
    session.add(referral)
    session.flush()
    detail = {
        "organisation": str(organisation.id),
        "state": str(ReferralState.SENT),
        "disclosure": str(disclosure),
    }
    session.add(CaseEvent(case_id=case.id, kind="referral_created", detail=detail))
    audit.record(session, Action.REFERRAL_CREATED, f"referral:{referral.id}", actor="worker", detail=detail)
    tell_of_referral(session, case, referral)
    return referral
