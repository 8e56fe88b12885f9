"""Letting the demonstration's people act on a case, through the services that the desk's pages call."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.service import user_by_email
from app.casework import service as casework
from app.casework.verifying import steps_of
from app.clock import utcnow
from app.demonstration import cast
from app.demonstration.ageing import touch
from app.demonstration.examining import examine
from app.demonstration.installing import organisation
from app.demonstration.stories import Step, Story
from app.models import (
    Case,
    CaseEvent,
    CaseStatus,
    FindingState,
    Message,
    Organisation,
    Referral,
    ReferralState,
    Report,
    ReportState,
    User,
    Verification,
)

STEP_GAP = timedelta(minutes=3)  # between steps that would lie in the future


@dataclass(frozen=True, slots=True)
class Scene:
    """A case in somebody's hands: what a step needs."""

    session: Session
    user: User
    case: Case
    story: Story
    at: datetime


def act(session: Session, story: Story, report_id: uuid.UUID, now: datetime) -> bool:
    """Take a report's case through its follow-up; False where somebody worked on it before, or there is none.

    All steps or none: the caller's transaction holds them. Raises CaseworkError.
    """
    report = session.get_one(Report, report_id)
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None or report.state == ReportState.WITHDRAWN or _was_worked_on(session, case):
        return False
    started = utcnow()
    for position, step in enumerate(story.follow_up.steps):
        left = len(story.follow_up.steps) - position
        at = min(case.received_at + timedelta(hours=step.after_hours), now - left * STEP_GAP)
        _perform(Scene(session, _user(session, step.person), case, story, at), step, started)
    touch(case)
    return True


def _was_worked_on(session: Session, case: Case) -> bool:
    by_people = select(CaseEvent.id).where(CaseEvent.case_id == case.id, CaseEvent.user_id.is_not(None))
    return session.scalar(by_people.limit(1)) is not None


def _user(session: Session, key: str) -> User:
    person = next(each for each in cast.accounts() if each.key == key)
    user = user_by_email(session, person.email)
    if user is None:
        raise LookupError(key)
    return user


def _perform(scene: Scene, step: Step, started: datetime) -> None:
    """One step, then its lines of the history put to the moment at which it is told to have happened."""
    _STEPS[step.do](scene, step)
    scene.session.flush()
    written = select(CaseEvent).where(CaseEvent.case_id == scene.case.id, CaseEvent.at >= started)
    for event in scene.session.scalars(written):
        event.at = scene.at
    scene.session.flush()
    scene.session.expire(scene.case, ["events", "referrals"])


def _assign(scene: Scene, _step: Step) -> None:
    casework.assign(scene.session, scene.user, scene.case.id, scene.user.id)


def _change_status(scene: Scene, step: Step) -> None:
    status = CaseStatus(step.status)
    reason = scene.story.reason if status is CaseStatus.CLOSED else ""
    casework.change_status(scene.session, scene.user, scene.case.id, status, reason=reason)


def _confirm(scene: Scene, _step: Step) -> None:
    for finding in [found for found in scene.case.findings if found.kind == "violation"]:
        casework.decide_finding(scene.session, scene.user, finding.id, decision=FindingState.ACCEPTED)
        finding.decided_at = scene.at


def _add_violation(scene: Scene, _step: Step) -> None:
    """Say what the machine missed, unless it has learnt to see it since."""
    if all(act.violation_code != scene.story.violation for act in scene.case.acts):
        finding = casework.add_violation(scene.session, scene.user, scene.case.id, scene.story.violation)
        finding.created_at = finding.decided_at = scene.at


def _verify(scene: Scene, step: Step) -> None:
    verification = Verification(step.verification)
    casework.verify(scene.session, scene.user, scene.case.id, verification, reason=scene.story.reason)
    if scene.case.verified_at:
        scene.case.verified_at = scene.at
    steps_of(scene.session, scene.case)[-1].at = scene.at


def _propose(scene: Scene, _step: Step) -> None:
    """Look at all that the checklist asks for, and propose the case as verified: somebody else confirms it."""
    examine(scene.session, scene.user, scene.case, at=scene.at)
    casework.verify(scene.session, scene.user, scene.case.id, Verification.PENDING, reason=scene.story.reason)
    for step in steps_of(scene.session, scene.case):
        step.at = min(step.at, scene.at)


def _ask(scene: Scene, _step: Step) -> None:
    message = casework.ask_reporter(scene.session, scene.user, scene.case.id, scene.story.question)
    message.created_at = scene.at


def _refer(scene: Scene, step: Step) -> None:
    """Ask an organisation unless the rules did; send what only was proposed."""
    receiver = organisation(scene.session, cast.organisations()[step.organisation])
    if receiver is None:
        raise LookupError(step.organisation)
    referral = _referral(scene, receiver)
    if referral is None:
        made = casework.refer(scene.session, scene.user, scene.case.id, receiver.id)
        made.deadline_at, made.created_at = scene.at + (made.deadline_at - made.created_at), scene.at
    elif referral.state == ReferralState.PROPOSED:
        casework.answer_referral(scene.session, scene.user, referral.id, ReferralState.SENT)
        referral.decided_at = scene.at


def _answer_referral(scene: Scene, step: Step) -> None:
    """What the person's own organisation answers, if it was asked."""
    referral = _referral(scene, scene.user.organisation)
    if referral is None or referral.state not in {ReferralState.SENT, ReferralState.ACCEPTED}:
        return
    state = ReferralState(step.state)
    note = scene.story.reason if state is ReferralState.DECLINED else ""
    casework.answer_referral(scene.session, scene.user, referral.id, state, note=note)
    referral.decided_at = scene.at


def _referral(scene: Scene, receiver: Organisation) -> Referral | None:
    return scene.session.scalar(
        select(Referral).where(Referral.case_id == scene.case.id, Referral.organisation_id == receiver.id)
    )


_STEPS: Mapping[str, Callable[[Scene, Step], None]] = {
    "assign": _assign,
    "status": _change_status,
    "confirm": _confirm,
    "add_violation": _add_violation,
    "propose": _propose,
    "verify": _verify,
    "ask": _ask,
    "refer": _refer,
    "referral": _answer_referral,
}


def asked_question(session: Session, report_id: uuid.UUID) -> Message | None:
    """The first question that was asked about a report."""
    written = select(Message).where(Message.report_id == report_id, Message.written_by_id.is_not(None))
    return session.scalar(written.order_by(Message.created_at).limit(1))
