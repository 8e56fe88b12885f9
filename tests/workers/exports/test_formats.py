"""What goes into a file comes out of it again, read by libraries that others use."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import openpyxl
import pyreadstat
import pytest
from geojson_validator import validate_geometries, validate_structure
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exports.fields import tables, vocabularies
from app.exports.formats import formats, formats_for
from app.exports.levels import Level
from app.plain_text import CUT_MARK, plain, whole
from tests.workers.exports.releases import FIELDS, ROWS, field, release, table
from workers.exports.codebook import labels
from workers.exports.formats import WRITERS
from workers.exports.formats.errors import CannotWrite
from workers.exports.formats.spreadsheet_tables import write_table
from workers.exports.formats.workbook import LONGEST_CELL, open_book
from workers.exports.release import FieldKind, Release, Row, Table

DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\n", "\r")
AWKWARD = (
    "=1+1",
    " \u200b@SUM(A1)",
    "＝cmd",
    "-",
    "<r>&amp;</r>",
    "_x0041_ et _x000D_",
    "\x00\x0b\x1f\ud83d",
    "a\r\nb\rc",
    "ߒߞߏ عربي 🙏",
    "#hxl",
    "é🙏" * 20_000,
    '"; DROP',
    "  blanks  ",
)
texts = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(), max_size=40))
rows = st.tuples(
    st.from_regex(r"[A-Z]-[0-9]{6}", fullmatch=True),
    st.lists(st.sampled_from(["torture", "killing", "gone_from_the_list"]), unique=True, max_size=3).map(
        tuple
    ),
    st.sampled_from(["ML05", "ML20", None]),
    st.sampled_from(["ML0501", "ML0102", None]),
    st.one_of(st.none(), st.dates(date(1583, 1, 1), date(2999, 12, 31))),
    st.sampled_from(["2026-W11", "2026-03", "2026-Q1", "2026", None]),
    st.sampled_from(["female", "male", "unknown", None]),
    st.one_of(st.none(), st.integers(-(2**53), 2**53)),
    st.one_of(st.none(), st.floats(-1e9, 1e9)),
    st.sampled_from([True, False, None]),
    texts,
)
many = settings(max_examples=25, deadline=None)
few = settings(max_examples=8, deadline=None)  # where reading or writing is slow


def written(code: str, made: Release, folder: str) -> list[Path]:
    told: list[int] = []
    paths = list(WRITERS[code](made, Path(folder), told.append))
    assert sum(told) == sum(each.count for each in made.tables.values())
    assert sorted(paths) == sorted(Path(folder).iterdir())  # nothing else is left lying there
    return paths


def code_and_label(row: Row) -> list[Any]:
    """A row as the columns of a flat file, in French."""
    kinds, sexes = labels("violation", "fr"), labels("sex", "fr")
    regions, cercles = labels("region", "fr"), labels("cercle", "fr")
    reference, violations, region, cercle, day, week, sex, *others = row
    assert isinstance(violations, tuple)
    named = "; ".join(kinds.get(each, each) for each in violations)
    several = [reference, "; ".join(violations), named, region, region and regions[str(region)]]
    return [
        *several,
        cercle,
        cercle and cercles[str(cercle)],
        day,
        week,
        sex,
        sex and sexes[str(sex)],
        *others,
    ]


@many
@given(st.lists(rows, max_size=4))
def test_csv_comes_back_equal_and_no_cell_of_it_is_run(made: list[Row]) -> None:
    for code, mark in (("csv", b"\xef\xbb\xbf"), ("csv-plain", b"R\xc3\xa9f")):
        with tempfile.TemporaryDirectory() as folder:
            (path,) = written(code, release(table(rows=made)), folder)
            assert path.read_bytes().startswith(mark)
            with path.open(encoding="utf-8-sig", newline="") as file:
                heading, *read = csv.reader(file)
        assert heading[:3] == ["Référence", "Violations (code)", "Violations"]
        assert len(read) == len(made)
        for row, cells in zip(made, read, strict=True):
            for value, cell in zip(code_and_label(row), cells, strict=True):
                check_cell(value, cell)


def check_cell(value: object, cell: str) -> None:
    if isinstance(value, str):
        assert cell in {plain(value), "'" + plain(value)}
        assert not cell.strip(" \u200b").startswith(DANGEROUS)
    elif isinstance(value, bool):
        assert cell == {True: "Oui", False: "Non"}[value]
    elif isinstance(value, float):
        assert float(cell) == value
    else:
        assert cell == ("" if value is None else str(value))


@few
@given(st.lists(rows, max_size=4))
def test_a_workbook_comes_back_equal_with_days_and_numbers_as_such(made: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (path,) = written("xlsx", release(table(rows=made)), folder)
        book = openpyxl.load_workbook(path)
    sheet = book["Cas"]
    assert sheet.max_row == 1 + len(made)
    for row, cells in zip(made, sheet.iter_rows(min_row=2, values_only=True), strict=False):
        for value, cell in zip(code_and_label(row), cells, strict=True):
            check_typed_cell(value, cell)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:O{1 + max(len(made), 1)}"


def check_typed_cell(value: object, cell: object) -> None:
    if isinstance(value, str):
        expected = plain(value)
        if len(expected.encode("utf-16-le")) // 2 > LONGEST_CELL:
            assert isinstance(cell, str)
            assert cell.endswith(CUT_MARK)
            assert expected.startswith(cell.removesuffix(CUT_MARK))
            return
        assert unescaped(cell or "") == expected
    elif isinstance(value, date):
        old = value < date(1900, 3, 1)
        assert cell == (value.isoformat() if old else datetime(value.year, value.month, value.day))  # noqa: DTZ001
    else:
        assert cell == value
        assert isinstance(cell, bool) == isinstance(value, bool)


def unescaped(cell: object) -> str:
    """Openpyxl leaves the format's own escape of an underscore in place."""
    return str(cell).replace("_x005F_", "_")


def test_a_workbook_says_whose_copy_it_is_what_its_codes_mean_and_what_was_withheld(tmp_path: Path) -> None:
    account = field("account", FieldKind.TEXT, "Récit", "Account")
    long = table(
        [FIELDS[0], account], [("R-1", "x" * 40_000), ("R-2", "<r><b></r>")], "notes", "Notes: [a/b]"
    )
    (path,) = written("xlsx", release(table(), long, recipient="<r>A & B</r>"), str(tmp_path))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Cas", "Notes   a b", "Dictionnaire", "Codes", "Retenu", "À propos"]
    about = dict(book["À propos"].iter_rows(values_only=True))
    assert about["Destinataire"] == " <r>A & B</r>"
    assert about["Région"] == "toutes"
    assert about["Plus petit groupe de lignes semblables (k)"] == 5
    assert about["Textes coupés"].startswith("1 :")
    codes = {(row[0], row[1]): row[2:] for row in book["Codes"].iter_rows(values_only=True)}
    assert codes["sex", "female"] == ("féminin", "female")
    assert ("Cercle", 2) in [(row[0], row[2]) for row in book["Retenu"].iter_rows(values_only=True)]
    assert book["Cas"].oddHeader.left.text == "E-000012"
    assert "A & B" in book["Cas"].oddHeader.right.text.replace("&&", "&")


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path) -> None:
    made = release(table(rows=[*ROWS, *ROWS]))
    with open_book(made, tmp_path / "a.xlsx") as book:
        write_table(book, made.cases, lambda _rows: None, rows_a_sheet=4)
    read = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [(sheet.title, sheet.max_row) for sheet in read] == [("Cas", 5), ("Cas 2", 3)]


@many
@given(st.lists(rows, max_size=4))
def test_each_json_line_agrees_with_its_schema_and_is_what_went_in(made: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines, schema = written("jsonl", release(table(rows=made)), folder)
        check = jsonschema_rs.Draft202012Validator(
            json.loads(schema.read_text("utf-8")), validate_formats=True
        )
        read = [json.loads(line) for line in lines.read_text("utf-8").split("\n") if line]
    for row, line in zip(made, read, strict=True):
        check.validate(line)
        assert list(line) == [each.code for each in FIELDS]
        assert list(line.values()) == [as_json(value) for value in row]
        assert not check.is_valid({**line, "sex": "no such code"})
        assert not check.is_valid({**line, "more": 1})


def as_json(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str):
        return whole(value)
    return value.isoformat() if isinstance(value, date) else value


@many
@given(st.lists(rows, max_size=4))
def test_a_map_is_valid_and_says_what_its_points_are(made: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (path,) = written("geojson", release(table(rows=made)), folder)
        read = json.loads(path.read_text("utf-8"))
    assert validate_structure(read) == {}
    points = {**read, "features": [each for each in read["features"] if each["geometry"]]}
    found = validate_geometries(points)
    assert not found["invalid"]
    assert not set(found["problematic"]) - {"duplicate_nodes"}
    for row, feature in zip(made, read["features"], strict=True):
        *_, region, cercle = row[:4]
        kind = "chief_town_of_cercle" if cercle else "chief_town_of_region" if region else None
        assert feature["properties"]["point"] == kind
        assert bool(feature["geometry"]) == bool(kind)
        assert feature["properties"]["account"] == whole(str(row[-1]))


def test_a_point_of_its_own_is_a_place_only_where_the_level_keeps_it(tmp_path: Path) -> None:
    latitude = field("latitude", FieldKind.DECIMAL, "Latitude", "Latitude")
    longitude = field("longitude", FieldKind.DECIMAL, "Longitude", "Longitude")
    coarse = type(latitude)("latitude", FieldKind.DECIMAL, {}, rule="generalise:cercle_centre")
    for at, kind in ((latitude, "place"), (coarse, "chief_town_of_cercle")):
        written("geojson", release(table([at, longitude], [(14.48431, -4.183)])), str(tmp_path))
        (feature,) = json.loads((tmp_path / "cases.geojson").read_text("utf-8"))["features"]
        assert feature["geometry"]["coordinates"] == [-4.183, 14.4843]
        assert feature["properties"]["point"] == kind


def test_hxl_tools_understand_the_tags(tmp_path: Path) -> None:
    hxl = pytest.importorskip("hxl")
    (path,) = written("hxl", release(), str(tmp_path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        data = hxl.data(list(csv.reader(file))).cache()
    assert "#adm2+code" in data.display_tags
    assert "#event+type+name" in data.display_tags  # what a code means, beside the code
    assert data.get_value_set("#adm1+name") == {"Mopti", "Bandiagara", "Bamako"}
    schema = [
        ["#valid_tag", "#valid_required", "#valid_datatype", "#valid_value+list"],
        ["#event+id", "true", "text", ""],
        ["#date+occurred", "false", "date", ""],
        ["#affected+num", "false", "number", ""],
        ["#adm1+code", "true", "", "|".join(labels("region", "fr"))],
    ]
    assert hxl.validate(data, schema)["is_valid"]
    assert not hxl.validate(data, [schema[0], ["#adm2+code", "true", "", ""]])["is_valid"]


@few
@given(st.lists(rows, min_size=1, max_size=4))
def test_spss_and_stata_files_come_back_equal(made: list[Row]) -> None:
    for code, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        with tempfile.TemporaryDirectory() as folder:
            (path,) = written(code, release(table(rows=made)), folder)
            frame, said = read(path, user_missing=True)
        assert said.column_names_to_labels["account"] == "Récit anonymisé"
        unknown = {"sav": -9.0, "dta": "a"}[code]
        assert said.variable_value_labels["sex"] == {1: "féminin", 2: "masculin", unknown: "inconnu"}
        assert said.variable_value_labels["is_urgent"] == {0: "Non", 1: "Oui"}
        numbers = {"female": 1, "male": 2, "unknown": unknown}
        for row, (_, line) in zip(made, frame.iterrows(), strict=True):
            assert same(line["sex"], numbers.get(str(row[6])))
            assert line["sex_code"] == (row[6] or "")
            assert line["violations"] == "; ".join(row[1] or ())  # type: ignore[arg-type]
            assert same(line["occurred"], row[4])
            assert same(line["victims"], row[7])
            assert same(line["confidence"], row[8])
            assert same(line["is_urgent"], row[9])
            check_statistics_text(plain(str(row[10])), line["account"], code)


def same(read: object, value: object) -> bool:
    if value is None:
        return read is None or (isinstance(read, float) and math.isnan(read))
    return read == value


def check_statistics_text(text: str, read: str, code: str) -> None:
    if code == "sav" and len(text.encode()) > 32_767:
        assert read.endswith(CUT_MARK)
        assert text.startswith(read.removesuffix(CUT_MARK))
    else:
        assert read.rstrip(" ") == text.rstrip(" ")


def test_names_of_variables_suit_both_programs_and_rows_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    codes = ["with", "2nd", "é" * 40, "e" * 40, "case.number", "_x"]
    fields = [field(code, FieldKind.INTEGER, code, code) for code in codes]
    (path,) = written("dta", release(table(fields, [tuple(range(6))])), str(tmp_path))
    frame, _ = pyreadstat.read_dta(path)
    assert list(frame.columns) == ["v_with", "v_2nd", "e" * 32, "e" * 30 + "_2", "case_number", "x"]
    made = table()
    large = Table(made.code, made.labels, made.fields, made.rows, 200_001)
    with pytest.raises(CannotWrite) as refused:
        WRITERS["sav"](release(large), tmp_path, lambda _rows: None)
    assert refused.value.code == "too_many_rows"


def test_a_copy_that_lacks_rows_is_never_made(tmp_path: Path) -> None:
    made = table()
    short = Table(made.code, made.labels, made.fields, lambda: iter(ROWS[:2]), 3)
    for code in ("csv", "xlsx", "jsonl", "geojson", "hxl", "sav"):
        with pytest.raises(CannotWrite, match="rows_changed"):
            WRITERS[code](release(short), tmp_path, lambda _rows: None)
    assert not list(tmp_path.glob("*.xlsx"))


def test_every_format_that_is_offered_can_be_written_and_every_code_has_words() -> None:
    assert set(WRITERS) == set(formats())
    assert [each.code for each in formats_for("cases", Level.PUBLIC)][:2] == ["xlsx", "csv"]
    fields = [each for table in tables().values() for each in table.fields]
    lists = {each.vocabulary for each in fields if each.vocabulary} | vocabularies().keys()
    empty: Sequence[str] = [name for name in lists if not (labels(name, "fr") and labels(name, "en"))]
    assert empty == []
    assert labels("verification", "fr")["verified"] == "Vérifié"
    assert labels("verification", "en")["verified"] == "Verified"
    assert labels("language", "fr")["bam"] == "bambara"
