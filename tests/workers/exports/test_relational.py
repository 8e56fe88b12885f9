"""Files for other human-rights databases: what is written is read back whole, and every key leads somewhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pypdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.levels import Level
from app.geography.map import draw_case_map
from tests.workers.exports.releases import FIELDS, ROWS, field, release, table
from workers.exports.formats import WRITERS, uwazi
from workers.exports.papers import case_paper
from workers.exports.papers.case_file import Account, CaseFile
from workers.exports.papers.printing import AddressRefused, paper
from workers.exports.release import FieldKind, Release, Row

ACTS = (
    field("reference", FieldKind.REFERENCE, "Acte", "Act"),
    field("case", FieldKind.REFERENCE, "Cas", "Case"),
    field("violation", FieldKind.CODE, "Violation", "Violation", "violation"),
    field("occurred_from", FieldKind.DATE, "Du", "From"),
    field("occurred_to", FieldKind.DATE, "Au", "To"),
    field("method", FieldKind.TEXT, "Manière", "Method"),
)
PERSONS = (
    field("reference", FieldKind.REFERENCE, "Personne", "Person"),
    field("case", FieldKind.REFERENCE, "Cas", "Case"),
    field("latitude", FieldKind.DECIMAL, "Latitude", "Latitude"),
    field("longitude", FieldKind.DECIMAL, "Longitude", "Longitude"),
)
PARTS = (
    field("case", FieldKind.REFERENCE, "Cas", "Case"),
    field("person", FieldKind.REFERENCE, "Personne", "Person"),
    field("act", FieldKind.REFERENCE, "Acte", "Act"),
    field("role", FieldKind.CODE, "Rôle", "Role", "role"),
)
ACT_ROWS: tuple[Row, ...] = (
    ("A-1", "R-000001", "torture", date(2026, 3, 12), date(2026, 3, 14), "-fouet | corde"),
    ("A-2", "R-000003", "killing", date(2026, 3, 1), None, ""),
)
PERSON_ROWS: tuple[Row, ...] = (("P-1", "R-000001", 14.07, -3.08), ("P-2", "R-000003", None, None))
PART_ROWS: tuple[Row, ...] = (
    ("R-000001", "P-1", "A-1", "victim"),
    ("R-000003", "P-2", None, "alleged_perpetrator"),
)
# What the Data Package and Table Schema specifications (v1) ask of a tabular package.
PACKAGE = {
    "type": "object",
    "required": ["name", "profile", "resources"],
    "properties": {
        "name": {"pattern": "^([-a-z0-9._/])+$"},
        "profile": {"const": "tabular-data-package"},
        "created": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"},
        "resources": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/resource"}},
    },
    "$defs": {
        "resource": {
            "type": "object",
            "required": ["name", "path", "schema", "profile"],
            "properties": {
                "name": {"pattern": "^([-a-z0-9._/])+$"},
                "path": {"pattern": "^[^./~][^/]*$"},
                "profile": {"const": "tabular-data-resource"},
                "schema": {"$ref": "#/$defs/schema"},
            },
        },
        "schema": {
            "type": "object",
            "required": ["fields"],
            "properties": {
                "fields": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/field"}},
                "primaryKey": {"type": "array", "items": {"type": "string"}},
                "foreignKeys": {
                    "type": "array",
                    "items": {
                        "required": ["fields", "reference"],
                        "properties": {"reference": {"required": ["resource", "fields"]}},
                    },
                },
            },
        },
        "field": {
            "required": ["name"],
            "properties": {
                "type": {"enum": ["string", "integer", "number", "boolean", "date"]},
                "name": {"type": "string", "minLength": 1},
            },
        },
    },
}
Read = Mapping[str, list[dict[str, str]]]


def whole() -> Release:
    """Cases with acts, persons and parts that point at each other."""
    return release(
        table(),
        table(ACTS, ACT_ROWS, "acts", "Actes"),
        table(PERSONS, PERSON_ROWS, "persons", "Personnes"),
        table(PARTS, PART_ROWS, "involvements", "Implications"),
    )


def written(code: str, made: Release, folder: Path) -> Read:
    """What a writer wrote, read back by the standard library, by the names of its files."""
    told: list[int] = []
    paths = WRITERS[code](made, folder, told.append)
    assert sum(told) == sum(each.count for each in made.tables.values())
    assert set(paths) == {path for path in folder.rglob("*") if path.is_file()}
    found = {}
    for path in paths:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                found[path.relative_to(folder).with_suffix("").as_posix()] = list(csv.DictReader(file))
    return found


def test_huridocs_tables_hold_together(tmp_path: Path) -> None:
    files = written("huridocs", whole(), tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    jsonschema_rs.validate(PACKAGE, package)
    resources = {each["name"]: each for each in package["resources"]}
    assert (
        {"events", "acts", "persons", "involvements", "codebook", "vocabularies"}
        == set(files)
        == set(resources)
    )
    for name, resource in resources.items():
        rows, schema = files[name], resource["schema"]
        assert all(list(row) == [each["name"] for each in schema["fields"]] for row in rows)
        for key in schema.get("primaryKey", ()):
            assert len({row[key] for row in rows}) == len(rows)
        for foreign in schema.get("foreignKeys", ()):
            at, there = foreign["fields"][0], foreign["reference"]
            known = {row[there["fields"][0]] for row in files[there["resource"]]}
            assert {row[at] for row in rows} - {""} <= known
    keys = {
        name: {
            each["fields"][0]: each["reference"]["resource"]
            for each in resource["schema"].get("foreignKeys", ())
        }
        for name, resource in resources.items()
    }
    assert keys["involvements"] == {"case": "events", "person": "persons", "act": "acts"}
    event = files["events"][0]
    assert (event["violations"], event["is_urgent"], event["occurred"]) == (
        "torture;arbitrary_detention",
        "true",
        "2026-03-12",
    )
    assert files["events"][2]["account"].startswith("'=")  # not run by a spreadsheet
    words = {(row["vocabulary"], row["code"]): row["fr"] for row in files["vocabularies"]}
    assert ("violation", "torture") in words
    assert {row["field"] for row in files["codebook"] if row["table"] == "acts"} == {
        each.code for each in ACTS
    }


def test_uwazi_finds_titles_choices_and_relations(tmp_path: Path) -> None:
    files = written("uwazi", whole(), tmp_path)
    case, act, person = files["cases"][0], files["acts"][0], files["persons"][0]
    titles = {row["title"] for row in files["cases"]}
    assert {row["case"] for row in files["acts"]} <= titles  # a relationship is found by the title
    for language, name in uwazi.LANGUAGES.items():
        choices = {row[name] for row in files["thesauri/violation"]}
        chosen = case[f"violations__{language}"].split("|")
        assert len(chosen) == 2
        assert set(chosen) <= choices
        assert case[f"is_urgent__{language}"] in {row[name] for row in files["thesauri/boolean"]}
    assert (act["occurred"], files["acts"][1]["occurred"]) == ("2026-03-12:2026-03-14", "2026-03-01:")
    assert (person["geolocation"], files["persons"][1]["geolocation"]) == ("14.07|-3.08", "")
    assert act["method"] == "'-fouet | corde"
    properties = {
        (row["template"], row["property"]): (row["type"], row["content"]) for row in files["templates"]
    }
    assert properties[("acts", "case")] == ("relationship", "cases")
    assert properties[("cases", "violations")] == ("multiselect", "violation")
    assert properties[("persons", "geolocation")] == ("geolocation", "")
    assert len(files["involvements"]) == len({row["title"] for row in files["involvements"]}) == 2


@given(label=st.text(max_size=30))
def test_a_choice_is_never_read_as_several_or_as_a_child(label: str) -> None:
    shown = uwazi.choice_label(label)
    assert "|" not in shown
    assert "::" not in shown
    assert not shown.startswith("-")
    assert uwazi.choice_label(shown) == shown


def of_one_case(made: Release, folder: Path) -> tuple[bytes, str]:
    """The PDF's bytes and its text."""
    (path,) = WRITERS["pdf"](made, folder, lambda _more: None)
    with pypdfium2.PdfDocument(path) as document:  # type: ignore[no-untyped-call]
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return path.read_bytes(), " ".join(text.split())


def test_a_case_file_is_tagged_and_says_for_whom_on_every_page(tmp_path: Path) -> None:
    one = release(table(FIELDS, ROWS[:1]))
    content, text = of_one_case(one, tmp_path)
    assert "Torture" in text
    assert "jusqu’au soir" in text
    assert "Mopti" in text
    reader: Any = pypdf.PdfReader(tmp_path / "case-file.pdf")
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title.startswith("Dossier R-000001")
    for page in reader.pages:
        assert one.copy.number in page.extract_text()
        assert "Association des femmes" in page.extract_text()
    assert b"/URI" not in content
    with pytest.raises(case_paper.NotOneCase):
        WRITERS["pdf"](release(), tmp_path, lambda _more: None)


def test_text_of_a_case_is_never_markup_and_nothing_is_fetched(tmp_path: Path) -> None:
    hostile = '<img src="http://127.0.0.1:9/x"><script>1</script>\x07 ߒߞߏ عربي'
    file = CaseFile(
        "S-1",
        hostile,
        [("a", hostile)],
        draw_case_map("ML05", None, 14.0, -4.0, "t", "d"),
        [Account("h", hostile)],
    )
    made = release(table(FIELDS, ROWS[:1]), level=Level.CNDH, recipient=hostile)
    _, text = of_one_case(replace(made, case_file=file), tmp_path)
    assert text.count("<script>1</script>") >= 3
    with pytest.raises(AddressRefused):
        paper('<html lang="fr"><title>t</title><img src="http://127.0.0.1:9/x" alt=""></html>')


def test_a_case_that_may_not_go_out_leaves_a_paper_that_says_so(tmp_path: Path) -> None:
    _, text = of_one_case(release(table(FIELDS, ())), tmp_path)
    assert "Trop peu de dossiers se ressemblent" in text
    assert "Torture" not in text
