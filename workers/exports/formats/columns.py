"""The columns of a flat file: each field of a table, and beside each code what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from workers.exports.codebook import labels
from workers.exports.formats.errors import ROWS_CHANGED, CannotWrite
from workers.exports.release import Field, FieldKind, Progress, Row, Table, Value

SEPARATOR = "; "  # between several codes or labels in one cell
REPORTED_AT_ONCE = 500  # rows between two words of progress
_CODED = frozenset({FieldKind.CODE, FieldKind.CODES})

_ALL_DIFFERENT = frozenset({FieldKind.REFERENCE, FieldKind.TEXT, FieldKind.DECIMAL})
_REMEMBERED = 5_000  # cells a column

Conversion = Callable[[Value], Value]
Cell = Callable[[Value], str]  # a value as a file has it


@dataclass(frozen=True, slots=True)
class Column:
    """A column of single values. `at` is where its field stands in a row, `is_label` whether codes are in words."""

    code: str
    heading: str
    field: Field
    at: int
    is_label: bool = False
    convert: Conversion | None = None  # none where the value is written as it is

    @property
    def kind(self) -> FieldKind:
        """What its values are, which are never several."""
        if self.is_label:
            return FieldKind.TEXT
        return FieldKind.CODE if self.field.kind is FieldKind.CODES else self.field.kind

    def value(self, row: Row) -> Value:
        """What stands in it: text, number, date or nothing, never several values."""
        found = row[self.at]
        return self.convert(found) if self.convert else found


class _Remembering(dict[Value, str]):
    """The cells of a column in which few values differ, each put together once."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self._cell = cell

    def __missing__(self, value: Value) -> str:
        made = self._cell(value)
        if len(self) < _REMEMBERED:
            self[value] = made
        return made


def remembered(column: Column, cell: Cell) -> Cell:
    """The cells of a column (codes, labels, days) put together once for each value; texts each time."""
    return cell if column.field.kind in _ALL_DIFFERENT else _Remembering(cell).__getitem__


def columns(table: Table, language: str) -> tuple[Column, ...]:
    """The columns of a table with headings in `fr` or `en`, in the order of its fields; a label after its code."""
    return tuple(column for at, field in enumerate(table.fields) for column in _of_field(field, at, language))


def heading(field: Field, language: str) -> str:
    """A field's name for people; its code where it has none."""
    return field.labels.get(language) or field.code


def reported(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    """The rows, with word given of how many were taken."""
    return chain.from_iterable(_in_batches(rows, progress))


def rows_of(table: Table, progress: Progress) -> Iterator[Row]:
    """The rows of a table, with word given of how many were taken.

    Raises CannotWrite at the end where they are not as many as the copy says: it would be wrong without looking so.
    """
    return chain.from_iterable(batches_of(table, progress))


def batches_of(table: Table, progress: Progress) -> Iterator[Sequence[Row]]:
    """The same, some hundred rows at once, for whoever writes column by column."""
    taken = 0
    for batch in _in_batches(table.rows(), progress):
        taken += len(batch)
        yield batch
    if taken != table.count:
        raise CannotWrite(ROWS_CHANGED)


def _in_batches(rows: Iterable[Row], progress: Progress) -> Iterator[Sequence[Row]]:
    left = iter(rows)
    while batch := list(islice(left, REPORTED_AT_ONCE)):
        yield batch
        progress(len(batch))


def _of_field(field: Field, at: int, language: str) -> Iterator[Column]:
    name = heading(field, language)
    is_several = field.kind is FieldKind.CODES
    if field.kind not in _CODED or not field.vocabulary:
        yield Column(field.code, name, field, at, convert=_joined if is_several else None)
        return
    words = labels(field.vocabulary, language)
    yield Column(field.code, f"{name} (code)", field, at, convert=_joined if is_several else None)
    meaning = _several_in_words(words) if is_several else _in_words(words)
    yield Column(f"{field.code}_label", name, field, at, is_label=True, convert=meaning)


def _joined(value: Value) -> Value:
    return SEPARATOR.join(value) if isinstance(value, tuple) else value


def _in_words(words: Mapping[str, str]) -> Conversion:
    def convert(value: Value) -> Value:
        return words.get(value, value) if isinstance(value, str) else value

    return convert


def _several_in_words(words: Mapping[str, str]) -> Conversion:
    def convert(value: Value) -> Value:
        return SEPARATOR.join(words.get(each, each) for each in value) if isinstance(value, tuple) else value

    return convert
