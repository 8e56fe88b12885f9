"""The conversation on the handset's screen. It lives in the page, never on the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length

from app.clock import BAMAKO, utcnow
from app.public.reading import clean, decode
from app.receipts import ALPHABET

LONGEST_TEXT = 1600  # what Twilio takes for one message
MOST_ENTRIES = 60
_CODE = re.compile(rf"\b(?:[{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One bubble: written on the handset (`is_mine`) or received by it. `time` is HH:MM in Bamako."""

    id: str
    is_mine: bool
    text: str
    time: str


class _EntryIn(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=Length(max=40))
    is_mine = fields.Boolean(required=True)
    text = fields.String(required=True, validate=Length(max=LONGEST_TEXT))
    time = fields.String(required=True, validate=Length(max=5))


def now() -> str:
    """The time on the handset's clock."""
    return f"{utcnow().astimezone(BAMAKO):%H:%M}"


def read(field: str) -> list[Entry]:
    """The conversation out of its hidden field; an empty one when it isn't as we wrote it."""
    try:
        found: list[dict[str, Any]] = _EntryIn(many=True).load(json.loads(field or "[]"))
    except (ValueError, RecursionError, ValidationError):
        return []
    return [Entry(**{**each, "text": _readable(each["text"])}) for each in found[-MOST_ENTRIES:]]


def write(entries: Sequence[Entry]) -> str:
    """The hidden field's value."""
    return json.dumps([asdict(entry) for entry in entries[-MOST_ENTRIES:]], ensure_ascii=False)


def join(entries: Iterable[Entry], more: Iterable[Entry]) -> list[Entry]:
    """Both, in order, each once."""
    joined = {entry.id: entry for entry in entries}
    for entry in more:
        joined.setdefault(entry.id, entry)
    return list(joined.values())


def last_code(entries: Iterable[Entry]) -> str:
    """The receipt code last received, or nothing."""
    codes = [code for entry in entries if not entry.is_mine for code in _CODE.findall(entry.text)]
    return codes[-1] if codes else ""


def _readable(text: str) -> str:
    """Without lone surrogates and control characters, which JSON can carry and a page can't."""
    return clean(decode(text.encode("utf-8", "surrogatepass")))
