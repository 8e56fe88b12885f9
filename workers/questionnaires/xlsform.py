"""An XLSForm made into a questionnaire's JSON: pyxform reads the sheets, what Seere doesn't support is told by row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from app.questionnaires.definition import DefinitionError
from app.questionnaires.reading import load
from workers.questionnaires import workbook
from workers.questionnaires.mapping import Mapper
from workers.questionnaires.problems import MOST_PROBLEMS, Problem, Refused

_ROW = re.compile(r"\[row ?: ?(\d+)\]")
_PATH = re.compile(r"\Asections\.(\d+)(?:\.questions\.(\d+))?")
_FIRST_ROW = 2  # below the headings


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file: a questionnaire's JSON with notes on what was left out of it, or problems only."""

    document: Mapping[str, Any] | None
    problems: Sequence[Problem]


def read(data: bytes) -> Reading:
    """Read a workbook. Whatever is wrong with it is a problem, never an error."""
    try:
        workbook.check(data)
        sheets = get_xlsform(BytesIO(data), file_type=".xlsx")
        return _mapped(sheets, workbook_to_json(sheets, form_name="questionnaire"))
    except Refused as refusal:
        return Reading(None, [Problem(str(refusal))])
    except PyXFormError as error:
        return Reading(None, [_told_by_pyxform(error)])
    except Exception:  # noqa: BLE001 - a broken workbook may break a library anywhere
        return Reading(None, [Problem("unreadable")])


def _told_by_pyxform(error: PyXFormError) -> Problem:
    message = " ".join(str(error).split())
    row = _ROW.search(message)
    return Problem("xlsform", row=int(row.group(1)) if row else None, about=_ROW.sub("", message).strip())


def _mapped(sheets: DefinitionData, form: Mapping[str, Any]) -> Reading:
    rows = _rows(sheets)
    mapper = Mapper(form, rows)
    document = mapper.document()
    problems = [*_of_types(sheets), *mapper.problems]
    if not any(not problem.is_note for problem in problems):
        problems += _of_definition(document, rows)
    is_usable = all(problem.is_note for problem in problems)
    return Reading(document if is_usable else None, problems[:MOST_PROBLEMS])


def _rows(sheets: DefinitionData) -> dict[str, int]:
    """In which row of the sheet of questions each name stands."""
    found: dict[str, int] = {}
    for number, row in enumerate(sheets.survey or (), start=_FIRST_ROW):
        if name := _cell(row, "name"):
            found.setdefault(name, number)
    return found


def _of_types(sheets: DefinitionData) -> list[Problem]:
    """What pyxform would turn into more questions by itself."""
    return [
        Problem("or_other", number, "type", _cell(row, "name"))
        for number, row in enumerate(sheets.survey or (), start=_FIRST_ROW)
        if _cell(row, "type").endswith(("or_other", "or specify other"))
    ]


def _cell(row: Mapping[str, Any], column: str) -> str:
    found = next((value for key, value in row.items() if key.strip().lower() == column), "")
    return str(found or "").strip()


def _of_definition(document: Mapping[str, Any], rows: Mapping[str, int]) -> list[Problem]:
    try:
        load(document)
    except DefinitionError as error:
        return [_told_by_definition(document, rows, where, why) for where, why in error.problems.items()]
    return []


def _told_by_definition(
    document: Mapping[str, Any], rows: Mapping[str, int], where: str, why: str
) -> Problem:
    """`where` is a question's name or a path in the document; `why` a code, or a sentence of the schema's."""
    name = _name_at(document, where)
    code, _, about = why.partition(":")
    if " " in code:
        code, about = "not_accepted", f"{where.rsplit('.', 1)[-1]}: {why}"
    column = "relevant" if code.startswith("relevant_") else ""
    return Problem(code, rows.get(name), column, about or (name if name in rows else ""))


def _name_at(document: Mapping[str, Any], where: str) -> str:
    path = _PATH.match(where)
    if path is None:
        return where
    section = document["sections"][int(path.group(1))]
    part = section["questions"][int(path.group(2))] if path.group(2) else section
    return str(part.get("name", ""))
