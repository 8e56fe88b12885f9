"""Taking in what workers concluded: a case is opened or added to, in the caller's transaction.

Running it again for the same message replaces what the machine had proposed and keeps what people decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.applying import SURE_ENOUGH, Conclusion, apply
from app.casework.sharing import WITHHELD, allowed_disclosure
from app.casework.telling import tell_if_urgent, tell_of_answer, tell_of_referral
from app.casework.visibility import has_conflict
from app.clock import utcnow
from app.intake.case_text import refresh_text
from app.models import (
    LIVE_STATES,
    UNSAFE_ADDITION,
    Case,
    CaseEvent,
    CaseStatus,
    Channel,
    DeliveryState,
    Direction,
    Disclosure,
    Finding,
    FindingState,
    Message,
    Organisation,
    Referral,
    ReferralState,
    Report,
    ReportState,
)

__all__ = [
    "ANSWER_WINDOW",
    "SURE_ENOUGH",
    "Conclusion",
    "RuleMatch",
    "Understanding",
    "add_twins",
    "keep_message",
    "open_question",
    "refer_by_rules",
    "refresh_text",
    "take_in_answer",
    "take_in_failure",
    "take_in_report",
]

ANSWER_WINDOW = timedelta(days=7)
RESIDUAL_RISK = "residual_risk"  # a reason of the pipeline's
WAIT_FOR_EYES = frozenset(
    {UNSAFE_ADDITION, RESIDUAL_RISK}
)  # somebody of the desk reads it before anybody else does
READ_AGAIN = "report_read_again"  # a line of the history
NO_PLACE = "no_place"  # another, which an answer can take away


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one message is, anonymised and triaged. `needs_person` is a reason code, or empty."""

    text: str
    language: str
    sealed_tokens: bytes
    conclusions: Sequence[Conclusion] = field(default=())
    needs_person: str = ""
    residual_risk: float = 0.0
    answers: Mapping[str, Any] | None = None  # codes and counts of a web form's closed questions


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """One organisation that the routing table asks for. `is_sent` is False where a person sends what rules propose."""

    organisation_id: uuid.UUID
    reasons: Sequence[str]
    deadline_hours: int
    disclosure: str = Disclosure.ANONYMISED
    is_sent: bool = True


def open_question(session: Session, contact_id: uuid.UUID, before: datetime | None = None) -> Message | None:
    """The last question that a colleague sent to this contact's phone, within a week and before a moment, that nobody
    answered yet. What the machine asks or says by itself is none.
    """
    moment = before or utcnow()
    answered = select(Message.answers_message_id).where(Message.answers_message_id.is_not(None))
    return session.scalars(
        select(Message)
        .join(Report, Report.id == Message.report_id)
        .where(
            Report.contact_id == contact_id,
            Report.state != ReportState.WITHDRAWN,
            Message.direction == Direction.OUTBOUND,
            Message.channel != Channel.WEB,
            Message.template.is_(None),
            Message.state != DeliveryState.CANCELLED,
            Message.created_at.between(moment - ANSWER_WINDOW, moment),
            Message.id.not_in(answered),
        )
        .order_by(Message.created_at.desc())
        .limit(1)
    ).first()


def take_in_report(session: Session, report: Report, message: Message, understood: Understanding) -> Case:
    """Open the report's case, or bring it up to date if a worker was here before."""
    case = session.get(Case, report.case_id) if report.case_id else None
    is_new = case is None
    case = case or _new_case(session, report)
    urgency_before = case.urgency
    keep_message(message, understood)
    _replace_findings(session, case, message, understood.conclusions)
    has_others = _has_other_reports(session, case, report)
    apply(session, case, understood.conclusions, only_missing=has_others)
    if not has_others:
        case.language = understood.language
    if has_others or case.is_held or _is_elsewhere(session, case):
        _hold_if_unsafe(case, understood)
    else:
        case.needs_person = understood.needs_person
    case.updated_at = utcnow()
    refresh_text(session, case)
    if not is_new:
        session.add(CaseEvent(case_id=case.id, kind=READ_AGAIN, detail={"report": str(report.id)}))
    report.state = ReportState.NEEDS_PERSON if understood.needs_person else ReportState.PROCESSED
    action = Action.REPORT_NEEDS_PERSON if understood.needs_person else Action.REPORT_PROCESSED
    audit.record(session, action, f"report:{report.id}", actor="worker", detail={"case": str(case.id)})
    tell_if_urgent(session, case, urgency_before)
    return case


def _has_other_reports(session: Session, case: Case, report: Report) -> bool:
    """Whether others told of it too, as after a merge: what one of them says doesn't replace what all say."""
    others = select(Report.id).where(
        Report.case_id == case.id,
        Report.id != report.id,
        Report.is_answer.is_(False),
        Report.state != ReportState.WITHDRAWN,
    )
    return session.scalar(others.limit(1)) is not None


def take_in_answer(
    session: Session, case: Case, message: Message, question: Message | None, understood: Understanding
) -> bool:
    """Add a further message to its case: what was missing is filled in, what is there stays until a person says.

    With a question it is the answer to it. True when it gave the place that the case waited for, so that it can be
    routed now.
    """
    if question is not None:
        message.answers_message_id = question.id
    urgency_before = case.urgency
    keep_message(message, understood)
    _replace_findings(session, case, message, understood.conclusions)
    apply(session, case, understood.conclusions, only_missing=True)
    if case.status in {CaseStatus.WAITING_FOR_REPORTER, CaseStatus.CLOSED} and not case.is_withdrawn:
        case.status = CaseStatus.IN_PROGRESS
    case.updated_at = utcnow()
    refresh_text(session, case)
    is_routable_now = _found_its_place(case, understood)
    _hold_if_unsafe(case, understood)
    session.add(CaseEvent(case_id=case.id, kind="answer_received", detail={"message": str(message.id)}))
    audit.record(session, Action.REPORT_PROCESSED, f"message:{message.id}", actor="worker")
    tell_of_answer(session, case)
    tell_if_urgent(session, case, urgency_before)
    return is_routable_now


def _hold_if_unsafe(case: Case, understood: Understanding) -> None:
    """Organisations may have the case already: what could identify somebody is kept from them until it was read."""
    is_unsafe = understood.needs_person == RESIDUAL_RISK
    case.needs_person = UNSAFE_ADDITION if is_unsafe else case.needs_person or understood.needs_person


def _is_elsewhere(session: Session, case: Case) -> bool:
    """Whether an organisation has the case: what is read in it now, they would read at once."""
    live = select(Referral.id).where(Referral.case_id == case.id, Referral.state.in_(LIVE_STATES))
    return session.scalar(live.limit(1)) is not None


def _found_its_place(case: Case, understood: Understanding) -> bool:
    """A case that a person had to see only for want of a place doesn't need one any more, if the answer is safe."""
    if case.needs_person != NO_PLACE or case.region_code is None or understood.needs_person:
        return False
    case.needs_person = ""
    return True


def add_twins(session: Session, case: Case, message: Message, twins: Sequence[Conclusion]) -> None:
    """Propose that other cases are about the same event, after the message's own findings; not what was decided."""
    already = session.scalar(select(func.count()).where(Finding.message_id == message.id)) or 0
    decided = {
        (found.kind, found.value.get("case_id"))
        for found in session.scalars(
            select(Finding).where(Finding.case_id == case.id, Finding.decided_by_id.is_not(None))
        )
    }
    fresh = [each for each in twins if (each.kind, each.value.get("case_id")) not in decided]
    for offset, twin in enumerate(fresh):
        session.add(_finding(case, message, already + offset, twin))


def keep_message(message: Message, understood: Understanding) -> None:
    """Store a message's anonymised text; NUL can't be stored by every database and means nothing."""
    message.anonymised_text = understood.text.replace("\x00", " ")
    message.sealed_tokens, message.residual_risk = understood.sealed_tokens, understood.residual_risk
    message.answers = dict(understood.answers) if understood.answers else None


def take_in_failure(session: Session, report: Report, reason: str) -> Case:
    """A report that the machine could not make safe: a case without text, put before a person."""
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None:
        case = _new_case(session, report)
    urgency_before = case.urgency
    case.needs_person, case.urgency = reason, max(case.urgency, 2)  # unread is never "not urgent"
    report.state = ReportState.NEEDS_PERSON
    audit.record(
        session, Action.REPORT_NEEDS_PERSON, f"report:{report.id}", actor="worker", detail={"reason": reason}
    )
    tell_if_urgent(session, case, urgency_before)
    return case


def refer_by_rules(session: Session, case: Case, matches: Sequence[RuleMatch]) -> None:
    """Create the referrals that rules ask for and reporters allow; they wait for a person when the case does."""
    here = set(session.scalars(select(Referral.organisation_id).where(Referral.case_id == case.id)))
    for match in matches:
        organisation = session.get_one(Organisation, match.organisation_id)
        if organisation.id in here or has_conflict(session, case.id, organisation):
            continue
        disclosure = allowed_disclosure(session, case, organisation, Disclosure(match.disclosure))
        if disclosure is None:
            _note_withheld(session, case, organisation)
            continue
        is_sent = match.is_sent and not case.needs_person
        state = ReferralState.SENT if is_sent else ReferralState.PROPOSED
        referral = Referral(
            id=uuid.uuid4(),
            case_id=case.id,
            organisation_id=match.organisation_id,
            state=state,
            reasons=list(match.reasons),
            disclosure=disclosure,
            deadline_at=utcnow() + timedelta(hours=match.deadline_hours),
        )
        session.add(referral)
        detail = {"organisation": str(match.organisation_id), "state": str(state)}
        session.add(CaseEvent(case_id=case.id, kind="referral_created", detail=detail))
        audit.record(
            session, Action.REFERRAL_CREATED, f"referral:{referral.id}", actor="worker", detail=detail
        )
        tell_of_referral(session, case, referral)


def _note_withheld(session: Session, case: Case, organisation: Organisation) -> None:
    """The reporters don't allow what a rule asks for: that is told once in the case's history."""
    detail = {"organisation": str(organisation.id)}
    told = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == WITHHELD))
    if all(event.detail != detail for event in told):
        session.add(CaseEvent(case_id=case.id, kind=WITHHELD, detail=detail))


def _new_case(session: Session, report: Report) -> Case:
    audit.lock(session)  # numbers are given one at a time
    number = (session.scalar(select(func.max(Case.number))) or 0) + 1
    case = Case(
        id=uuid.uuid4(),
        number=number,
        channel=report.channel,
        received_at=report.received_at,
        is_demonstration=report.is_demonstration,
    )
    session.add(case)
    session.flush()
    report.case_id = case.id
    session.add(CaseEvent(case_id=case.id, at=report.received_at, kind="report_received"))
    audit.record(session, Action.CASE_OPENED, f"case:{case.id}", actor="worker")
    return case


def _replace_findings(
    session: Session, case: Case, message: Message, conclusions: Sequence[Conclusion]
) -> None:
    session.execute(
        delete(Finding).where(Finding.message_id == message.id, Finding.state == FindingState.PROPOSED)
    )
    for position, conclusion in enumerate(conclusions):
        session.add(_finding(case, message, position, conclusion))


def _finding(case: Case, message: Message, position: int, conclusion: Conclusion) -> Finding:
    return Finding(
        case_id=case.id,
        message_id=message.id,
        position=position,
        kind=conclusion.kind,
        value=dict(conclusion.value),
        confidence=conclusion.confidence,
        rule=conclusion.rule,
        evidence=[list(span) for span in conclusion.evidence],
        explanation=dict(conclusion.explanation),
    )
