"""The JSON Schema (2020-12) of a table's lines: types, what each field means, and which codes there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.plain_text import whole
from workers.exports.codebook import labels
from workers.exports.formats.columns import heading
from workers.exports.release import Field, FieldKind, Release, Row, Table

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PERIOD = r"^\d{4}(-(W\d{2}|Q[1-4]|\d{2}))?$"
_TYPES: Mapping[FieldKind, Mapping[str, Any]] = {
    FieldKind.REFERENCE: {"type": "string"},
    FieldKind.TEXT: {"type": ["string", "null"]},
    FieldKind.DATE: {"type": ["string", "null"], "format": "date"},
    FieldKind.PERIOD: {"type": ["string", "null"], "pattern": _PERIOD},
    FieldKind.INTEGER: {"type": ["integer", "null"]},
    FieldKind.DECIMAL: {"type": ["number", "null"]},
    FieldKind.BOOLEAN: {"type": ["boolean", "null"]},
}


class SeenCodes:
    """Which codes stood in the rows: an old one that its vocabulary has since lost belongs into the schema too."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._one = [(at, field.code) for at, field in enumerate(fields) if field.kind is FieldKind.CODE]
        self._several = [(at, field.code) for at, field in enumerate(fields) if field.kind is FieldKind.CODES]
        self._codes: dict[str, set[str]] = {code: set() for _, code in (*self._one, *self._several)}

    def look_at(self, row: Row) -> None:
        """Remember the codes of one row."""
        for at, field in self._one:
            if row[at] is not None:
                self._codes[field].add(str(row[at]))
        for at, field in self._several:
            self._codes[field].update(row[at] or ())  # type: ignore[arg-type]

    def of(self, field: Field) -> Iterable[str]:
        """The codes that stood in a field, in the order of letters."""
        return sorted(whole(code) for code in self._codes[field.code])


def schema(release: Release, table: Table, seen: SeenCodes) -> Mapping[str, Any]:
    """What each line of a table agrees with, in the language of the copy."""
    language = release.copy.language
    return {
        "$schema": DIALECT,
        "title": whole(f"{release.copy.number} – {table.labels.get(language, table.code)}"),
        "type": "object",
        "properties": {field.code: _property(field, language, seen) for field in table.fields},
        "required": [field.code for field in table.fields],
        "additionalProperties": False,
    }


def _property(field: Field, language: str, seen: SeenCodes) -> Mapping[str, Any]:
    words = {"title": heading(field, language), "description": field.description.get(language, "")}
    return {**{name: text for name, text in words.items() if text}, **_type(field, language, seen)}


def _type(field: Field, language: str, seen: SeenCodes) -> Mapping[str, Any]:
    if field.kind is FieldKind.CODE:
        return {"oneOf": [*_codes(field, language, seen), {"type": "null"}]}
    if field.kind is FieldKind.CODES:
        return {"type": ["array", "null"], "items": {"oneOf": _codes(field, language, seen)}}
    return _TYPES[field.kind]


def _codes(field: Field, language: str, seen: SeenCodes) -> Sequence[Mapping[str, str]]:
    words = labels(field.vocabulary, language)
    known = {**words, **{code: code for code in seen.of(field) if code not in words}}
    return [{"const": code, "title": label} for code, label in known.items()]
