"""What a reporter adds when they come back: an answer, more text, files. Sealed, and kept once per form."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake.uploads import attach
from app.models import Channel, DeliveryState, Direction, Message, Report, ReportState
from app.queue import JobName, owe
from app.sealing import keyed_digest, seal
from app.settings import Settings

MayKeep = Callable[[Session, Report], bool]


def answer(settings: Settings, report_id: uuid.UUID, question_id: uuid.UUID, text: str, token: str) -> bool:
    """Seal and keep an answer once per form token; False when there is no such open question."""
    message = _prepare(settings, report_id, {"text": text}, _reference(settings, "answer", token))
    message.answers_message_id = question_id

    def is_open(session: Session, report: Report) -> bool:
        question = session.get(Message, question_id)
        return question is not None and question.report_id == report.id and _is_question(question)

    return _keep(settings, message, Action.REPORT_ANSWERED, may_keep=is_open)


def add(settings: Settings, report_id: uuid.UUID, text: str, token: str, uploads: Sequence[str] = ()) -> bool:
    """Seal and keep more about a report, once per form token; False when it was withdrawn.

    `uploads` are the tokens of files that came along; without them there must be text.
    """
    message = _prepare(settings, report_id, {"text": text}, _reference(settings, "addition", token))
    return _keep(settings, message, Action.REPORT_ADDED_TO, uploads)


def _reference(settings: Settings, purpose: str, token: str) -> bytes:
    return keyed_digest(settings.lookup_key, f"reference:{purpose}", token)


def _prepare(
    settings: Settings, report_id: uuid.UUID, content: Mapping[str, Any], reference: bytes
) -> Message:
    """The slow part, before a lock is taken."""
    return Message(
        id=uuid.uuid4(),
        report_id=report_id,
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
        channel=Channel.WEB,
        channel_reference=reference,
        created_at=utcnow(),
        sealed_content=seal(content, settings.intake_public_key),
    )


def _keep(
    settings: Settings,
    message: Message,
    action: Action,
    uploads: Sequence[str] = (),
    *,
    may_keep: MayKeep = lambda _session, _report: True,
) -> bool:
    """Store a message and owe its reading; True as well when it is here already."""
    reference, report_id = message.channel_reference, message.report_id
    try:
        with transaction() as session:
            if _is_here(session, reference):
                return True
            report = session.get_one(Report, report_id, with_for_update={"key_share": True})
            if report.state == ReportState.WITHDRAWN or not may_keep(session, report):
                return False
            _store(session, settings, message, action, uploads)
    except IntegrityError:  # the unique reference settled a race: the other one was first
        with transaction() as session:
            if not _is_here(session, reference):
                raise
    return True


def _is_here(session: Session, reference: bytes | None) -> bool:
    return session.scalar(select(Message.id).where(Message.channel_reference == reference)) is not None


def _store(
    session: Session, settings: Settings, message: Message, action: Action, uploads: Sequence[str]
) -> None:
    session.add(message)
    session.flush()
    files = attach(session, settings, message, uploads)
    owe(session, JobName.PROCESS_ANSWER, message.id)
    detail = {"files": files} if uploads else {}
    audit.record(session, action, f"report:{message.report_id}", actor="reporter", detail=detail)


def _is_question(message: Message) -> bool:
    """What a colleague wrote to the reporter; what the machine says by itself isn't answered here."""
    return message.direction == Direction.OUTBOUND and message.template is None
