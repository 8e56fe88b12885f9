"""What is wrong with a table, row by row, in words: on the page, and as a file to mend the table by."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.intake.partner_problems import FieldProblem, field_label


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing that is wrong, for a person to read."""

    row: int
    field: str
    words: str


def in_words(problems: Iterable[Mapping[str, Any]]) -> Iterator[RowProblem]:
    """What a worker noted, in the language of the page."""
    for problem in problems:
        words = FieldProblem((), str(problem["code"])).words
        yield RowProblem(int(problem["row"]), field_label(str(problem["field"])), words)


def rows_with_problems(problems: Iterable[Mapping[str, Any]]) -> int:
    """In how many rows something is wrong."""
    return len({problem["row"] for problem in problems})


def as_csv(problems: Sequence[Mapping[str, Any]]) -> bytes:
    """The answer as a file that Excel opens with its accents. It holds nothing of what the table holds."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([gettext("Row"), gettext("Field"), gettext("What is wrong")])
    for problem in in_words(problems):
        writer.writerow([problem.row, problem.field, problem.words])
    return out.getvalue().encode("utf-8-sig")
