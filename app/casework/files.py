"""The files of a conversation as the case page shows them: what each is, how far it is, and who had it in hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.custody import custody
from app.casework.handing_back import originals_given_away
from app.models import Attachment, AttachmentState, Case, Direction, Message, User

AUDIO, PICTURE, FILM = "audio/", "image/", "video/"
_SHORT_DIGEST = 16  # hexadecimal digits shown; the whole one is its title
_FACES_NOT_SOUGHT = (FILM, "application/pdf")


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """One thing that was done with a file: a code of the table `custody`, by whom (empty: the machine or reporter)."""

    at: datetime
    code: str
    who: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that came with a message, and whether the desk may ask for it to be opened."""

    attachment: Attachment
    custody: Sequence[CustodyLine] = field(default=())
    has_original: bool = False  # that an organisation's own key opens

    @property
    def is_recording(self) -> bool:
        """Whether it is to be listened to."""
        return self.attachment.content_type.startswith(AUDIO)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture."""
        return self.attachment.content_type.startswith(PICTURE)

    @property
    def kind(self) -> str:
        """A code of the table `file_kind`; empty for what is none of them."""
        content_type = self.attachment.content_type
        return content_type if content_type == "application/pdf" else content_type.partition("/")[0]

    @property
    def state(self) -> str:
        """A code of the table `file_state`."""
        came_by_web = self.attachment.upload_id is not None
        is_damaged = came_by_web and self.attachment.state == AttachmentState.FAILED
        return "damaged" if is_damaged else str(self.attachment.state)

    @property
    def can_be_opened(self) -> bool:
        """Whether there is something that a worker may hand out: a copy, or an older recording without one."""
        has_copy = self.attachment.sealed_copy is not None
        is_older = self.is_recording and not self.attachment.caution
        return self.attachment.state == AttachmentState.KEPT and (has_copy or is_older)

    @property
    def has_details(self) -> bool:
        """Whether the original's metadata said anything."""
        return self.attachment.state == AttachmentState.KEPT and self.attachment.sealed_details is not None

    @property
    def shows_faces(self) -> bool:
        """Whether the copy shows whatever faces there are: nobody looks for them in films and documents."""
        return self.can_be_opened and self.attachment.content_type.startswith(_FACES_NOT_SOUGHT)

    @property
    def digest(self) -> str:
        """The SHA-256 of the original in hexadecimal digits; empty while it isn't known."""
        return bytes(self.attachment.sha256).hex() if self.attachment.sha256 else ""

    @property
    def short_digest(self) -> str:
        """Its beginning, enough to compare by eye."""
        return self.digest[:_SHORT_DIGEST]


def files_of(
    session: Session, user: User, case: Case, messages: Sequence[Message]
) -> dict[uuid.UUID, list[FileView]]:
    """The files by message; one that belongs to a report as a whole stands with its first message.

    Who had a file in hand is for the desk alone.
    """
    first: dict[uuid.UUID | None, uuid.UUID] = {}
    for message in messages:
        if message.direction == Direction.INBOUND:
            first.setdefault(message.report_id, message.id)
    statement = (
        select(Attachment).where(Attachment.report_id.in_(list(first))).order_by(Attachment.created_at)
    )
    attachments = session.scalars(statement).all()
    done = _custody(session, case, attachments) if user.organisation.sees_every_case else {}
    given_away = originals_given_away(session, attachments)
    found: dict[uuid.UUID, list[FileView]] = {}
    for attachment in attachments:
        report_id: uuid.UUID | None = attachment.report_id
        owner = attachment.message_id or first[report_id]
        found.setdefault(owner, []).append(
            FileView(attachment, done.get(attachment.id, ()), attachment.id in given_away)
        )
    return found


def _custody(
    session: Session, case: Case, attachments: Sequence[Attachment]
) -> Mapping[uuid.UUID, Sequence[CustodyLine]]:
    lines: dict[uuid.UUID, list[CustodyLine]] = {}
    for step in custody(session, case.id, [attachment.id for attachment in attachments]):
        lines.setdefault(step.attachment_id, []).append(CustodyLine(step.at, step.code, step.who))
    return lines
