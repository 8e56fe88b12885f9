"""A questionnaire as an XLSForm workbook, for administrators to start from. What is written reads back equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

import xlsxwriter

from app.languages import NAMES
from app.questionnaires.definition import FALLBACK, Definition, Kind, Question, Texts

Row = Mapping[str, str]

_TYPES = {
    Kind.ONE: "select_one {name}",
    Kind.MANY: "select_multiple {name}",
    Kind.NUMBER: "integer",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.NOTE: "note",
}
_WIDTH = 32  # of a column, in signs
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(definition: Definition) -> bytes:
    """The content of an .xlsx file with the sheets survey, choices and settings."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, _OPTIONS)
    languages = definition.languages
    texts = [*_headings("label", languages), *_headings("hint", languages)]
    survey = ["type", "name", *texts, "relevant", "constraint", "meaning"]
    _write(book, "survey", survey, _survey(definition))
    _write(book, "choices", ["list_name", "name", *_headings("label", languages)], _choices(definition))
    settings = {
        "form_title": str(definition.title),
        "form_id": "seere",
        "default_language": _called(FALLBACK),
    }
    _write(book, "settings", list(settings), [settings])
    book.close()
    return content.getvalue()


def _write(book: xlsxwriter.Workbook, name: str, headings: list[str], rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings) - 1, _WIDTH)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, start=1):
        for column, heading in enumerate(headings):
            if text := row.get(heading, ""):
                sheet.write_string(number, column, text)


def _survey(definition: Definition) -> Iterator[Row]:
    for section in definition.sections:
        yield {"type": "begin group", "name": section.name, **_texts("label", section.label)}
        yield from map(_question, section.questions)
        yield {"type": "end group"}


def _question(question: Question) -> Row:
    is_number = question.kind is Kind.NUMBER
    return {
        "type": _TYPES[question.kind].format(name=question.name),
        "name": question.name,
        **_texts("label", question.label),
        **_texts("hint", question.hint),
        "relevant": question.relevant,
        "constraint": f". >= {question.minimum} and . <= {question.maximum}" if is_number else "",
        "meaning": str(question.meaning or ""),
    }


def _choices(definition: Definition) -> Iterator[Row]:
    for question in definition.questions:
        for choice in question.choices:
            yield {"list_name": question.name, "name": choice.code, **_texts("label", choice.label)}


def _texts(column: str, texts: Texts) -> dict[str, str]:
    return {_heading(column, language): text for language, text in texts.by_language.items()}


def _headings(column: str, languages: Iterable[str]) -> list[str]:
    return [_heading(column, language) for language in languages]


def _heading(column: str, language: str) -> str:
    return f"{column}::{_called(language)}"


def _called(language: str) -> str:
    return f"{NAMES.get(language, language)} ({language})"
