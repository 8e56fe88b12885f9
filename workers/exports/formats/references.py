"""Which field of a table points at the rows of another one, and which vocabularies a release uses."""

from __future__ import annotations

from workers.exports.release import Field, FieldKind, Release, Table

KEY = "reference"  # the field by which a table's rows are known
_TARGETS = {"case": "cases", "act": "acts", "person": "persons"}
_CODED = frozenset({FieldKind.CODE, FieldKind.CODES})


def has_key(table: Table) -> bool:
    """Whether others can point at the rows of a table."""
    return any(field.code == KEY and field.kind is FieldKind.REFERENCE for field in table.fields)


def target_of(field: Field, table: Table, release: Release) -> str:
    """The code of the table that a field points at; empty for a field that points nowhere in this release."""
    code = _TARGETS.get(field.code, "") if field.kind is FieldKind.REFERENCE else ""
    is_there = code in release.tables and code != table.code and has_key(release.tables[code])
    return code if is_there else ""


def vocabularies_of(release: Release) -> list[str]:
    """The vocabularies of all coded fields, each once, in the order in which they come up."""
    named = (
        field.vocabulary
        for table in release.tables.values()
        for field in table.fields
        if field.kind in _CODED and field.vocabulary
    )
    return list(dict.fromkeys(named))
