"""Senders and texts that the machine doesn't answer: short codes, names, our own words coming back, loops."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from app.folding import fold
from app.messaging import dialogue
from app.models import Arrival, ArrivalOutcome, Direction, Message, Wording
from workers.intake.turn import Turn

SHORT_CODE_DIGITS = 6  # at most; a subscriber's number in Mali has eight
A_DAY = timedelta(days=1)
ECHO_WINDOW = timedelta(days=2)
# Commands may be asked again; what repeats within minutes is a phone on a bad network, and isn't answered anyway.
_NOT_COUNTED = (ArrivalOutcome.COMMAND, ArrivalOutcome.CONSENT, ArrivalOutcome.REPEATED)
_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")
_NUMBER = re.compile(r"\+?[\d\s().-]+")


def is_machine(sender: str) -> bool:
    """Whether a sender can't be a person's phone: a short code, or a name where a number should be."""
    if not _NUMBER.fullmatch(sender):
        return True
    return sum(sign.isdigit() for sign in sender) <= SHORT_CODE_DIGITS


def is_loop(turn: Turn) -> bool:
    """Whether the same words came so often within a day, minutes apart, that a machine must be sending them."""
    count = turn.session.scalar(
        select(func.count())
        .select_from(Arrival)
        .where(
            Arrival.contact_id == turn.contact.id,
            Arrival.text_digest == turn.text_digest,
            Arrival.received_at > turn.arrival.received_at - A_DAY,
            Arrival.outcome.not_in(_NOT_COUNTED),
            Arrival.id != turn.arrival.id,
        )
    )
    return (count or 0) + 1 >= dialogue.thresholds().same_text_is_a_loop


def is_echo(turn: Turn) -> bool:
    """Whether the text is one that we sent, come back: an auto-responder's quote, or a gateway that hears itself."""
    words = _plain(turn.text)
    return bool(words) and any(pattern.fullmatch(words) for pattern in _sent_to(turn))


def _sent_to(turn: Turn) -> Iterable[re.Pattern[str]]:
    """What went to this contact lately: colleagues' words, and the machine's with any code."""
    sent = turn.session.execute(
        select(Message.text, Message.template, Message.language).where(
            Message.contact_id == turn.contact.id,
            Message.direction == Direction.OUTBOUND,
            Message.created_at > turn.now - ECHO_WINDOW,
        )
    ).all()
    changed = _changed_wordings(turn)
    for text, key, language in {(row.text, row.template or "", row.language) for row in sent}:
        said = text or changed.get((key, language)) or _shipped(key, language)
        if said:
            yield re.compile(_PLACEHOLDER.sub(r"[\\w-]+", re.escape(_plain(said))))


def _changed_wordings(turn: Turn) -> dict[tuple[str, str], str]:
    rows = turn.session.execute(select(Wording.key, Wording.language, Wording.text))
    return {(key, language): text for key, language, text in rows}


def _shipped(template: str, language: str) -> str:
    return dialogue.texts().get(language, {}).get(template, "")


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
