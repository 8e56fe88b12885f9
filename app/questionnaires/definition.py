"""What a questionnaire is: sections of questions, in any of the languages, some depending on earlier answers.

Nothing is ever required: whoever skips everything has reported all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FALLBACK = "fr"
DONT_KNOW = "unknown"  # the answer that is always there; a questionnaire may word it by a choice of this code
LARGEST_NUMBER = 99_999  # a count of people or animals; what is longer may be somebody's telephone number
LONGEST_TEXT = 2_000  # characters of a free answer


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"  # one of its choices
    MANY = "many"  # any of its choices
    NUMBER = "number"  # a whole number
    TEXT = "text"
    DATE = "date"
    NOTE = "note"  # not at all: it only says something

    @property
    def has_choices(self) -> bool:
        """Whether it is answered by ticking."""
        return self in {Kind.ONE, Kind.MANY}

    @property
    def is_closed(self) -> bool:
        """Whether its answer is a code or a count, which tells of nobody."""
        return self.has_choices or self is Kind.NUMBER


class Meaning(StrEnum):
    """What the answer to a question says of the events, so that workers understand it. Most questions have none."""

    DANGER = "danger"  # choices: `yes` is danger now
    VIOLATION = "violation"  # choices are codes of app.reference's violations
    ACTOR = "actor"  # choices are codes of app.reference's categories of actors
    HARM = "harm"  # choices: killed, injured, abducted, missing, displaced
    KILLED = "killed"  # numbers of people, from here on
    INJURED = "injured"
    ABDUCTED = "abducted"
    MISSING = "missing"
    DISPLACED = "displaced"
    WOMEN = "women"  # among all of them
    CHILDREN = "children"
    SOURCE = "source"  # choices: lived, saw, heard


COUNTS = (Meaning.KILLED, Meaning.INJURED, Meaning.ABDUCTED, Meaning.MISSING, Meaning.DISPLACED)
_NUMBERS = frozenset({*COUNTS, Meaning.WOMEN, Meaning.CHILDREN})


class DefinitionError(ValueError):
    """A questionnaire can't be used; `problems` say where and why, `question: reason` each."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language it is in, which is the fallback where the one that was asked for is missing."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The same text in one or more languages, by code."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.by_language.values())

    def said(self, language: str) -> Said:
        """In a language; else in French; else in any there is."""
        for code in (language, FALLBACK, *self.by_language):
            if text := self.by_language.get(code):
                return Said(text, code)
        return Said("", FALLBACK)

    def __str__(self) -> str:
        return self.said(FALLBACK).text


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick."""

    code: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Question:
    """One question, which is one page. `relevant` is an expression: see app/questionnaires/relevance.py."""

    name: str
    kind: Kind
    label: Texts
    hint: Texts = field(default_factory=Texts)
    choices: tuple[Choice, ...] = ()
    relevant: str = ""
    minimum: int = 0
    maximum: int = LARGEST_NUMBER
    meaning: Meaning | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """What may be answered where there are choices."""
        own = tuple(choice.code for choice in self.choices)
        return own if DONT_KNOW in own else (*own, DONT_KNOW)

    @property
    def words_dont_know(self) -> bool:
        """Whether one of its own choices says that one doesn't know."""
        return any(choice.code == DONT_KNOW for choice in self.choices)

    def choice(self, code: str) -> Choice | None:
        """The choice of a code."""
        return next((choice for choice in self.choices if choice.code == code), None)

    @property
    def takes_numbers_only(self) -> bool:
        """Whether its meaning asks for a number."""
        return self.meaning in _NUMBERS


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together; its label, if any, stands above each of them."""

    name: str
    questions: tuple[Question, ...]
    label: Texts = field(default_factory=Texts)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole questionnaire."""

    title: Texts
    languages: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def questions(self) -> Iterator[Question]:
        """All questions, in order."""
        return (question for section in self.sections for question in section.questions)

    def question(self, name: str) -> Question | None:
        """The question of a name."""
        return next((question for question in self.questions if question.name == name), None)

    def meant(self, meaning: Meaning) -> Iterator[Question]:
        """The questions whose answers mean this."""
        return (question for question in self.questions if question.meaning is meaning)
