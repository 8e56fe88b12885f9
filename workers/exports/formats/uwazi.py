"""What Uwazi imports: a CSV for each kind of entity, a CSV for each thesaurus, and what the templates must be.

Uwazi finds properties by the names of columns, relationships by titles, choices by the labels of a thesaurus. A title
is therefore the row's reference. Several values stand between `|`, a range of days is `from:to`, a point `lat|lon`; a
column that ends in `__fr` or `__en` holds the value in that language (Uwazi's wiki, "Import CSV").
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.plain_text import harmless
from workers.exports.codebook import labels
from workers.exports.formats.columns import heading, reported
from workers.exports.formats.references import target_of, vocabularies_of
from workers.exports.release import Field, FieldKind, Progress, Release, Row, Table, Value

MULTIPLE, RANGE = "|", ":"
LANGUAGES = {"fr": "French", "en": "English"}  # as Uwazi names the columns of a thesaurus
_TYPES = {
    FieldKind.CODE: "select",
    FieldKind.CODES: "multiselect",
    FieldKind.DATE: "date",
    FieldKind.INTEGER: "numeric",
    FieldKind.DECIMAL: "numeric",
    FieldKind.BOOLEAN: "select",
}
_BOOLEAN = "boolean"  # the vocabulary of yes and no


@dataclass(frozen=True, slots=True)
class Property:
    """A column of an entity: its name, what Uwazi calls such a property, where its thesaurus or other entity is, and
    how a row's value is written.
    """

    name: str
    label: str
    kind: str
    content: str
    cell: Callable[[Row], str]


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """A CSV for each table and each thesaurus, and the list of the templates' properties."""
    language = release.copy.language
    by_table = {code: list(_properties(table, release, language)) for code, table in release.tables.items()}
    entities = [
        _write_rows(folder / f"{code}.csv", table, by_table[code], progress)
        for code, table in release.tables.items()
    ]
    thesauri = [_write_thesaurus(folder, code) for code in _thesauri(release)]
    return [*entities, *thesauri, _write_templates(folder / "templates.csv", by_table)]


def _write_rows(path: Path, table: Table, properties: Sequence[Property], progress: Progress) -> Path:
    rows = ([each.cell(row) for each in properties] for row in reported(table.rows(), progress))
    return _write(path, [each.name for each in properties], rows)


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def _properties(table: Table, release: Release, language: str) -> Iterator[Property]:
    """The title first; pairs of fields that Uwazi takes together in one column."""
    at = {field.code: place for place, field in enumerate(table.fields)}
    paired = {code for pair in _pairs(table) for code in pair}
    if "reference" not in at:
        yield Property("title", "title", "title", "", _numbered(table.code))
    for field in table.fields:
        if field.code not in paired:
            yield from _of_field(field, at[field.code], release, table, language)
    for first, last in _pairs(table):
        yield _pair(table, first, last, at, language)


def _pairs(table: Table) -> list[tuple[str, str]]:
    kinds = {field.code: field.kind for field in table.fields}
    wanted = {("latitude", "longitude"): FieldKind.DECIMAL, ("occurred_from", "occurred_to"): FieldKind.DATE}
    return [pair for pair, kind in wanted.items() if all(kinds.get(code) is kind for code in pair)]


def _pair(table: Table, first: str, last: str, at: Mapping[str, int], language: str) -> Property:
    start, end = at[first], at[last]
    label = heading(table.fields[start], language)
    if first == "latitude":
        return Property("geolocation", label, "geolocation", "", lambda row: _point(row[start], row[end]))
    return Property("occurred", label, "daterange", "", lambda row: _range(row[start], row[end]))


def _point(latitude: Value, longitude: Value) -> str:
    return "" if latitude is None or longitude is None else f"{latitude}{MULTIPLE}{longitude}"


def _range(first: Value, last: Value) -> str:
    return "" if first is None and last is None else f"{_plain(first)}{RANGE}{_plain(last)}"


def _numbered(code: str) -> Callable[[Row], str]:
    """Titles of rows that have no reference: nothing refers to them."""
    count = iter(range(1, 1_000_000_000))
    return lambda _row: f"{code}-{next(count)}"


def _of_field(field: Field, at: int, release: Release, table: Table, language: str) -> Iterator[Property]:
    name = heading(field, language)
    if field.code == "reference":
        yield Property("title", name, "title", "", lambda row: _plain(row[at]))
    elif vocabulary := _thesaurus_of(field):
        for each in LANGUAGES:
            column = f"{field.code}__{each}"
            yield Property(column, name, _TYPES[field.kind], vocabulary, _choice(at, vocabulary, each))
    else:
        target = target_of(field, table, release)
        kind = "relationship" if target else _TYPES.get(field.kind, "text")
        yield Property(field.code, name, kind, target or "", lambda row: _plain(row[at]))


def _thesaurus_of(field: Field) -> str:
    if field.kind is FieldKind.BOOLEAN:
        return _BOOLEAN
    return field.vocabulary if field.kind in {FieldKind.CODE, FieldKind.CODES} else ""


def _choice(at: int, vocabulary: str, language: str) -> Callable[[Row], str]:
    words = {code: choice_label(label) for code, label in labels(vocabulary, language).items()}

    def cell(row: Row) -> str:
        value = row[at]
        if value is None:
            return ""
        codes = value if isinstance(value, tuple) else (_code(value),)
        return MULTIPLE.join(words.get(code, choice_label(code)) for code in codes)

    return cell


def _code(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def choice_label(label: str) -> str:
    """A label without what Uwazi reads something into: the separators, and a hyphen before a child."""
    return label.replace(MULTIPLE, "/").replace("::", ":").lstrip(" -").strip()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return MULTIPLE.join(harmless(each).replace(MULTIPLE, "/") for each in value)
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _thesauri(release: Release) -> list[str]:
    has_booleans = any(
        field.kind is FieldKind.BOOLEAN for table in release.tables.values() for field in table.fields
    )
    return [*vocabularies_of(release), *([_BOOLEAN] if has_booleans else [])]


def _write_thesaurus(folder: Path, vocabulary: str) -> Path:
    by_language = [labels(vocabulary, language) for language in LANGUAGES]
    rows = ([choice_label(words[code]) for words in by_language] for code in by_language[0])
    return _write(folder / "thesauri" / f"{vocabulary}.csv", list(LANGUAGES.values()), rows)


def _write_templates(path: Path, by_table: Mapping[str, Sequence[Property]]) -> Path:
    rows = (
        [code, each.name.partition("__")[0], harmless(each.label), each.kind, each.content]
        for code, properties in by_table.items()
        for each in properties
        if not each.name.endswith("__en")  # one property, two columns
    )
    return _write(path, ["template", "property", "label", "type", "content"], rows)
