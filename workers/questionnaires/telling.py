"""What a person ticked and typed in the questionnaire, as lines of the account and as findings that point at them.

Free answers are read by the engines like the account itself. Ticked ones are not: they say what they mean already, and
the model of violations, which learnt from stories, misreads them ("Auteur : Groupe armé" alone made it think of
children recruited). They become findings by the rule "reporter's answer" instead. Pure: definition in, values out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from app.intake.submission import Answer
from app.questionnaires.answers import accepted, codes_and_counts
from app.questionnaires.definition import (
    COUNTS,
    DONT_KNOW,
    FALLBACK,
    Definition,
    Kind,
    Meaning,
    Question,
)
from app.questionnaires.showing import in_words
from app.reference.taxonomy import actor_categories
from workers.contracts import Finding, FindingKind, Span

RULE = "reporter's answer"
# People tick in a hurry and mean other things by the words than jurists do; nobody has measured how often, so these
# stand below what the vocabulary finds in a clear account. Danger is believed.
SURE_OF_TICK = 0.7
SURE_OF_DANGER = 0.9
_DENIALS = frozenset({DONT_KNOW, "no", "none", "nobody"})
_AMONG: Mapping[Meaning, Mapping[str, Any]] = {
    Meaning.WOMEN: {"sex": "female"},
    Meaning.CHILDREN: {"children": True},
}
_UNKNOWN_WORDS = "?"


@dataclass(frozen=True, slots=True)
class Told:
    """What the questionnaire adds to a message.

    `typed` are lines that the engines read; `ticked` is text that stands below everything else, and the findings' words
    lie in it. `answers` are the codes and counts alone, as they may be stored in the clear.
    """

    typed: Sequence[str] = ()
    ticked: str = ""
    findings: Sequence[Finding] = ()
    answers: Mapping[str, Any] | None = None


NOTHING_TOLD = Told()


@dataclass(slots=True)
class _Lines:
    """Lines being written, and what they say."""

    text: str = ""
    findings: list[Finding] = field(default_factory=list)

    def add(self, line: str, findings: Sequence[Finding] = ()) -> None:
        """A line, and the findings that rest on the whole of it."""
        start = len(self.text) + 1 if self.text else 0
        self.text = f"{self.text}\n{line}" if self.text else line
        span = Span(start, start + len(line))
        self.findings += [replace(finding, evidence=(span,)) for finding in findings]


def tell(number: int, definition: Definition, given: Mapping[str, Answer]) -> Told:
    """Put the answers to a version of the questionnaire into words. Those that don't fit it are left aside."""
    answers = accepted(definition, given)
    if not answers:
        return NOTHING_TOLD
    lines = _Lines()
    for write in (_danger, _facts, _authors, _victims, _source, _others):
        write(lines, definition, answers)
    codes = {"version": number, "given": codes_and_counts(definition, answers)}
    return Told(tuple(_typed(definition, answers)), lines.text, tuple(lines.findings), codes)


def _typed(definition: Definition, answers: Mapping[str, Answer]) -> Iterator[str]:
    for question in definition.questions:
        if question.kind in {Kind.TEXT, Kind.DATE} and question.name in answers:
            yield f"{question.label} : {answers[question.name]}"


def _danger(lines: _Lines, definition: Definition, answers: Mapping[str, Answer]) -> None:
    if "yes" in _ticked(definition, answers, Meaning.DANGER):
        found = Finding(FindingKind.URGENCY, {"level": 3}, SURE_OF_DANGER, RULE)
        lines.add(_words()["danger"], [found])


def _facts(lines: _Lines, definition: Definition, answers: Mapping[str, Answer]) -> None:
    codes = _ticked(definition, answers, Meaning.VIOLATION)
    if codes:
        found = [Finding(FindingKind.VIOLATION, {"code": code}, SURE_OF_TICK, RULE) for code in codes]
        named = "; ".join(_labels(definition, Meaning.VIOLATION, codes))
        lines.add(_words()["facts"].format(named=named), found)


def _authors(lines: _Lines, definition: Definition, answers: Mapping[str, Answer]) -> None:
    codes = _ticked(definition, answers, Meaning.ACTOR)
    if codes:
        named = "; ".join(_labels(definition, Meaning.ACTOR, codes))
        lines.add(_words()["author"].format(named=named), [_author(code) for code in codes])


def _author(code: str) -> Finding:
    name = actor_categories()[code].label(FALLBACK)
    value = {"code": code, "category": code, "name": name, "alleged": True}
    return Finding(FindingKind.ACTOR, value, SURE_OF_TICK, RULE)


def _victims(lines: _Lines, definition: Definition, answers: Mapping[str, Answer]) -> None:
    """ "Victimes : 3 personnes tuées, 2 personnes blessées, dont 1 femme"."""
    counts = _counts(definition, answers)
    statuses = [meaning for meaning in COUNTS if meaning in counts]
    if not statuses:
        return
    among = {meaning: count for meaning in _AMONG if (count := counts.get(meaning))}
    told = ", ".join(_counted(meaning, counts[meaning]) for meaning in statuses)
    if among:
        listed = _words()["and"].join(_counted(meaning, count) for meaning, count in among.items())
        told += ", " + _words()["among"].format(counted=listed)
    found = [_harmed(meaning, counts[meaning]) for meaning in statuses]
    if len(statuses) == 1:  # of several, nobody said what became of whom
        found += [_harmed(statuses[0], count, **_AMONG[meaning]) for meaning, count in among.items()]
    lines.add(_words()["victims"].format(counted=told), found)


def _harmed(status: Meaning, count: int | None, **who: Any) -> Finding:
    value = {"status": str(status), "count": count, "sex": None, "children": False, **who}
    return Finding(FindingKind.VICTIMS, value, SURE_OF_TICK, RULE)


def _counts(definition: Definition, answers: Mapping[str, Answer]) -> dict[Meaning, int | None]:
    """By what became of them, how many; None where it was ticked without a number."""
    harmed = set(_ticked(definition, answers, Meaning.HARM))
    counts: dict[Meaning, int | None] = {meaning: None for meaning in COUNTS if str(meaning) in harmed}
    for meaning in (*COUNTS, *_AMONG):
        for question in definition.meant(meaning):
            answer = answers.get(question.name, DONT_KNOW)
            if isinstance(answer, str) and answer.isdecimal():
                counts[meaning] = int(answer)
    return {meaning: count for meaning, count in counts.items() if count != 0}


def _source(lines: _Lines, definition: Definition, answers: Mapping[str, Answer]) -> None:
    for code in _ticked(definition, answers, Meaning.SOURCE):
        if line := _words()["source"].get(code):
            lines.add(line)


def _others(lines: _Lines, definition: Definition, answers: Mapping[str, Answer]) -> None:
    """An administrator's own closed questions; what denies is left to the panel that shows every answer."""
    for question in definition.questions:
        answer = answers.get(question.name)
        if question.meaning is None and question.kind.is_closed and answer and not _denies(answer):
            told = in_words(question, answer, FALLBACK, _UNKNOWN_WORDS).replace("\n", "; ")
            lines.add(f"{question.label} : {told}")


def _denies(answer: Answer) -> bool:
    return set([answer] if isinstance(answer, str) else answer) <= _DENIALS


def _ticked(definition: Definition, answers: Mapping[str, Answer], meaning: Meaning) -> list[str]:
    """The codes that were ticked where a meaning is asked for, without those that deny."""
    given = [answers[question.name] for question in definition.meant(meaning) if question.name in answers]
    codes = [code for answer in given for code in ([answer] if isinstance(answer, str) else answer)]
    kept = [code for code in codes if code not in _DENIALS]
    return list(dict.fromkeys(kept))


def _labels(definition: Definition, meaning: Meaning, codes: Sequence[str]) -> list[str]:
    questions: list[Question] = list(definition.meant(meaning))
    found = (question.choice(code) for code in codes for question in questions)
    return list(dict.fromkeys(str(choice.label) for choice in found if choice))


def _counted(meaning: Meaning, count: int | None) -> str:
    words = _words()
    if count is None:
        return str(words["uncounted"][meaning])
    return str(words["one"][meaning]) if count == 1 else str(words["many"][meaning]).format(count=count)


@cache
def _words() -> Mapping[str, Any]:
    text = resources.files("workers.questionnaires").joinpath("telling.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
