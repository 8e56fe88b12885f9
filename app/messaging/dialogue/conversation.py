"""The conversation as conversation.toml describes it: its states, its questions, its windows, and the rule in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from app.messaging.dialogue.languages import DEFAULT, languages, read

IDLE = "idle"  # the state in which no report is open


@dataclass(frozen=True, slots=True)
class Question:
    """One of the short questions, and the kind of finding that makes it unnecessary.

    A finding counts from `confidence` on, or (of urgency) from `level` on, however sure.
    """

    name: str
    text: str
    known_by: str
    confidence: float
    level: int | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Windows:
    """How long things belong together."""

    addition: timedelta
    elsewhere: timedelta
    parts_belong_together: timedelta
    ask_within: timedelta


@dataclass(frozen=True, slots=True)
class WindowMinutes:
    """The short waits and windows."""

    wait_for_parts: timedelta
    hand_cut: timedelta
    repeat: timedelta
    repeated_command: timedelta
    say_added_again: timedelta


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Figures above which something is taken for what it looks like."""

    elsewhere_confidence: float
    same_text_is_a_loop: int
    wrong_codes_an_hour: int
    most_pieces: int


def move(state: str, event: str) -> str:
    """The state after an event; what isn't listed changes nothing."""
    moved: str = read("conversation")["states"].get(state, {}).get(event, state)
    return moved


@cache
def questions() -> tuple[Question, ...]:
    """The questions, in the order in which they are put."""
    return tuple(Question(**given) for given in read("conversation")["questions"])


def most_questions() -> int:
    """How many of them one report is asked."""
    return int(read("conversation")["asking"]["most_questions"])


def asked_over(channel: str, violations: frozenset[str]) -> bool:
    """Whether a report that came by this channel is asked anything, given all that its messages were read to tell."""
    asking = read("conversation")["asking"]
    tells_nothing = bool(violations) and violations <= set(asking["not_about"])
    return channel in asking["channels"] and not tells_nothing


@cache
def windows() -> Windows:
    """The windows in hours."""
    return Windows(**{name: timedelta(hours=hours) for name, hours in read("conversation")["hours"].items()})


@cache
def waits() -> WindowMinutes:
    """The windows in minutes."""
    given = read("conversation")["minutes"]
    return WindowMinutes(**{name: timedelta(minutes=minutes) for name, minutes in given.items()})


@cache
def thresholds() -> Thresholds:
    """The figures."""
    return Thresholds(**read("conversation")["thresholds"])


def rule_in_words(language: str) -> str:
    """By which rule messages join a report, for the people at the desk; French where it isn't written."""
    return _desk(language, "rule").format(
        addition_hours=read("conversation")["hours"]["addition"],
        elsewhere_hours=read("conversation")["hours"]["elsewhere"],
    )


def danger_in_words(language: str, words: str) -> str:
    """Why an answer raised the urgency, with the words that did, for the people at the desk."""
    return _desk(language, "danger").format(words=words)


def _desk(language: str, key: str) -> str:
    written = read(language).get("desk", {}) if language in languages() else {}
    text: str = written.get(key) or read(DEFAULT)["desk"][key]
    return text


@dataclass(frozen=True, slots=True)
class CuttingWords:
    """How people say that a text is one of several: what stands between two figures, and words such as "suite"."""

    of: tuple[str, ...]
    goes_on: tuple[str, ...]


@cache
def cutting_words() -> CuttingWords:
    """The marks of messages cut by hand."""
    given = read("conversation")["hand_cut"]
    return CuttingWords(tuple(given["of"]), tuple(given["goes_on"]))
