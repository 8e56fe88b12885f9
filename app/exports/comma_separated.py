"""CSV that a spreadsheet opens safely: UTF-8 with a mark, and no cell that would be run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO

from app.exports.rows import COLUMNS, Value
from app.models import Case

# What a spreadsheet may take for the start of a formula (OWASP, CSV Injection), full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(target: IO[bytes], cases: Iterable[Case]) -> int:
    """Write all cases; the number of rows without the heading."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([str(column.heading) for column in COLUMNS])
    count = 0
    for case in cases:
        writer.writerow([cell(column.value(case)) for column in COLUMNS])
        count += 1
    text.flush()
    text.detach()
    return count


def cell(value: Value) -> str:
    """A value as text; a leading apostrophe makes a would-be formula plain text."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text
