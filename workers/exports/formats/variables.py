"""Columns as SPSS and Stata know them: short names, numbers with labels for codes, one type each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.plain_text import plain
from workers.exports.codebook import UNKNOWN_CODES, labels
from workers.exports.formats.columns import SEPARATOR, heading
from workers.exports.release import Field, FieldKind, Table, Value

LONGEST_NAME = 32  # Stata's limit; SPSS allows 64 bytes
UNKNOWN_NUMBER = -9  # the number of "nobody knows", which is declared as missing
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_]+")
# Words that one of the two keeps for itself, in any case of letters.
_RESERVED = frozenset(
    ("all", "and", "by", "byte", "double", "eq", "float", "ge", "gt", "if", "in", "int", "le", "long", "lt", "ne",
     "not", "or", "strl", "to", "using", "with")
)  # fmt: skip


class Type(StrEnum):
    """What a variable holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(slots=True)
class Numbering:
    """The numbers of a vocabulary's codes: a code of digits is its own number, others count from 1 in their order.

    A code that the vocabulary hasn't got (old data may) gets the next number when it first comes.
    """

    words: Mapping[str, str]
    known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the codes of the vocabulary."""
        answers = [code for code in self.words if code not in UNKNOWN_CODES]
        are_numbers = all(code.isdecimal() for code in answers)
        for position, code in enumerate(answers, start=1):
            self.known[code] = int(code) if are_numbers else position
        for code in UNKNOWN_CODES & self.words.keys():
            self.known[code] = UNKNOWN_NUMBER

    def number(self, value: Value) -> Value:
        """The number of a code; nothing for nothing."""
        if value is None:
            return None
        code = str(value)
        if code not in self.known:
            self.known[code] = max(self.known.values(), default=0) + 1
        return self.known[code]

    def labels(self) -> Mapping[int, str]:
        """What each number means."""
        return {number: self.words.get(code, code) for code, number in self.known.items()}


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of a statistics file: where its field stands in a row, and what a value becomes there."""

    name: str
    label: str
    type: Type
    at: int
    convert: Callable[[Value], Value]
    numbering: Numbering | None = None


def variables(table: Table, language: str) -> Sequence[Variable]:
    """The variables of a table, each with a name of its own; labels in `fr` or `en`."""
    taken: set[str] = set()
    return [
        Variable(
            variable_name(made.name, taken), made.label, made.type, made.at, made.convert, made.numbering
        )
        for at, each in enumerate(table.fields)
        for made in _of_field(each, at, language)
    ]


def variable_name(code: str, taken: set[str]) -> str:
    """A name that both programs allow and that isn't taken yet; it is taken then."""
    bare = unicodedata.normalize("NFKD", code).encode("ascii", "ignore").decode().lower()
    name = _NOT_IN_NAMES.sub("_", bare).strip("_") or "v"
    if not name[0].isalpha() or name in _RESERVED:
        name = f"v_{name}"
    free, number = name[:LONGEST_NAME], 1
    while free in taken:
        number += 1
        free = f"{name[: LONGEST_NAME - 1 - len(str(number))]}_{number}"
    taken.add(free)
    return free


def _of_field(each: Field, at: int, language: str) -> Iterator[Variable]:
    label = plain(heading(each, language))
    if each.kind is FieldKind.CODE and each.vocabulary:
        numbering = Numbering(labels(each.vocabulary, language))
        yield Variable(each.code, label, Type.NUMBER, at, numbering.number, numbering)
        yield Variable(f"{each.code}_code", f"{label} (code)", Type.TEXT, at, _text)
    elif each.kind is FieldKind.BOOLEAN:
        words = labels("boolean", language)
        numbering = Numbering({"0": words["false"], "1": words["true"]})
        yield Variable(each.code, label, Type.NUMBER, at, _truth, numbering)
    elif each.kind in {FieldKind.INTEGER, FieldKind.DECIMAL}:
        yield Variable(each.code, label, Type.NUMBER, at, _as_it_is)
    elif each.kind is FieldKind.DATE:
        yield Variable(each.code, label, Type.DAY, at, _as_it_is)
    else:
        yield Variable(each.code, label, Type.TEXT, at, _text)


def _as_it_is(value: Value) -> Value:
    return value


def _truth(value: Value) -> Value:
    return None if value is None else int(bool(value))


def _text(value: Value) -> Value:
    """Neither program tells an empty text from none."""
    if value is None:
        return ""
    return plain(SEPARATOR.join(value) if isinstance(value, tuple) else str(value))
