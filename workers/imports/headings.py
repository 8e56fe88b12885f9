"""The columns of a table: their headings, and in how many rows something stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workers.imports.tables import Row, TableRefused

LONGEST_HEADING = 100
# A long number, a number to call, a date, an address: what stands in reports and not above them.
_LIKE_DATA = re.compile(r"\d{6}|(?:\d[ .-]?){8}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|@")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `at` counts from 0."""

    at: int
    heading: str
    filled: int


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table has."""

    columns: tuple[Column, ...]
    rows: int


def columns_of(rows: Iterator[Row]) -> Columns:
    """The columns that have a heading or anything in them. Raises TableRefused("no_headings"), ("empty").

    Headings are kept in the clear, so a first row that looks like a report is refused.
    """
    headings = next(rows).cells
    if any(_is_data(heading) for heading in headings):
        raise TableRefused("no_headings")
    filled: dict[int, int] = dict.fromkeys(range(len(headings)), 0)
    count = 0
    for row in rows:
        count += 1
        for at, cell in enumerate(row.cells):
            filled[at] = filled.get(at, 0) + bool(cell)
    if not count:
        raise TableRefused("empty")
    named = {at: heading for at, heading in enumerate(headings) if heading}
    columns = (Column(at, named.get(at, ""), number) for at, number in sorted(filled.items()))
    return Columns(tuple(column for column in columns if column.heading or column.filled), count)


def _is_data(heading: str) -> bool:
    return len(heading) > LONGEST_HEADING or bool(_LIKE_DATA.search(heading))
