"""Where a page of the inbox ends, as an opaque word in the address."""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Integer, Uuid, literal, tuple_

from app.database import UTCDateTime
from app.models import Case

_LONGEST = 200


class BadCursor(ValueError):
    """Not a place that we gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case of a page: the next page begins after it."""

    urgency: int
    received_at: datetime
    case_id: uuid.UUID

    def encode(self) -> str:
        """The word to put into an address."""
        plain = f"{self.urgency}|{self.received_at.astimezone(UTC).isoformat()}|{self.case_id.hex}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def is_before(self) -> ColumnElement[bool]:
        """That a case comes after this one in the inbox's order."""
        here = tuple_(
            literal(self.urgency, Integer),
            literal(self.received_at, UTCDateTime()),
            literal(self.case_id, Uuid()),
        )
        return tuple_(Case.urgency, Case.received_at, Case.id) < here


def decode(word: str) -> Cursor:
    """The place a word of the address stands for. Raises BadCursor."""
    try:
        padded = word[:_LONGEST] + "=" * (-len(word[:_LONGEST]) % 4)
        urgency, moment, case_id = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        )
        cursor = Cursor(int(urgency), datetime.fromisoformat(moment), uuid.UUID(hex=case_id))
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
    if cursor.received_at.tzinfo is None or not 0 <= cursor.urgency <= 3:
        raise BadCursor
    return cursor
