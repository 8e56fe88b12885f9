"""A whole questionnaire at a glance, for the administrator who decides whether to publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.questionnaires.definition import Choice, Definition, Question, Said, Section
from app.questionnaires.relevance import names_in


@dataclass(frozen=True, slots=True)
class Preview:
    """One question: its place (from 1), its texts in one language, and the questions on which it depends."""

    number: int
    section: Said
    question: Question
    label: Said
    hint: Said
    choices: Sequence[tuple[Choice, Said]]
    depends_on: Sequence[Said]


def previews(definition: Definition, language: str) -> list[Preview]:
    """Every question in order."""
    return [
        _preview(definition, number, section, question, language)
        for number, (section, question) in enumerate(_placed(definition), start=1)
    ]


def placed(definition: Definition, name: str) -> tuple[int, Section, Question] | None:
    """The question of a name, with its place and section."""
    for number, (section, question) in enumerate(_placed(definition), start=1):
        if question.name == name:
            return number, section, question
    return None


def _placed(definition: Definition) -> list[tuple[Section, Question]]:
    return [(section, question) for section in definition.sections for question in section.questions]


def _preview(
    definition: Definition, number: int, section: Section, question: Question, language: str
) -> Preview:
    asked = names_in(question.relevant)
    return Preview(
        number=number,
        section=section.label.said(language),
        question=question,
        label=question.label.said(language),
        hint=question.hint.said(language),
        choices=[(choice, choice.label.said(language)) for choice in question.choices],
        depends_on=[each.label.said(language) for each in definition.questions if each.name in asked],
    )
