"""The fields of an export and the rule of each at each level, as fields.toml beside this module has them.

Whatever isn't understood there refuses to load: a rule that nobody knows must not turn into "keep".
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from app.exports.levels import Level

_FILE = "fields.toml"
_LANGUAGES = frozenset({"fr", "en"})
_KINDS = frozenset({"reference", "text", "code", "codes", "date", "integer", "decimal", "boolean"})
_QUASI = frozenset({"", "sensitive", "place", "date", "actor", "sex", "age", "count"})
_HXL = re.compile(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


class FieldsError(ValueError):
    """fields.toml says something that nobody can follow; the message names the field, and what is wrong with it."""


class RuleKind(StrEnum):
    """What becomes of a value."""

    KEEP = "keep"
    GENERALISE = "generalise"
    TOKENISE = "tokenise"
    TEXT = "text"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a field at one level; `to` is the step of its ladder that it is generalised to."""

    kind: RuleKind
    to: str = ""

    def __str__(self) -> str:
        """As fields.toml writes it."""
        return f"{self.kind}:{self.to}" if self.to else str(self.kind)


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field of a table: what it is, what it is called, and its rule at each level."""

    code: str
    kind: str
    labels: Mapping[str, str]
    about: Mapping[str, str]
    hxl: str
    width: int
    vocabulary: str
    ladder: Sequence[str]
    quasi: str
    rules: Mapping[Level, Rule]


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One table: what it is called, and its fields in order."""

    code: str
    labels: Mapping[str, str]
    fields: tuple[FieldDefinition, ...]

    def field(self, code: str) -> FieldDefinition:
        """One of its fields. Raises KeyError for one that it hasn't got."""
        return {each.code: each for each in self.fields}[code]


def parse_rule(written: str, kind: str, ladder: Sequence[str]) -> Rule:
    """A rule as fields.toml writes it, for a field of a kind with a ladder. Raises FieldsError."""
    name, _, to = written.partition(":")
    try:
        rule = Rule(RuleKind(name), to)
    except ValueError:
        raise FieldsError(f"unknown rule {written!r}") from None
    if (rule.kind is RuleKind.GENERALISE) != bool(to) or (to and to not in ladder):
        raise FieldsError(f"no such step: {written!r}")
    if rule.kind is RuleKind.TOKENISE and kind != "reference":
        raise FieldsError(f"only references are tokenised, not {kind}")
    if rule.kind is RuleKind.TEXT and kind != "text":
        raise FieldsError(f"only texts are read, not {kind}")
    return rule


@cache
def tables() -> Mapping[str, TableDefinition]:
    """All tables by code, in order. Raises FieldsError."""
    return read_tables(_data())


def tables_at(level: Level) -> Mapping[str, TableDefinition]:
    """The tables that go out at a level, each with only the fields that do."""
    kept = {code: _at(table, level) for code, table in tables().items()}
    return MappingProxyType({code: table for code, table in kept.items() if table.fields})


def rules_table() -> Sequence[tuple[TableDefinition, FieldDefinition, Mapping[Level, Rule]]]:
    """Every field with its rules, for a page that shows what each level discloses."""
    return [(table, each, each.rules) for table in tables().values() for each in table.fields]


@cache
def bands() -> Sequence[tuple[int, str]]:
    """The fewest in each band of a count and the band's code, the largest first."""
    return sorted(((int(fewest), code) for code, fewest in _data()["bands"].items()), reverse=True)


@cache
def vocabularies() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The lists of words that only exports need: labels by language by code by list."""
    return MappingProxyType(dict(_data()["vocabularies"]))


def residual_risk_limit() -> float:
    """From which residual risk on a person reads a text before it goes out, 0 to 1."""
    return float(_data()["limits"]["residual_risk"])


def texts_while_waiting() -> int:
    """How many texts are made ready while an export is being made."""
    return int(_data()["limits"]["texts_while_waiting"])


@cache
def rules_digest() -> str:
    """SHA-256 of the rules in force, in hexadecimal: two copies with the same digest were made by the same rules."""
    return hashlib.sha256(_text().encode()).hexdigest()


def read_tables(data: Mapping[str, Any]) -> Mapping[str, TableDefinition]:
    """The tables of a parsed file. Raises FieldsError naming the first field that can't be followed."""
    ladders = data["ladders"]
    return MappingProxyType({code: _table(code, entry, ladders) for code, entry in data["tables"].items()})


def _table(code: str, entry: Mapping[str, Any], ladders: Mapping[str, Sequence[str]]) -> TableDefinition:
    made = []
    for name, field in entry["fields"].items():
        try:
            made.append(_field(name, field, ladders))
        except (FieldsError, KeyError, TypeError) as error:
            raise FieldsError(f"{code}.{name}: {error}") from error
    return TableDefinition(code, _words(entry["label"]), tuple(made))


def _field(code: str, entry: Mapping[str, Any], ladders: Mapping[str, Sequence[str]]) -> FieldDefinition:
    kind, ladder = entry["kind"], tuple(ladders[entry["ladder"]]) if "ladder" in entry else ()
    made = FieldDefinition(
        code=code,
        kind=kind,
        labels=_words(entry["label"]),
        about=_words(entry["about"]),
        hxl=entry["hxl"],
        width=int(entry["width"]),
        vocabulary=entry.get("vocabulary", ""),
        ladder=ladder,
        quasi=entry.get("quasi", ""),
        rules=_rules(entry["rules"], kind, ladder),
    )
    _check(made)
    return made


def _rules(entry: Mapping[str, str], kind: str, ladder: Sequence[str]) -> Mapping[Level, Rule]:
    if set(entry) != set(map(str, Level)):
        raise FieldsError("a rule for each level and for nothing else")
    return MappingProxyType({level: parse_rule(entry[level], kind, ladder) for level in Level})


def _check(field: FieldDefinition) -> None:
    if not _CODE.fullmatch(field.code):
        raise FieldsError("malformed code")
    if field.kind not in _KINDS or field.quasi not in _QUASI:
        raise FieldsError("unknown kind")
    if not _HXL.fullmatch(field.hxl):
        raise FieldsError("malformed HXL tag")
    if field.kind in {"code", "codes"} and not field.vocabulary:
        raise FieldsError("codes need a vocabulary")


def _words(labels: Mapping[str, str]) -> Mapping[str, str]:
    if set(labels) != _LANGUAGES or not all(labels.values()):
        raise FieldsError("French and English words, and no others")
    return MappingProxyType(dict(labels))


def _at(table: TableDefinition, level: Level) -> TableDefinition:
    kept = tuple(each for each in table.fields if each.rules[level].kind is not RuleKind.DROP)
    return TableDefinition(table.code, table.labels, kept)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_text())


@cache
def _text() -> str:
    return resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
