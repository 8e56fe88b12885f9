"""Which command a message is. A sentence never is one: what somebody tells must become a report.

STOP, HELP, START and NEW count alone or with one word such as "svp"; STATUS and WITHDRAW alone or before a code;
LANGUE alone or before the name of a language. One wrong letter, not the first, is forgiven in words of five letters
or more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.messaging.dialogue.languages import fold, languages, read, words
from app.receipts import ALPHABET, normalise

_LONGEST_COMMAND = 60  # signs; a longer message is never a command
_FORGIVEN_FROM = 5  # letters
_FIRST_WORD = re.compile(r"\s*([^\W\d_]+)\s*[:\n]\s*(\S.*)", re.DOTALL)
_GROUPS = re.compile(r"[\s\-_.·–—]+")
_AROUND = " \n\t.!?:;,\"'«»()"
_SPACES = re.compile(r"\s")
_COUNTED_THING = re.compile(r"\d+[^\W\d_]+")  # "20boeufs", as people type it


class Command(StrEnum):
    """What a reporter may ask for by one word."""

    HELP = "help"
    STATUS = "status"
    NEW = "new"
    WITHDRAW = "withdraw"
    STOP = "stop"
    START = "start"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Request:
    """A command and what came with it: a code as typed, the code of a language, or the new message itself."""

    command: Command
    rest: str
    language: str


def read_command(text: str) -> Request | None:
    """The command a message is, or None for anything that must be kept as a report."""
    if announced := _FIRST_WORD.match(text):
        request = _new_with_text(announced[1], announced[2])
        if request is not None:
            return request
    if len(text) > _LONGEST_COMMAND:
        return None
    typed = text.strip(_AROUND)
    first, _, rest = typed.partition(" ") if " " in typed else (typed, "", "")
    return _read(first, rest.strip(_AROUND))


def _new_with_text(word: str, text: str) -> Request | None:
    """ "NOUVEAU: hier…" says both that it is something else and what it is."""
    exact = _keywords().get(fold(word))
    return Request(Command.NEW, text, exact[1]) if exact and exact[0] is Command.NEW else None


def _read(first: str, rest: str) -> Request | None:
    found = _find(fold(first), is_certain=bool(normalise(rest)) and is_code(rest))
    if found is None:
        return None
    command, language = found
    if command in {Command.STATUS, Command.WITHDRAW}:
        return Request(command, rest, language) if not rest or is_code(rest) else _alone(found, rest)
    if command is Command.LANGUAGE:
        return _language_request(language, rest)
    return _alone(found, rest)


def _alone(found: tuple[Command, str], rest: str) -> Request | None:
    return Request(found[0], "", found[1]) if not rest or fold(rest) in _beside() else None


def _language_request(language: str, rest: str) -> Request | None:
    if not rest:
        return Request(Command.LANGUAGE, "", language)
    named = _called().get(fold(rest))
    if named is None and fold(rest) not in _asked_for():
        return None
    return Request(Command.LANGUAGE, named or "", language)


def _find(word: str, *, is_certain: bool) -> tuple[Command, str] | None:
    """The command of a word. With a code after it (`is_certain`) even an unlikely word is a slip of the finger."""
    if exact := _keywords().get(word):
        return exact
    if word in _unlike() and not is_certain:
        return None
    near = [
        found
        for keyword, found in _keywords().items()
        if len(keyword) >= _FORGIVEN_FROM and keyword[:1] == word[:1] and is_one_edit(word, keyword)
    ]
    return near[0] if len({command for command, _ in near}) == 1 else None


@cache
def _keywords() -> dict[str, tuple[Command, str]]:
    found: dict[str, tuple[Command, str]] = {}
    for language in languages():
        for command in Command:
            for word in words(language, "words", command):
                found.setdefault(word, (command, language))
    return found


@cache
def _unlike() -> frozenset[str]:
    return frozenset().union(*(words(language, "words", "unlike") for language in languages()))


@cache
def _beside() -> frozenset[str]:
    return frozenset().union(*(words(language, "beside") for language in languages()))


@cache
def _called() -> dict[str, str]:
    return {word: language for language in languages() for word in words(language, "called")}


@cache
def _asked_for() -> frozenset[str]:
    return frozenset(fold(word) for word in read("conversation")["languages"]["asked_for"])


def is_one_edit(one: str, other: str) -> bool:
    """Whether two words differ by at most one letter put in, left out or changed, or two swapped neighbours."""
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return abs(len(one) - len(other)) <= 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) <= 1 or (len(one) == len(other) == 2 and one == other[::-1])


def is_code(rest: str) -> bool:
    """Whether what follows a command is a code, perhaps mistyped, and surely not words of a sentence.

    Three groups joined by dashes, the first two of four signs; or three groups beside each other of which most mix
    letters and figures (all of four signs: one does); or one word of twelve capitals, or one that mixes both.
    """
    groups = [group for group in _GROUPS.split(rest) if group]
    if not all(group.isascii() and group.isalnum() for group in groups):
        return False
    if len(groups) == 1:
        return _is_code_word(groups[0])
    if len(groups) != 3:
        return False
    if not _SPACES.search(rest):
        return all(len(group) == 4 for group in groups[:2]) and len(groups[2]) <= 5
    if not all(3 <= len(group) <= 5 for group in groups):
        return False
    mixed = sum(_is_mixed(group) for group in groups)
    return mixed >= (1 if all(len(group) == 4 for group in groups) else 2)


def _is_code_word(word: str) -> bool:
    is_written = len(word) == 12 and word.isupper() and set(word) <= set(ALPHABET) | set("OIL")
    return is_written or (8 <= len(word) <= 16 and _is_mixed(word))


def _is_mixed(group: str) -> bool:
    has_both = any(sign.isdigit() for sign in group) and any(sign.isalpha() for sign in group)
    return has_both and not _COUNTED_THING.fullmatch(group)
