"""Rows out of any CSV or XLSX, and nothing but a refusal out of what somebody broke or built."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.imports.conftest import xlsx_of
from workers.imports.headings import columns_of
from workers.imports.tables import (
    LONGEST_CELL,
    MOST_UNPACKED_BYTES,
    Cells,
    TableRefused,
    delimiter_of,
    rows_of,
)

SIGNS = st.characters(blacklist_categories=["Cs", "Cc"])
CELL = st.text(SIGNS | st.sampled_from('",;\t\n|'), max_size=20).map(str.strip)
HEADING = st.text(st.characters(whitelist_categories=["Ll", "Lu"]), min_size=1, max_size=10)


def read(content: bytes) -> list[Cells]:
    return [row.cells for row in rows_of(io.BytesIO(content))]


def written(rows: Sequence[Sequence[str]], delimiter: str, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def bare(cells: Sequence[str]) -> Cells:
    """Without what no reader can tell from nothing: empty cells at the end."""
    used = max((at for at, cell in enumerate(cells, start=1) if cell), default=0)
    return tuple(cells[:used])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(HEADING, min_size=3, max_size=3),
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(";,\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_program_wrote_is_read_as_it_was(
    headings: list[str], rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    found = read(written([headings, *rows], delimiter, encoding))
    expected = [bare(headings), *(bare(row) for row in rows if any(row))]
    assert [[cell.replace("\r\n", "\n") for cell in row] for row in found] == [list(row) for row in expected]


def test_french_excel_writes_windows_letters() -> None:
    assert read("récit;où\nbrûlé;Gao".encode("cp1252")) == [("récit", "où"), ("brûlé", "Gao")]


def test_excel_says_what_parts_the_columns_and_rows_keep_their_numbers() -> None:
    rows = list(rows_of(io.BytesIO(b"sep=|\nrecit|lieu\n\nA;B,C|Gao\n")))
    assert [(row.number, row.cells) for row in rows] == [(2, ("recit", "lieu")), (4, ("A;B,C", "Gao"))]


@pytest.mark.parametrize("text", ["a;b,c;d", "a\tb;c\td\te", '"x;y;z",b,c,d'])
def test_the_headings_tell_what_parts_the_columns(text: str) -> None:
    expected = {"a;b,c;d": ";", "a\tb;c\td\te": "\t", '"x;y;z",b,c,d': ","}[text]
    assert delimiter_of(text) == expected


def test_a_spreadsheet_gives_text_dates_and_numbers_as_people_write_them() -> None:
    from datetime import date, datetime

    content = xlsx_of(
        ("recit", "date", "heure", "nombre", "part"),
        ("A", date(2026, 3, 12), datetime(2026, 3, 12, 8, 30), 3.0, 0.5),  # noqa: DTZ001
    )
    assert read(content)[1] == ("A", "2026-03-12", "2026-03-12 08:30", "3", "0.5")


def test_a_formula_is_not_worked_out_and_not_shown() -> None:
    content = xlsx_of(("recit", "x"), ("A", '=WEBSERVICE("http://elsewhere.example")'), ("B", "C"))
    assert read(content)[1] == ("A",)


def zip_of(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def with_entry(name: str, content: bytes) -> bytes:
    """A good spreadsheet of which one part is another."""
    good = io.BytesIO(xlsx_of(("recit", "lieu"), ("A", "Gao")))
    out = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, content if entry == name else source.read(entry))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><worksheet>&j;</worksheet>"
)
HOSTILE = {
    "a bomb": with_entry(SHEET, b"<worksheet>" + b" " * (MOST_UNPACKED_BYTES + 1) + b"</worksheet>"),
    "many laughs": with_entry(SHEET, LAUGHS),
    "another document": zip_of(word__document=b"x"),
    "a sheet that breaks off": with_entry(SHEET, b"<worksheet><sheetData><row><c t='s'><v>"),
    "a string that isn't there": with_entry(
        SHEET,
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="s"><v>999999</v></c></row></sheetData></worksheet>',
    ),
    "no workbook": with_entry("xl/workbook.xml", b"<html/>"),
    "a file outside": with_entry(
        "xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
    ),
    "half an archive": xlsx_of(("recit",), ("A",))[:-100],
    "thousands of entries": zip_of(**{f"entry{number}": b"" for number in range(1100)}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_somebody_built_to_break_us_is_refused(name: str) -> None:
    with pytest.raises(TableRefused):
        read(HOSTILE[name])


def test_rows_columns_and_cells_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableRefused, match="too_many_columns"):
        read((";".join(f"c{number}" for number in range(101)) + "\nx").encode())
    monkeypatch.setattr("workers.imports.tables.MOST_ROWS", 2)
    with pytest.raises(TableRefused, match="too_many_rows"):
        read(b"recit\na\nb\nc\n")
    assert len(read(b"recit\n" + b"x" * 30_000)[1][0]) == LONGEST_CELL


def test_a_field_without_end_is_refused() -> None:
    with pytest.raises(TableRefused, match="damaged"):
        read(b'recit\n"' + b"x" * 200_000)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        found = columns_of(rows_of(io.BytesIO(content))).rows
    except TableRefused as refusal:
        found = len(str(refusal))
    assert found


@pytest.mark.parametrize("first", ["Moussa;70 11 22 33", "a@b.ml;x", "né le 12/03/1980 à;y", "x" * 101])
def test_a_first_row_that_looks_like_a_report_is_not_kept_as_headings(first: str) -> None:
    with pytest.raises(TableRefused, match="no_headings"):
        columns_of(rows_of(io.BytesIO(f"{first}\nsomething;else".encode())))
