"""Texts that may be looked at, in the manners people type them: as written, small, in capitals, without accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from tests.evaluation.anonymise_figures import old_messages
from tests.evaluation.triage_messages import messages


def as_written(text: str) -> str:
    """The text itself."""
    return text


def without_accents(text: str) -> str:
    """What a keyboard without accents makes of a text."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


MANNERS: tuple[Callable[[str], str], ...] = (as_written, str.lower, str.upper, without_accents)


@cache
def open_texts() -> tuple[str, ...]:
    """Every message of the sets that may be tuned on; never one of those that are only counted."""
    marked = (message.text for message in old_messages())
    plain = (str(line["text"]) for chosen in ("tuning", "development") for line in messages(chosen))
    return tuple(dict.fromkeys((*marked, *plain)))


def in_turn(every: int) -> Iterator[str]:
    """One open text in `every`, each in the next manner."""
    for place, text in enumerate(open_texts()[::every]):
        yield MANNERS[place % len(MANNERS)](text)
