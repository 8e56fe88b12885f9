"""Moving a message that joined the wrong case: to a case of its own, or to another one of the same phone.

The last message of a report takes the report along, with its code and its questions; from a report with more
messages only the one moves. Moving back undoes it. Whoever wrote gets no text from this.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.audit import Action
from app.casework import history, merge_referrals
from app.casework.conclusions import WAIT_FOR_EYES, refresh_text
from app.casework.conflicts import carry_conflicts
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.handing_back import let_read_message
from app.casework.history import EventKind
from app.casework.movable import is_last_of_report, others_of_report, targets
from app.casework.reprocessing import read_again
from app.casework.settling import settle
from app.casework.visibility import workable_case
from app.clock import utcnow
from app.current import current_settings
from app.intake.sharing import REVOCABLE
from app.models import (
    UNSAFE_ADDITION,
    Attachment,
    Case,
    CaseStatus,
    Contact,
    Conversation,
    Direction,
    Finding,
    Message,
    Referral,
    ReferralState,
    Report,
    ReportState,
    User,
)
from app.models.likeness import Likeness
from app.receipts import derived_code, receipt_hash

QUIET = "finished"  # the state of conversation.toml in which nothing more is asked until the person writes
_KINDS = ("place", "occurred", "urgency", "language")


def move_message(
    session: Session, user: User, case_id: uuid.UUID, message_id: uuid.UUID, target_id: uuid.UUID | None
) -> Case:
    """Move one message to another case of the same phone, or (None) to a new one; gives the case it is in then.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `message_alone`, `target_unknown`, and as
    `handing_back` says.
    """
    source = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    if not user.organisation.sees_every_case:
        raise CaseworkError(FORBIDDEN)
    message, report = _movable(session, source, message_id)
    let_read_message(session, user, message)
    takes_report = is_last_of_report(session, message)
    if target_id is None and takes_report and report_count(session, source) == 1:
        raise CaseworkError("message_alone")
    if target_id is None:
        target = new_case(session, user, source, message)
    else:
        target = _known(session, user, source, message, target_id)
    if takes_report:
        report.case_id, report.is_answer = target.id, False
    else:
        _change_report(session, message, report, target)
    is_unread = source.needs_person in WAIT_FOR_EYES
    bring_along(session, message, source, target)
    _keep_from_others(session, source, target, is_unread=is_unread)
    read_again(session, message, is_addition=target_id is not None and _message_count(session, target) > 1)
    keep_quiet(session, report)
    _note(session, user, source, target, message)
    return target


def _keep_from_others(session: Session, source: Case, target: Case, *, is_unread: bool) -> None:
    """Nobody reads in the target what they may not: whom the source concerns, whom the writer didn't allow, and any
    other organisation what the desk has to read first.
    """
    carry_conflicts(session, source, target)
    if is_unread:
        target.needs_person = UNSAFE_ADDITION
    session.flush()
    session.expire(target, ["referrals"])
    merge_referrals.review(session, target)
    if target.assigned_to_id and not merge_referrals.may_hold(session, target.assigned_to_id, target):
        target.assigned_to_id = None


def _movable(session: Session, case: Case, message_id: uuid.UUID) -> tuple[Message, Report]:
    """An inbound message of a phone and its report, held like everybody holds them: the contact, then the report.

    A withdrawal at this moment waits, and so does a worker that takes in what the phone writes next.
    """
    statement = (
        select(Message, Report)
        .join(Report, Report.id == Message.report_id)
        .where(
            Message.id == message_id,
            Message.direction == Direction.INBOUND,
            Message.repeats_message_id.is_(None),
            Report.case_id == case.id,
            Report.contact_id.is_not(None),
            Report.state != ReportState.WITHDRAWN,
        )
    )
    found = session.execute(statement).first()
    if found is not None:
        session.get(Contact, found.Report.contact_id, with_for_update=True)
        held = statement.with_for_update(of=Report).execution_options(populate_existing=True)
        found = session.execute(held).first()
    if found is None:
        raise CaseworkError(NOT_FOUND)
    return found.Message, found.Report


def report_count(session: Session, case: Case) -> int:
    """How many reports a case holds, withdrawn ones too."""
    return session.scalar(select(func.count()).select_from(Report).where(Report.case_id == case.id)) or 0


def _message_count(session: Session, case: Case) -> int:
    of_case = select(func.count()).select_from(Message).join(Report, Report.id == Message.report_id)
    return (
        session.scalar(of_case.where(Report.case_id == case.id, Message.direction == Direction.INBOUND)) or 0
    )


def keep_quiet(session: Session, report: Report) -> None:
    """The machine asks nothing when it reads again: to who wrote, nothing has happened."""
    session.execute(
        update(Conversation).where(Conversation.contact_id == report.contact_id).values(state=QUIET)
    )


def _known(session: Session, user: User, source: Case, message: Message, target_id: uuid.UUID) -> Case:
    target = next((case for case in targets(session, user, source, message) if case.id == target_id), None)
    if target is None:
        raise CaseworkError("target_unknown")
    if target.status == CaseStatus.CLOSED:
        target.status = CaseStatus.IN_PROGRESS
    return target


def new_case(session: Session, user: User, source: Case, message: Message) -> Case:
    """A case of its own for a message, as urgent as the one it comes from until it was read."""
    audit.lock(session)  # numbers are given one at a time
    number = (session.scalar(select(func.max(Case.number))) or 0) + 1
    case = Case(
        id=uuid.uuid4(),
        number=number,
        channel=message.channel,
        received_at=message.created_at,
        is_demonstration=source.is_demonstration,
        urgency=source.urgency,  # until the machine has read it: unread is never "not urgent"
    )
    session.add(case)
    audit.record(session, Action.CASE_OPENED, f"case:{case.id}", actor=f"user:{user.id}")
    return case


def _change_report(session: Session, message: Message, report: Report, target: Case) -> None:
    """Put the message into the target's report of this phone, or into one of its own there."""
    conversation = session.scalar(select(Conversation).where(Conversation.report_id == report.id))
    is_latest = (
        session.scalar(others_of_report(message).where(Message.created_at > message.created_at).limit(1))
        is None
    )
    other = _report_of(session, target, report) or _new_report(session, message, report, target)
    session.execute(
        update(Message)
        .where(or_(Message.id == message.id, Message.repeats_message_id == message.id))
        .values(report_id=other.id, answers_message_id=None)
    )
    session.execute(update(Attachment).where(Attachment.message_id == message.id).values(report_id=other.id))
    session.refresh(message)
    if conversation is not None and is_latest:
        conversation.report_id = other.id  # what the person writes next goes on from there


def _report_of(session: Session, case: Case, like: Report) -> Report | None:
    statement = select(Report).where(
        Report.case_id == case.id, Report.contact_id == like.contact_id, Report.state != ReportState.WITHDRAWN
    )
    return session.scalars(statement.order_by(Report.received_at.desc()).limit(1)).first()


def _new_report(session: Session, message: Message, report: Report, case: Case) -> Report:
    """A report of its own, whose code nobody was told yet."""
    lookup_key, reference = current_settings().lookup_key, secrets.token_bytes(32)
    new = Report(
        id=uuid.uuid4(),
        channel=message.channel,
        gateway=report.gateway,
        channel_reference=reference,
        receipt_hash=receipt_hash(lookup_key, derived_code(lookup_key, reference.hex())),
        received_at=message.created_at,
        language=report.language,
        contact_id=report.contact_id,
        case_id=case.id,
        is_demonstration=report.is_demonstration,
    )
    session.add(new)
    session.flush()
    return new


def bring_along(session: Session, message: Message, source: Case, target: Case) -> None:
    """What was concluded from the message follows it, and both cases say what is left to them."""
    moved = session.scalars(select(Finding).where(Finding.message_id == message.id)).all()
    codes = [str(found.current_value.get("code", "")) for found in moved if found.kind == "violation"]
    for finding in moved:
        finding.case_id = target.id
    session.execute(update(Likeness).where(Likeness.message_id == message.id).values(case_id=target.id))
    session.flush()
    for case in (source, target):
        session.expire(case, ["findings", "acts", "reports"])
        _settle(case, codes if case is source else [])
        refresh_text(session, case)
    if report_count(session, source) == 0:
        _close_empty(session, source)


def _settle(case: Case, gone: Sequence[str]) -> None:
    settle(case, "violation")
    for code in gone:
        settle(case, "violation", code)
    for kind in _KINDS:
        settle(case, kind)


def _close_empty(session: Session, case: Case) -> None:
    """Nothing is left in it: it is closed, and what was asked of partners is taken back."""
    case.status, case.needs_person = CaseStatus.CLOSED, ""
    session.execute(
        update(Referral)
        .where(Referral.case_id == case.id, Referral.state.in_(REVOCABLE))
        .values(state=ReferralState.REVOKED, decided_at=utcnow())
    )


def _note(session: Session, user: User, source: Case, target: Case, message: Message) -> None:
    detail = {"message": str(message.id), "from": str(source.id), "to": str(target.id)}
    for case in (source, target):
        history.write(session, user, case, EventKind.MESSAGE_MOVED, detail=detail)
