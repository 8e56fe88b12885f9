"""Letting the machine read a report again that was sealed away from it, for work that needs the original."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.casework.errors import CaseworkError
from app.models import Attachment, MaskCorrection, Message, ReportKey, UploadPiece, User
from app.safe.errors import SafeError
from app.safe.opening import SEAL_HEAD_BYTES
from app.safe.returning import hand_back_if_resealed
from app.sealing import VERSION, key_id


def let_read_message(session: Session, user: User, message: Message) -> None:
    """Hand back the keys over a message, its tokens and people's corrections. Raises CaseworkError with the safe's
    code (`safe_locked`, `factor_missing`, `not_granted`, `not_shared`, `unreadable`).
    """
    corrections = session.scalars(
        select(MaskCorrection.sealed_words).where(MaskCorrection.message_id == message.id)
    ).all()
    _hand_back(
        session, user, message.report_id, [message.sealed_content, message.sealed_tokens, *corrections]
    )


def let_read_corrections(session: Session, user: User, message: Message) -> None:
    """The same where what the message says is given anew: only its corrections are needed."""
    corrections = session.scalars(
        select(MaskCorrection.sealed_words).where(MaskCorrection.message_id == message.id)
    ).all()
    _hand_back(session, user, message.report_id, corrections)


def let_read_file(session: Session, user: User, attachment: Attachment) -> None:
    """The same for the original of a file."""
    first = select(UploadPiece.sealed).where(
        UploadPiece.upload_id == attachment.upload_id, UploadPiece.sequence == 0
    )
    values = [attachment.sealed_original, session.scalar(first)]
    _hand_back(session, user, attachment.report_id, values)


def originals_given_away(session: Session, attachments: Sequence[Attachment]) -> set[uuid.UUID]:
    """Which of these files are sealed as they came to a report's own key, so that members can open them."""
    first = select(UploadPiece.upload_id, func.substr(UploadPiece.sealed, 1, SEAL_HEAD_BYTES)).where(
        UploadPiece.upload_id.in_([each.upload_id for each in attachments if each.upload_id]),
        UploadPiece.sequence == 0,
    )
    heads = {row[0]: bytes(row[1]) for row in session.execute(first)}
    keys = session.scalars(
        select(ReportKey.public_key).where(ReportKey.report_id.in_({each.report_id for each in attachments}))
    )
    known = {VERSION + key_id(bytes(key)) for key in keys}
    return {each.id for each in attachments if _head(each, heads) in known}


def _head(attachment: Attachment, heads: Mapping[uuid.UUID | None, bytes]) -> bytes:
    return heads.get(attachment.upload_id) or bytes((attachment.sealed_original or b"")[:SEAL_HEAD_BYTES])


def _hand_back(
    session: Session, user: User, report_id: uuid.UUID | None, values: Iterable[bytes | None]
) -> None:
    if report_id is None:
        return
    try:
        hand_back_if_resealed(session, user, report_id, values)
    except SafeError as error:
        raise CaseworkError(error.code) from error
