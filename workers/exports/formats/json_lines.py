"""JSON lines, one object a row by the codes of fields, and a JSON Schema that says what stands in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from app.plain_text import whole
from workers.exports.formats.columns import rows_of
from workers.exports.formats.json_schema import SeenCodes, schema
from workers.exports.release import Field, FieldKind, Progress, Release, Row, Table, Value

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """Two files for each table: its rows, and the schema that each line agrees with."""
    return [path for table in release.tables.values() for path in _write(release, table, folder, progress)]


def _write(release: Release, table: Table, folder: Path, progress: Progress) -> Sequence[Path]:
    lines, described = folder / f"{table.code}.jsonl", folder / f"{table.code}.schema.json"
    seen = SeenCodes(table.fields)
    as_object = object_of(table.fields)
    with lines.open("w", encoding="utf-8", newline="\n") as target:
        for row in rows_of(table, progress):
            seen.look_at(row)
            target.write(_encode(as_object(row)) + "\n")
    words = json.dumps(schema(release, table, seen), ensure_ascii=False, indent=2)
    described.write_text(words + "\n", encoding="utf-8")
    return lines, described


def object_of(fields: Sequence[Field]) -> Callable[[Row], Mapping[str, Any]]:
    """How a row becomes an object: days as ISO 8601, several codes as an array, nothing as null."""
    plan = [(field.code, at, _CONVERSIONS.get(field.kind, _as_it_is)) for at, field in enumerate(fields)]
    return lambda row: {code: None if row[at] is None else convert(row[at]) for code, at, convert in plan}


def _as_it_is(value: Value) -> Any:
    return value


def _text(value: Value) -> Any:
    return whole(str(value))


def _day(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _list(value: Value) -> Any:
    return [whole(each) for each in value] if isinstance(value, tuple) else value


_CONVERSIONS: Mapping[FieldKind, Callable[[Value], Any]] = {
    FieldKind.REFERENCE: _text,
    FieldKind.TEXT: _text,
    FieldKind.CODE: _text,
    FieldKind.CODES: _list,
    FieldKind.DATE: _day,
    FieldKind.PERIOD: _text,
}
