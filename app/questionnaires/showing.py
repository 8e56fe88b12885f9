"""Answers in words."""

from __future__ import annotations

from app.questionnaires.definition import DONT_KNOW, Question


def in_words(question: Question, answer: object, language: str, dont_know: str) -> str:
    """An answer as people read it, a line for each thing ticked; codes that the question no longer has stay as such."""
    values = answer if isinstance(answer, list) else [answer] if answer not in ("", None) else []
    return "\n".join(_word(question, str(value), language, dont_know) for value in values)


def _word(question: Question, value: str, language: str, dont_know: str) -> str:
    choice = question.choice(value) if question.kind.has_choices else None
    if choice is not None:
        return choice.label.said(language).text
    return dont_know if value == DONT_KNOW else value
