"""Saying that a text was added: briefly, once in a while, and not where another text is about to say it."""

from __future__ import annotations

from datetime import datetime

from app.messaging import dialogue
from workers.intake.conversations import Belonging, speaks_by_text
from workers.intake.turn import Turn

ADDED, TO_COLLEAGUE = "added", "colleague_follows"
ACKNOWLEDGEMENTS = frozenset({ADDED, TO_COLLEAGUE, "received", "thanks"})


def acknowledge_addition(turn: Turn, belonging: Belonging, heard_before: datetime | None) -> None:
    """Answer an added text, at most once in the time that conversation.toml gives.

    After the machine's own question the next text of the machine answers it; after a long silence the text may turn
    out to be about something else, and then gets its own code: both are said once it was understood.
    """
    if not speaks_by_text(turn.arrival.channel):
        return
    if belonging.is_answer_to_colleague:
        _say_once(turn, TO_COLLEAGUE)
    elif belonging.answers is None and not is_after_silence(turn.arrival.received_at, heard_before):
        _say_once(turn, ADDED)


def is_after_silence(moment: datetime, heard_before: datetime | None) -> bool:
    """Whether so long passed that a text may be about something else."""
    return heard_before is not None and moment - heard_before >= dialogue.windows().elsewhere


def _say_once(turn: Turn, template: str) -> None:
    if not turn.has_said(frozenset({ADDED, TO_COLLEAGUE}), dialogue.waits().say_added_again):
        turn.answer(template)
