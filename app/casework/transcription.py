"""Writing down what a recording or an undecodable message says: the machine then reads it like any message."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.handing_back import let_read_corrections
from app.casework.history import EventKind
from app.casework.reprocessing import read_again
from app.casework.visibility import workable_case
from app.current import current_settings
from app.models import Attachment, AttachmentState, Direction, Message, Report, ReportState, User
from app.sealing import seal

LONGEST_TRANSCRIPT = 20_000
SEALED_MESSAGE = "application/octet-stream"  # a message as it came: kept, never handed out as a file


def type_recording(
    session: Session, user: User, case_id: uuid.UUID, message_id: uuid.UUID, text: str
) -> Message:
    """Seal what was said as the message's content; a worker makes it safe and understands it.

    What came stays as it was. Typing it again replaces what was typed before.
    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `text_missing`, `text_long`; as `handing_back`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    if not user.organisation.sees_every_case:
        raise CaseworkError(FORBIDDEN)
    message = _unread(session, case.id, message_id)
    said = _checked(text)
    let_read_corrections(session, user, message)
    _keep_original(session, message)
    settings = current_settings()
    message.sealed_content = seal({"text": said, "typed_by": str(user.id)}, settings.intake_public_key)
    read_again(session, message)
    history.write(session, user, case, EventKind.MESSAGE_TYPED, detail={"message": str(message.id)})
    return message


def _checked(text: str) -> str:
    said = text.replace("\x00", "").strip()
    if not said:
        raise CaseworkError("text_missing")
    if len(said) > LONGEST_TRANSCRIPT:
        raise CaseworkError("text_long")
    return said


def _unread(session: Session, case_id: uuid.UUID, message_id: uuid.UUID) -> Message:
    """A message of the case that came as a recording, or that the machine could not read."""
    message = session.scalar(
        select(Message)
        .join(Report, Report.id == Message.report_id)
        .where(
            Message.id == message_id,
            Message.direction == Direction.INBOUND,
            Report.case_id == case_id,
            Report.state != ReportState.WITHDRAWN,
            or_(_has_recording(), Message.anonymised_text.is_(None)),
        )
    )
    if message is None:
        raise CaseworkError(NOT_FOUND)
    return message


def _has_recording() -> ColumnElement[bool]:
    return exists().where(
        Attachment.report_id == Message.report_id,
        or_(Attachment.message_id == Message.id, Attachment.message_id.is_(None)),
        Attachment.state == AttachmentState.KEPT,
        Attachment.content_type.startswith("audio/"),
    )


def _keep_original(session: Session, message: Message) -> None:
    """What can't be read is kept sealed beside what was typed for it: nobody may lose what came."""
    if message.anonymised_text is None and message.sealed_content is not None:
        session.add(
            Attachment(
                id=uuid.uuid4(),
                report_id=message.report_id,
                message_id=message.id,
                state=AttachmentState.KEPT,
                content_type=SEALED_MESSAGE,
                sealed_original=message.sealed_content,
            )
        )
