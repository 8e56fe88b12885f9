"""Answers to a questionnaire: taken from a page, kept only while they are relevant, and never trusted when read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from app.intake.submission import Answer
from app.questionnaires.definition import DONT_KNOW, LONGEST_TEXT, Definition, Kind, Question
from app.questionnaires.relevance import is_relevant

_LONGEST_FIGURE = 9  # signs of a number as typed: more is none that could be meant


class NotAnAnswer(ValueError):
    """What was typed can't be taken; the message is a code: `choice`, `number`, `range`, `text`, `date`."""


def taken(question: Question, values: Iterable[str], *, is_unknown: bool = False) -> Answer:
    """The answer that a page gave; empty where it was left out. Raises NotAnAnswer."""
    given = [value.strip() for value in values if value.strip()]
    if is_unknown and question.kind is Kind.NUMBER and not given:
        return DONT_KNOW
    if question.kind is Kind.MANY:
        return _codes(question, given)
    return _single(question, "\n".join(given)) if given else ""


def _codes(question: Question, given: list[str]) -> list[str]:
    """The codes that were ticked, in the order of the page; not to know goes with nothing else."""
    if not set(given) <= set(question.codes):
        raise NotAnAnswer("choice")
    ticked = [code for code in question.codes if code in given]
    return [code for code in ticked if code != DONT_KNOW] or ticked


def _single(question: Question, value: str) -> str:
    match question.kind:
        case Kind.ONE if value not in question.codes:
            raise NotAnAnswer("choice")
        case Kind.NUMBER:
            return _number(question, value)
        case Kind.TEXT if len(value) > LONGEST_TEXT:
            raise NotAnAnswer("text")
        case Kind.DATE:
            return _date(value)
        case Kind.NOTE:
            return ""
    return value


def _number(question: Question, value: str) -> str:
    if value == DONT_KNOW:
        return value
    plain = "".join(value.split())
    if not plain.isdecimal() or len(plain) > _LONGEST_FIGURE:
        raise NotAnAnswer("number")
    if not question.minimum <= int(plain) <= question.maximum:
        raise NotAnAnswer("range")
    return str(int(plain))


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise NotAnAnswer("date") from error


def accepted(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that fit the questionnaire and that its own earlier answers still ask for, in its order.

    A phone may have sealed anything at all, and a person may have gone back and changed their mind.
    """
    kept: dict[str, Answer] = {}
    for question in definition.questions:
        if question.name in answers and is_relevant(question.relevant, kept):
            answer = _fitting(question, answers[question.name])
            if answer:
                kept[question.name] = answer
    return kept


def _fitting(question: Question, answer: Answer) -> Answer:
    try:
        return taken(question, [answer] if isinstance(answer, str) else answer)
    except NotAnAnswer:
        return ""


def with_answer(
    definition: Definition, answers: Mapping[str, Answer], question: Question, answer: Answer
) -> dict[str, Answer]:
    """The answers once this one is given: those that it makes beside the point are dropped."""
    return accepted(definition, {**answers, question.name: answer})


def codes_and_counts(
    definition: Definition, answers: Mapping[str, Answer]
) -> dict[str, str | list[str] | int]:
    """What closed questions say, by question: codes, and numbers as such. It tells of nobody."""
    return {
        question.name: _code_or_count(question, answers[question.name])
        for question in definition.questions
        if question.kind.is_closed and question.name in answers
    }


def _code_or_count(question: Question, answer: Answer) -> str | list[str] | int:
    is_count = question.kind is Kind.NUMBER and isinstance(answer, str) and answer != DONT_KNOW
    return int(str(answer)) if is_count else (answer if isinstance(answer, str) else list(answer))
