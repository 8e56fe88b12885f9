"""Questionnaires as JSON: read strictly, with every mistake named, and written so that they read back equal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from app.questionnaires.definition import (
    LARGEST_NUMBER,
    Choice,
    Definition,
    DefinitionError,
    Kind,
    Meaning,
    Question,
    Section,
    Texts,
)
from app.questionnaires.relevance import Unsupported, check, names_in
from app.reference.taxonomy import actor_categories, violations

MOST_QUESTIONS = 60
MOST_CHOICES = 60
_NAME = validate.Regexp(r"\A[A-Za-z_][A-Za-z0-9_]{0,59}\Z")
_CODE = validate.Regexp(r"\A[A-Za-z0-9_.-]{1,60}\Z")
_LANGUAGE = validate.Regexp(r"\A[a-z]{2,3}\Z")
_CODES_OF = {
    Meaning.VIOLATION: lambda: set(violations()) - {"none"},
    Meaning.ACTOR: lambda: set(actor_categories()),
}
_OUTSIDE_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f]")


class _TextsField(fields.Dict):
    """A text by language."""

    def __init__(self, **other: Any) -> None:
        text = fields.String(validate=[validate.Length(max=600), _printable])
        super().__init__(keys=fields.String(validate=_LANGUAGE), values=text, **other)

    def _deserialize(self, *arguments: Any, **other: Any) -> Any:
        texts: dict[str, str] = super()._deserialize(*arguments, **other)  # type: ignore[no-untyped-call]
        return Texts({code: text for code, text in texts.items() if text})


def _printable(text: str) -> None:
    if _OUTSIDE_TEXT.search(text):
        raise ValidationError("holds signs that can't be shown")


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _ChoiceSchema(_Strict):
    code = fields.String(required=True, validate=_CODE)
    label = _TextsField(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_other: Any) -> Choice:
        return Choice(**data)


class _QuestionSchema(_Strict):
    name = fields.String(required=True, validate=_NAME)
    kind = fields.Enum(Kind, by_value=True, required=True)
    label = _TextsField(required=True)
    hint = _TextsField()
    choices = fields.List(fields.Nested(_ChoiceSchema), validate=validate.Length(max=MOST_CHOICES))
    relevant = fields.String()
    minimum = fields.Integer(strict=True, validate=validate.Range(0, LARGEST_NUMBER))
    maximum = fields.Integer(strict=True, validate=validate.Range(0, LARGEST_NUMBER))
    meaning = fields.Enum(Meaning, by_value=True)

    @post_load
    def _made(self, data: dict[str, Any], **_other: Any) -> Question:
        return Question(**{**data, "choices": tuple(data.get("choices", ()))})


class _SectionSchema(_Strict):
    name = fields.String(required=True, validate=_NAME)
    label = _TextsField()
    questions = fields.List(fields.Nested(_QuestionSchema), required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_other: Any) -> Section:
        return Section(**{**data, "questions": tuple(data["questions"])})


class _DefinitionSchema(_Strict):
    title = _TextsField(required=True)
    languages = fields.List(fields.String(validate=_LANGUAGE), required=True)
    sections = fields.List(fields.Nested(_SectionSchema), required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_other: Any) -> Definition:
        return Definition(data["title"], tuple(data["languages"]), tuple(data["sections"]))


def load(document: Mapping[str, Any]) -> Definition:
    """A questionnaire from its JSON. Raises DefinitionError with everything that is wrong."""
    try:
        definition: Definition = _DefinitionSchema().load(document, unknown=RAISE)
    except ValidationError as error:
        raise DefinitionError(dict(_flat(error.messages_dict))) from error
    if problems := dict(problems_of(definition)):
        raise DefinitionError(problems)
    return definition


def dump(definition: Definition) -> dict[str, Any]:
    """The JSON of a questionnaire; what is empty is left out."""
    return {
        "title": dict(definition.title.by_language),
        "languages": list(definition.languages),
        "sections": [_section(section) for section in definition.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    questions = [_question(question) for question in section.questions]
    label = {"label": dict(section.label.by_language)} if section.label else {}
    return {"name": section.name, **label, "questions": questions}


def _question(question: Question) -> dict[str, Any]:
    written: dict[str, Any] = {
        "name": question.name,
        "kind": str(question.kind),
        "label": dict(question.label.by_language),
        "hint": dict(question.hint.by_language),
        "choices": [{"code": each.code, "label": dict(each.label.by_language)} for each in question.choices],
        "relevant": question.relevant,
        "meaning": str(question.meaning or ""),
    }
    if question.kind is Kind.NUMBER:
        written |= {"minimum": question.minimum, "maximum": question.maximum}
    return {name: value for name, value in written.items() if value not in ("", {}, [])}


def problems_of(definition: Definition) -> Iterable[tuple[str, str]]:
    """What keeps a questionnaire from being used: the question's name (or `form`) and a code of the reason."""
    questions = list(definition.questions)
    if not 0 < len(questions) <= MOST_QUESTIONS:
        yield "form", "no_questions" if not questions else "too_many_questions"
    earlier: set[str] = set()
    for question in questions:
        if reason := "name_twice" if question.name in earlier else _problem(question, earlier):
            yield question.name, reason
        earlier.add(question.name)


def _problem(question: Question, earlier: set[str]) -> str:
    """Why a question can't be put; empty if it can."""
    codes = [choice.code for choice in question.choices]
    reasons = {
        "no_french_label": not question.label.by_language.get("fr"),
        "no_choices": question.kind.has_choices and not codes,
        "choices_unused": bool(codes) and not question.kind.has_choices,
        "code_twice": len(codes) != len(set(codes)),
        "no_french_choice": any(not choice.label.by_language.get("fr") for choice in question.choices),
        "range": question.minimum > question.maximum,
        "meaning": not _fits(question),
    }
    return next((code for code, holds in reasons.items() if holds), "") or _problem_of_relevance(
        question.relevant, earlier
    )


def _problem_of_relevance(expression: str, earlier: set[str]) -> str:
    try:
        check(expression)
    except Unsupported as error:
        return f"relevant_{error}"
    unknown = sorted(names_in(expression) - earlier)
    return f"relevant_unknown:{unknown[0]}" if unknown else ""


def _fits(question: Question) -> bool:
    """Whether a question's kind and codes are those that its meaning asks for."""
    if question.meaning is None:
        return True
    if question.takes_numbers_only:
        return question.kind is Kind.NUMBER
    allowed = _CODES_OF.get(question.meaning)
    unknown = (
        set(question.codes) - {"unknown", "nobody", "none"} - (allowed() if allowed else set(question.codes))
    )
    return question.kind.has_choices and not unknown


def _flat(messages: Mapping[Any, Any], path: str = "") -> Iterable[tuple[str, str]]:
    for key, value in messages.items():
        here = f"{path}.{key}".strip(".")
        if isinstance(value, Mapping):
            yield from _flat(value, here)
        else:
            yield here, " ".join(str(each) for each in value)


__all__ = ["MOST_CHOICES", "MOST_QUESTIONS", "dump", "load", "problems_of"]
