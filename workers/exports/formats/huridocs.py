"""A relational set of CSVs in the shape of HURIDOCS' events standard formats, described as a Frictionless data package.

Events, acts, persons, involvements, information and interventions, each in a file of its own, with keys between them.
Codes only: what they mean stands in `vocabularies.csv`, what fields mean in `codebook.csv`. `datapackage.json` says
both to programs (Data Package and Table Schema, v1).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from pathlib import Path
from typing import Any

from app.plain_text import harmless, plain
from workers.exports.codebook import labels
from workers.exports.formats.columns import heading, reported
from workers.exports.formats.references import KEY, has_key, target_of, vocabularies_of
from workers.exports.release import Field, FieldKind, Progress, Release, Table, Value

SEPARATOR = ";"  # between several codes of one field
CODEBOOK, VOCABULARIES, PACKAGE = "codebook", "vocabularies", "datapackage.json"
_NAMES = {"cases": "events"}  # where HURIDOCS calls a table otherwise
_TYPES = {
    FieldKind.DATE: "date",
    FieldKind.INTEGER: "integer",
    FieldKind.DECIMAL: "number",
    FieldKind.BOOLEAN: "boolean",
}
_LANGUAGES = ("fr", "en")
_CODEBOOK = ("table", "field", "label", "meaning", "type", "vocabulary", "rule")


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """The tables, the two lists that explain them, and the package's description."""
    tables = [_write_table(table, folder, progress) for table in release.tables.values()]
    codebook = _write(folder / f"{CODEBOOK}.csv", _CODEBOOK, _codebook(release))
    words = _write(
        folder / f"{VOCABULARIES}.csv", ("vocabulary", "code", *_LANGUAGES), _vocabularies(release)
    )
    package = folder / PACKAGE
    package.write_text(json.dumps(_package(release), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return [*tables, codebook, words, package]


def name_of(code: str) -> str:
    """A table's name in HURIDOCS' terms, by its code here."""
    return _NAMES.get(code, code)


def _write_table(table: Table, folder: Path, progress: Progress) -> Path:
    rows = ([_cell(value) for value in row] for row in reported(table.rows(), progress))
    return _write(folder / f"{name_of(table.code)}.csv", [field.code for field in table.fields], rows)


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _codebook(release: Release) -> Iterator[Sequence[str]]:
    language = release.copy.language
    for table in release.tables.values():
        for field in table.fields:
            meaning = field.description.get(language, "")
            given = (heading(field, language), meaning, str(field.kind), field.vocabulary, field.rule)
            yield (name_of(table.code), field.code, *(harmless(each) for each in given))


def _vocabularies(release: Release) -> Iterator[Sequence[str]]:
    for vocabulary in vocabularies_of(release):
        words = [labels(vocabulary, language) for language in _LANGUAGES]
        for code in words[0]:
            yield (vocabulary, code, *(harmless(each.get(code, code)) for each in words))


def _package(release: Release) -> Mapping[str, Any]:
    copy = release.copy
    return {
        "profile": "tabular-data-package",
        "name": f"seere-{copy.number.lower()}",
        "id": copy.number,
        "title": copy.number,
        "description": plain(copy.purpose),
        "created": copy.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "contributors": [{"title": plain(copy.recipient) or copy.number, "role": "recipient"}],
        "level": str(copy.level),
        "resources": [*(_resource(table, release) for table in release.tables.values()), *_lists()],
    }


def _resource(table: Table, release: Release) -> Mapping[str, Any]:
    language = release.copy.language
    schema: dict[str, Any] = {
        "fields": [_field(field, language) for field in table.fields],
        "missingValues": [""],
        "foreignKeys": [_key(field, target) for field, target in _targets(table, release)],
    }
    if has_key(table):
        schema["primaryKey"] = [KEY]
    return _described(name_of(table.code), schema, table.labels.get(language, table.code))


def _described(name: str, schema: Mapping[str, Any], title: str) -> Mapping[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(field: Field, language: str) -> Mapping[str, Any]:
    described: dict[str, Any] = {
        "name": field.code,
        "title": heading(field, language),
        "type": _TYPES.get(field.kind, "string"),
    }
    if meaning := field.description.get(language):
        described["description"] = meaning
    if field.vocabulary:
        described["vocabulary"] = field.vocabulary
    if field.kind is FieldKind.CODES:
        described["separator"] = SEPARATOR
    if field.code == KEY and field.kind is FieldKind.REFERENCE:
        described["constraints"] = {"required": True, "unique": True}
    return described


def _targets(table: Table, release: Release) -> list[tuple[Field, str]]:
    return [(field, target) for field in table.fields if (target := target_of(field, table, release))]


def _key(field: Field, target: str) -> Mapping[str, Any]:
    return {"fields": [field.code], "reference": {"resource": name_of(target), "fields": [KEY]}}


def _lists() -> list[Mapping[str, Any]]:
    headings = {CODEBOOK: _CODEBOOK, VOCABULARIES: ("vocabulary", "code", *_LANGUAGES)}
    return [
        _described(name, {"fields": [{"name": each, "type": "string"} for each in columns]}, name)
        for name, columns in headings.items()
    ]
