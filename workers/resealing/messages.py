"""What a message holds, put under its report's key: what it says, its tokens, people's corrections, its arrivals.

With that go the marks by which the machine knows the same names again. Every change is made only if nothing has
changed since it was read, and nothing waits to be read again.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import db, transaction
from app.models import Arrival, ArrivalOutcome, CorrectionState, MaskChange, MaskCorrection, Message
from workers.anonymise.marks import SALT_BYTES, make_marks
from workers.intake.parts import GIVEN_AWAY
from workers.resealing.settling import may_change
from workers.resealing.values import Turning

_OPEN = (ArrivalOutcome.WAITING, ArrivalOutcome.WAITING_FOR_PARTS)


@dataclass(frozen=True, slots=True)
class _Read:
    """A message as it is sealed now."""

    id: uuid.UUID
    report_id: uuid.UUID
    content: bytes | None
    tokens: bytes | None
    marks: Mapping[str, Any] | None
    corrections: Sequence[MaskCorrection]


def reseal_message(turning: Turning, message_id: uuid.UUID) -> int:
    """Put everything of one message under the report's key; how many values that were."""
    read = _read(message_id)
    if read is None:
        return 0
    content, tokens = turning.turned_content(read.content), turning.turned(read.tokens)
    words = {each.id: turning.turned(each.sealed_words) for each in read.corrections}
    changed = [each for each in read.corrections if words[each.id] != each.sealed_words]
    if (content, tokens) == (read.content, read.tokens) and not changed:
        return _blank_arrivals(turning, read)
    marks = _marks(turning, read)
    with transaction() as session:
        if not may_change(session, read.report_id, [message_id, *words]):
            return 0
        if not _put(session, read, content, tokens, marks):
            return 0
        for each in changed:
            _put_words(session, each, words[each.id])
    values = (content != read.content) + (tokens != read.tokens) + len(changed)
    return values + _blank_arrivals(turning, read, content)


def _read(message_id: uuid.UUID) -> _Read | None:
    session = db.session()
    message = session.get(Message, message_id, populate_existing=True)
    corrections = session.scalars(
        select(MaskCorrection).where(MaskCorrection.message_id == message_id).order_by(MaskCorrection.made_at)
    ).all()
    found = (
        _Read(
            message.id,
            message.report_id,
            message.sealed_content,
            message.sealed_tokens,
            message.token_marks,
            corrections,
        )
        if message is not None and message.report_id is not None
        else None
    )
    session.expunge_all()
    session.rollback()
    return found


def _marks(turning: Turning, read: _Read) -> dict[str, Any] | None:
    """Marks of all that can be opened now, and those made before of what can't be any more."""
    opened = turning.opened(read.tokens)
    by_people = [each for each in read.corrections if _stands(each)]
    words = dict(opened or {})
    for each in by_people:
        words |= turning.opened(each.sealed_words) or {}
    kept = _kept(read.marks, {each.token for each in by_people} if opened is not None else None)
    if not words and kept is None:
        return None
    return make_marks(words, turning.ring.pseudonym_key, lambda: secrets.token_bytes(SALT_BYTES), kept)


def _stands(correction: MaskCorrection) -> bool:
    return correction.change == MaskChange.ADDED and correction.state == CorrectionState.DONE


def _kept(marks: Mapping[str, Any] | None, tokens: set[str] | None) -> Mapping[str, Any] | None:
    """The marks of these tokens; all of them for None."""
    if not marks or tokens is None:
        return marks
    return {**marks, "tokens": {token: mark for token, mark in marks["tokens"].items() if token in tokens}}


def _put(
    session: Session, read: _Read, content: bytes | None, tokens: bytes | None, marks: dict[str, Any] | None
) -> bool:
    """Write it unless the message was erased or changed meanwhile."""
    written = session.scalar(
        update(Message)
        .where(
            Message.id == read.id,
            Message.sealed_content.is_not_distinct_from(read.content),
            Message.sealed_tokens.is_not_distinct_from(read.tokens),
        )
        .values(sealed_content=content, sealed_tokens=tokens, token_marks=marks)
        .returning(Message.id)
    )
    return written is not None


def _put_words(session: Session, correction: MaskCorrection, words: bytes | None) -> None:
    session.execute(
        update(MaskCorrection)
        .where(
            MaskCorrection.id == correction.id,
            MaskCorrection.sealed_words.is_not_distinct_from(correction.sealed_words),
        )
        .values(sealed_words=words)
    )


def _blank_arrivals(turning: Turning, read: _Read, content: bytes | None = None) -> int:
    """Empty what the gateway had handed over: the message says it all. How many that were."""
    if not turning.is_there(content or read.content):
        return 0
    own = (Arrival.message_id == read.id, Arrival.sealed_content != GIVEN_AWAY)
    if db.session().scalar(select(Arrival.id).where(*own).limit(1)) is None:
        db.session().rollback()
        return 0
    with transaction() as session:
        if not may_change(session, read.report_id, [read.id]):
            return 0
        emptied = session.scalars(
            update(Arrival)
            .where(*own, Arrival.outcome.not_in(_OPEN))
            .values(sealed_content=GIVEN_AWAY)
            .returning(Arrival.id)
        )
        return len(emptied.all())
