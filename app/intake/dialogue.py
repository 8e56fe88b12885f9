"""The words of the SMS dialogue: which command a message is, and what to answer. The data is in dialogue.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from app import folding
from app.receipts import normalise

_LONGEST_COMMAND = 60  # a longer message is never a command


class Command(StrEnum):
    """What a reporter may ask for by one word."""

    STATUS = "status"
    HELP = "help"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Request:
    """A command and what followed it, as typed."""

    command: Command
    rest: str
    language: str


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("app.intake").joinpath("dialogue.toml").read_text("utf-8"))


@cache
def _keywords() -> dict[str, Command]:
    return {fold(word): Command(command) for command, words in _data()["keywords"].items() for word in words}


def fold(word: str) -> str:
    """Lower case without accents or the special letters of Bambara."""
    return folding.fold(word.strip(" .!?:;,\"'"))


def read_command(text: str) -> Request | None:
    """The command a message is, or None for anything that must be kept as a report.

    HELP counts only alone; STATUS and WITHDRAW only alone or before one short code, never before a sentence.
    """
    words = text.strip().split(maxsplit=1)
    if not words or len(text) > _LONGEST_COMMAND:
        return None
    command = _keywords().get(fold(words[0]))
    rest = words[1].strip() if len(words) > 1 else ""
    if command is None or (command is Command.HELP and rest) or not _could_be_code(rest):
        return None
    return Request(command, rest, _language_of(words[0]))


def _could_be_code(rest: str) -> bool:
    """Nothing, a code, or a mistyped one. A sentence is never taken for a code: it must become a report."""
    if not rest or normalise(rest):
        return True
    compact = "".join(symbol for symbol in rest if symbol.isalnum())
    return 8 <= len(compact) <= 16 and len(rest.split()) <= 3 and any(symbol.isdigit() for symbol in compact)


def _language_of(word: str) -> str:
    languages: dict[str, list[str]] = _data()["languages"]
    folded = fold(word)
    return next((code for code, words in languages.items() if folded in map(fold, words)), "fr")


def guess_language(text: str) -> str:
    """The language to thank in, by small words; French when unsure."""
    words = {fold(word) for word in text[:400].split()}
    votes = {code: len(words & set(map(fold, small))) for code, small in _data()["small_words"].items()}
    return max(("fr", "en", "bm"), key=lambda code: votes[code])


def say(key: str, language: str, **values: str) -> str:
    """One text of the dialogue, in the language, falling back to French."""
    french: dict[str, str] = _data()["fr"]
    spoken: dict[str, str] = _data().get(language, french)
    return spoken.get(key, french[key]).format(**values)


def texts() -> dict[str, dict[str, str]]:
    """Every text by language, for the tests that count segments and hold the list of harmful words."""
    return {code: dict(_data()[code]) for code in ("fr", "en", "bm")}
