"""Files that came in from the web, as the web process takes them: begun, appended, attached to a message."""

from __future__ import annotations

import base64
import io
import os
import uuid
from typing import Any

from app.clock import utcnow
from app.database import db, transaction
from app.intake.uploads import append, attach, begin
from app.models import Attachment, Message, Report
from app.sealing import seal_bytes
from tests.conftest import INTAKE_KEY
from workers.opening import open_sealed
from workers.processing import Keys


def framed(content: bytes, size: int) -> bytes:
    """What a phone sends: values it sealed itself, each with its length before it."""
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    sealed = [seal_bytes(part, bytes(INTAKE_KEY.public_key)) for part in parts]
    return b"".join(len(each).to_bytes(4, "big") + each for each in sealed)


class Arrived:
    """Attachments of reports from the web."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def file(
        self, content: bytes, *, case_id: uuid.UUID | None = None, was_sealed_on_phone: bool = False
    ) -> uuid.UUID:
        """A file that arrived whole; the id of its attachment."""
        new = begin(self.keys.settings, len(content), was_sealed_on_phone=was_sealed_on_phone)
        append(self.keys.settings, new.token, 0, io.BytesIO(content))
        return self.attach(new.token, case_id)

    def attach(self, token: str, case_id: uuid.UUID | None = None) -> uuid.UUID:
        """Make an upload part of a report's first message."""
        with transaction() as session:
            report = Report(
                channel="web",
                channel_reference=os.urandom(32),
                receipt_hash=os.urandom(32),
                received_at=utcnow(),
                case_id=case_id,
            )
            session.add(report)
            session.flush()
            message = Message(report_id=report.id, direction="in", state="received", channel="web")
            session.add(message)
            session.flush()
            assert attach(session, self.keys.settings, message, [token]) == 1
            return session.query(Attachment).filter_by(message_id=message.id).one().id

    def row(self, attachment_id: uuid.UUID) -> Attachment:
        """The attachment as the database has it now."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Attachment, attachment_id)

    def opened(self, sealed: bytes | None) -> tuple[bytes, str]:
        """A sealed copy's bytes and type."""
        found = self.mapping(sealed)
        return base64.b64decode(found["bytes"]), found["content_type"]

    def mapping(self, sealed: bytes | None) -> dict[str, Any]:
        """What is in a sealed value."""
        assert sealed is not None
        return open_sealed(self.keys.workers, sealed)
