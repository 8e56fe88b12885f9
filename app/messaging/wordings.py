"""The texts that the machine says to phones: an administrator's where there is one, else the shipped one."""

from __future__ import annotations

import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.messaging import dialogue
from app.messaging.harmlessness import harmful_words
from app.messaging.segments import Segments, count_segments
from app.models import Wording

FALLBACK = "fr"  # what the shipped texts fall back on too
SAMPLE_CODE = "ABCD-EFGH-JKMN"  # as long as every receipt code
LONGEST_WORDING = 480  # signs; whatever is allowed, it is no more than a few SMS
# Where the alphabet of texts is Latin without special letters, one SMS is enough, and what fits in one always comes
# whole (issue 3).
ONE_SEGMENT_LANGUAGES = frozenset({"fr", "en"})
_OPT_IN = "yes"  # Twilio takes it as "send me everything": nobody must be asked to answer it


class WordingRefused(ValueError):
    """A text that can't be said. `code` says why; `words` are those it is about."""

    def __init__(self, code: str, words: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


class UnknownWording(LookupError):
    """No text of that key, or no such language."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language. `changed` is an administrator's; None where the shipped one is said."""

    key: str
    language: str
    shipped: str
    changed: str | None = None
    changed_at: datetime | None = None

    @property
    def current(self) -> str:
        """What is said."""
        return self.shipped if self.changed is None else self.changed

    @property
    def segments(self) -> Segments:
        """What saying it takes."""
        return segments_of(self.current)


def wording(session: Session, key: str, language: str) -> str:
    """One text as it is to be said, with its placeholders; in French where the language doesn't have it.

    Raises UnknownWording.
    """
    spoken = language if key in dialogue.texts().get(language, {}) else FALLBACK
    shipped = _shipped(key, spoken)
    changed = _row(session, key, spoken)
    return changed.text if changed else shipped


def list_texts(session: Session, language: str) -> list[Text]:
    """Every text in a language, in the order in which they are shipped. Raises UnknownWording."""
    if language not in dialogue.texts():
        raise UnknownWording(language)
    rows = {row.key: row for row in session.scalars(select(Wording).where(Wording.language == language))}
    return [_text(key, language, rows.get(key)) for key in dialogue.texts()[language]]


def change_wording(session: Session, key: str, language: str, text: str, *, user_id: uuid.UUID) -> None:
    """Say another text from now on. Raises UnknownWording and WordingRefused."""
    shipped = _shipped(key, language)
    check(text, shipped, language)
    audit.lock(session)  # two at a time would both find no row
    row = _row(session, key, language)
    if row is None:
        row = Wording(id=uuid.uuid4(), key=key, language=language, text=text, updated_by_id=user_id)
        session.add(row)
    row.text, row.updated_by_id, row.updated_at = text, user_id, utcnow()
    _record(session, key, language, user_id, {"to": "changed"})


def reset_wording(session: Session, key: str, language: str, *, user_id: uuid.UUID) -> None:
    """Say the shipped text again. Raises UnknownWording."""
    _shipped(key, language)
    row = _row(session, key, language)
    if row is not None:
        session.delete(row)
        _record(session, key, language, user_id, {"to": "shipped"})


def check(text: str, shipped: str, language: str) -> None:
    """Raises WordingRefused for a text that can't stand in for the shipped one."""
    if not text.strip():
        raise WordingRefused("missing")
    if len(text) > LONGEST_WORDING:
        raise WordingRefused("long")
    _check_placeholders(text, shipped)
    if found := harmful_words(text):
        raise WordingRefused("harmful", tuple(found))
    if _OPT_IN in _words(text):
        raise WordingRefused("opt_in")
    segments = segments_of(text)
    if language in ONE_SEGMENT_LANGUAGES and segments.count > 1:
        raise WordingRefused("segments", segments.costly_letters)


def placeholders(text: str) -> frozenset[str]:
    """The names in braces. Raises ValueError for braces that don't close or hold more than a name."""
    found = [
        (name, spec, conversion)
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    ]
    if any(spec or conversion or not name.isidentifier() for name, spec, conversion in found):
        raise ValueError("more than a name in braces")
    return frozenset(name for name, _, _ in found)


def filled(text: str) -> str:
    """A text as a phone gets it, with a sample where the code stands; unfilled where its braces are wrong."""
    try:
        return text.format(code=SAMPLE_CODE)
    except (ValueError, LookupError, AttributeError):
        return text


def segments_of(text: str) -> Segments:
    """What a text takes once its code is in it."""
    return count_segments(filled(text))


def _check_placeholders(text: str, shipped: str) -> None:
    wanted = placeholders(shipped)
    try:
        given = placeholders(text)
    except ValueError as error:
        raise WordingRefused("braces") from error
    if lost := wanted - given:
        raise WordingRefused("placeholder_lost", tuple(sorted(lost)))
    if unknown := given - wanted:
        raise WordingRefused("placeholder_unknown", tuple(sorted(unknown)))


def _words(text: str) -> set[str]:
    return {word.strip(string.punctuation).lower() for word in text.split()}


def _shipped(key: str, language: str) -> str:
    texts: Mapping[str, str] = dialogue.texts().get(language, {})
    if key not in texts:
        raise UnknownWording(key)
    return texts[key]


def _row(session: Session, key: str, language: str) -> Wording | None:
    return session.scalar(select(Wording).where(Wording.key == key, Wording.language == language))


def _text(key: str, language: str, row: Wording | None) -> Text:
    shipped = _shipped(key, language)
    return Text(key, language, shipped, row.text, row.updated_at) if row else Text(key, language, shipped)


def _record(session: Session, key: str, language: str, user_id: uuid.UUID, detail: dict[str, str]) -> None:
    subject = f"wording:{language}.{key}"
    audit.record(session, Action.WORDING_CHANGED, subject, actor=f"user:{user_id}", detail=detail)
