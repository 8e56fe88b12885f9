"""Where a page of the inbox ends, as a word in the address that only we can read: it holds when a report came in, which
the summary of a case doesn't tell; and the orders in which cases stand.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import ColumnElement, Integer, Uuid, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.casework.views import Order
from app.database import UTCDateTime
from app.models import Case
from app.sealing import keyed_digest

_LONGEST = 300


class BadCursor(ValueError):
    """Not a place that we gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case of a page: the next page begins after it. `moment` is the one that the order goes by."""

    urgency: int
    moment: datetime
    case_id: uuid.UUID

    def encode(self, secret_key: bytes) -> str:
        """The word to put into an address."""
        plain = f"{self.urgency}|{self.moment.astimezone(UTC).isoformat()}|{self.case_id.hex}"
        sealed = bytes(_box(secret_key).encrypt(plain.encode()))
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def is_before(self, order: str) -> ColumnElement[bool]:
        """That a case comes after this one in an order."""
        moment, case_id = literal(self.moment, UTCDateTime()), literal(self.case_id, Uuid())
        here = (literal(self.urgency, Integer), moment, case_id)[-len(_key(order)) :]
        there = tuple_(*_key(order))
        return there > tuple_(*here) if order == Order.OLDEST else there < tuple_(*here)


def in_order(order: str) -> Sequence[ColumnElement[Any]]:
    """What to sort cases by."""
    return [column.asc() if order == Order.OLDEST else column.desc() for column in _key(order)]


def after(case: Case, order: str) -> Cursor:
    """The place of a case in an order."""
    return Cursor(case.urgency, case.updated_at if order == Order.CHANGED else case.received_at, case.id)


def _key(order: str) -> tuple[InstrumentedAttribute[Any], ...]:
    """The columns that an order goes by, as an index has them."""
    if order == Order.URGENCY:
        return (Case.urgency, Case.received_at, Case.id)
    return (Case.updated_at if order == Order.CHANGED else Case.received_at, Case.id)


def decode(word: str, secret_key: bytes) -> Cursor:
    """The place a word of the address stands for. Raises BadCursor."""
    try:
        padded = word[:_LONGEST] + "=" * (-len(word[:_LONGEST]) % 4)
        sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
        plain = _box(secret_key).decrypt(sealed)
    except (ValueError, CryptoError) as error:  # what isn't base64 is a ValueError too
        raise BadCursor from error
    urgency, moment, case_id = plain.decode().split("|")
    return Cursor(int(urgency), datetime.fromisoformat(moment), uuid.UUID(hex=case_id))


def _box(secret_key: bytes) -> SecretBox:
    return SecretBox(keyed_digest(secret_key, "inbox-place", ""))
