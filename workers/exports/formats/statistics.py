"""SPSS and Stata files, through ReadStat: labelled variables, labelled values, missing values declared.

Both formats are written from a whole table in memory, so they take a limited number of rows (formats.toml).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas  # type: ignore[import-untyped]
import pyreadstat

from app.exports.formats import formats
from app.plain_text import cut_to_bytes
from workers.exports.formats.columns import rows_of
from workers.exports.formats.errors import TOO_MANY_ROWS, CannotWrite
from workers.exports.formats.variables import UNKNOWN_NUMBER, Type, Variable, variables
from workers.exports.release import Progress, Release, Table, Value

SPSS_LONGEST_TEXT = 32_767  # bytes; Stata takes any length
_SPSS_LABEL, _SPSS_VALUE_LABEL, _SPSS_FILE_LABEL = 255, 120, 64  # bytes
_STATA_LABEL, _STATA_VALUE_LABEL, _STATA_FILE_LABEL = 80, 250, 80
_STATA_UNKNOWN = "a"  # an extended missing value, .a
_FIRST_DAY = date(1582, 10, 15)  # before it, the programs' calendars differ from ours

Labels = dict[str, dict[int | float | str, str]]
Save = Callable[[Release, Table, Sequence[Variable], Sequence[Sequence[Value]], Path], None]


def write_sav(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """An SPSS file for each table. Raises CannotWrite beyond the format's number of rows."""
    return _write(release, folder, progress, "sav", _save_sav)


def write_dta(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """A Stata file (version 15) for each table. Raises CannotWrite beyond the format's number of rows."""
    return _write(release, folder, progress, "dta", _save_dta)


def _write(release: Release, folder: Path, progress: Progress, code: str, save: Save) -> Sequence[Path]:
    limit = formats()[code]
    if not all(limit.takes(table.count) for table in release.tables.values()):
        raise CannotWrite(TOO_MANY_ROWS)
    made = []
    for table in release.tables.values():
        chosen = variables(table, release.copy.language)
        path = folder / f"{table.code}.{limit.extension}"
        save(release, table, chosen, _columns(table, chosen, progress), path)
        made.append(path)
    return made


def _columns(table: Table, chosen: Sequence[Variable], progress: Progress) -> Sequence[Sequence[Value]]:
    """The values of each variable, in the order of rows."""
    read: list[list[Value]] = [[] for _ in chosen]
    plan = [(each.at, each.convert, values.append) for each, values in zip(chosen, read, strict=True)]
    for row in rows_of(table, progress):
        for at, convert, append in plan:
            append(convert(row[at]))
    return read


def _save_sav(
    release: Release,
    table: Table,
    chosen: Sequence[Variable],
    columns: Sequence[Sequence[Value]],
    path: Path,
) -> None:
    pyreadstat.write_sav(
        _frame(chosen, columns, SPSS_LONGEST_TEXT),
        path,
        file_label=cut_to_bytes(_title(release, table), _SPSS_FILE_LABEL),
        column_labels=_labels(chosen, _SPSS_LABEL),
        row_compress=True,
        variable_value_labels=_value_labels(chosen, _SPSS_VALUE_LABEL, UNKNOWN_NUMBER),
        missing_ranges={each.name: [UNKNOWN_NUMBER] for each in chosen if _has_unknown(each)},
        variable_measure={each.name: _measure(each) for each in chosen},
    )


def _save_dta(
    release: Release,
    table: Table,
    chosen: Sequence[Variable],
    columns: Sequence[Sequence[Value]],
    path: Path,
) -> None:
    frame = _frame(chosen, columns)
    for each in filter(_has_unknown, chosen):
        values = frame[each.name].astype(object)
        frame[each.name] = values.where(values != UNKNOWN_NUMBER, _STATA_UNKNOWN)
    pyreadstat.write_dta(
        frame,
        path,
        file_label=_title(release, table)[:_STATA_FILE_LABEL],
        column_labels=_labels(chosen, _STATA_LABEL),
        variable_value_labels=_value_labels(chosen, _STATA_VALUE_LABEL, _STATA_UNKNOWN),
        missing_user_values={each.name: [_STATA_UNKNOWN] for each in chosen if _has_unknown(each)},
    )


def _frame(
    chosen: Sequence[Variable], columns: Sequence[Sequence[Value]], longest: int | None = None
) -> pandas.DataFrame:
    """The variables as pandas holds them; text cut to so many bytes."""
    named = {
        each.name: _series(each.type, values, longest) for each, values in zip(chosen, columns, strict=True)
    }
    return pandas.DataFrame(named)


def _series(kind: Type, values: Sequence[Value], longest: int | None) -> Any:
    if kind is Type.NUMBER:
        return pandas.Series(values, dtype="float64")
    if kind is Type.TEXT:
        cut = [cut_to_bytes(str(value), longest) if longest else value for value in values]
        return pandas.Series(cut, dtype=object)
    days = [value if isinstance(value, date) and value >= _FIRST_DAY else None for value in values]
    return pandas.Series(days, dtype=object) if any(days) else pandas.Series(days, dtype="float64")


def _title(release: Release, table: Table) -> str:
    return f"{release.copy.number} {table.labels.get(release.copy.language, table.code)}"


def _labels(chosen: Sequence[Variable], most: int) -> dict[str, str | None]:
    return {each.name: cut_to_bytes(each.label, most) for each in chosen}


def _value_labels(chosen: Sequence[Variable], most: int, unknown: float | str) -> Any:
    """Each variable's labels by number; `unknown` stands for the number that means that nobody knows."""
    return {
        each.name: {
            unknown if number == UNKNOWN_NUMBER else number: cut_to_bytes(label, most)
            for number, label in each.numbering.labels().items()
        }
        for each in chosen
        if each.numbering
    }


def _has_unknown(each: Variable) -> bool:
    return each.numbering is not None and UNKNOWN_NUMBER in each.numbering.known.values()


def _measure(each: Variable) -> str:
    if each.numbering or each.type is Type.TEXT:
        return "nominal"
    return "scale"
