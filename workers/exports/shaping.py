"""Tables of a release: rows made from facts, field by field, as the rules of a level say. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.exports.fields import FieldDefinition, Rule, RuleKind, TableDefinition
from app.exports.levels import Level
from workers.exports.case_columns import COLUMNS, NEEDS, CaseView, Column, reference_of
from workers.exports.generalising import centre_of, kind_under, region_of
from workers.exports.going_texts import PARTS as TEXT_PARTS
from workers.exports.going_texts import GoingTexts
from workers.exports.guarding import SEVERAL, shown
from workers.exports.part_columns import CASE, PART_OF
from workers.exports.part_columns import COLUMNS as PART_COLUMNS
from workers.exports.part_columns import Column as PartColumn
from workers.exports.reading import count_of, read_cases, read_part
from workers.exports.release import Field, FieldKind, Row, Table, Value
from workers.exports.statements import Part
from workers.exports.tokens import CopyTokens
from workers.exports.typed_texts import TypedTexts

COPY = "copy"  # the field of every table that says which copy a row is from


@dataclass(frozen=True)
class Shape:
    """What rows are made with. `numbers` are in the order of the rows; `quasi` has each one's coarse values, by name,
    at levels where they are made coarse.
    """

    session: Session
    level: Level
    tokens: CopyTokens
    numbers: Sequence[int]
    quasi: Mapping[str, Sequence[str]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)  # by quasi-identifier, what it was made into
    texts: GoingTexts = field(default_factory=GoingTexts)
    typed: TypedTexts = field(default_factory=TypedTexts)
    copy: str = ""  # the number of the export, which stands in every row

    def references(self, numbers: Iterable[int], rule: RuleKind) -> Sequence[str]:
        """What cases are known by in this copy."""
        if rule is RuleKind.TOKENISE:
            return self.tokens.tokens("C", numbers)
        return [reference_of(number) for number in numbers]

    def coarse(self, name: str, view: CaseView) -> Sequence[str]:
        """The coarse values of a batch of cases."""
        values = self.quasi[name]
        return [values[at] for at in view.batch.places]


def fields_of(table: TableDefinition, shape: Shape) -> tuple[Field, ...]:
    """A table's columns as writers see them."""
    return tuple(_field(each, shape) for each in table.fields)


def cases_table(shape: Shape, table: TableDefinition) -> Table:
    """The main table."""
    makers = [_case_column(shape, each) for each in table.fields]
    parts = _parts(shape, table)

    def rows() -> Iterator[Row]:
        for batch in read_cases(shape.session, shape.numbers, parts):
            view = CaseView(batch)
            yield from zip(*[make(view) for make in makers], strict=True)

    return Table(table.code, table.labels, fields_of(table, shape), rows, len(shape.numbers))


def part_table(shape: Shape, table: TableDefinition, case_rule: RuleKind) -> Table:
    """A table of what belongs to cases; `case_rule` is the rule of a case's own reference."""
    part = PART_OF[table.code]
    makers = [_part_column(shape, table, each) for each in table.fields]

    def rows() -> Iterator[Row]:
        for facts in read_part(shape.session, shape.numbers, part):
            cases = shape.references(facts["number"], case_rule)
            yield from zip(*[make(facts, shape.tokens) if make else cases for make in makers], strict=True)

    count = count_of(shape.session, shape.numbers, part)
    return Table(table.code, table.labels, fields_of(table, shape), rows, count)


def _part_column(shape: Shape, table: TableDefinition, each: FieldDefinition) -> PartColumn | None:
    """What makes a column of a part; None for the case's reference."""
    if each.code == COPY:
        return lambda rows, _: [shape.copy] * len(rows["number"])
    if each.rules[shape.level].kind is RuleKind.TEXT:
        return lambda rows, _: [shape.typed.text_of(typed) for typed in rows[each.code]]
    return PART_COLUMNS[table.code].get(each.code)


def check_columns(table: TableDefinition) -> None:
    """Every field has something to stand in it: KeyError for one of fields.toml that nobody reads."""
    if table.code == "cases":
        missing = [each.code for each in table.fields if each.code not in {COPY, *COLUMNS}]
    else:
        known = {CASE, COPY, *PART_COLUMNS[table.code]}
        missing = [each.code for each in table.fields if each.code not in known]
    if missing:
        raise KeyError(f"{table.code}: {missing}")


def _field(each: FieldDefinition, shape: Shape) -> Field:
    rule = _rule_in_force(each, shape)
    kind, vocabulary = kind_under(each, rule)
    return Field(
        code=each.code,
        kind=kind,
        labels=each.labels,
        vocabulary=vocabulary,
        hxl=each.hxl,
        rule=str(rule),
        width=each.width,
        description=each.about,
    )


def _rule_in_force(each: FieldDefinition, shape: Shape) -> Rule:
    """The rule of the level, or what the field had to be made into beyond it."""
    form = shape.forms.get(each.quasi, "")
    as_it_is = form in {"", each.ladder[0] if each.ladder else ""}
    return each.rules[shape.level] if as_it_is else Rule(RuleKind.GENERALISE, form)


def _parts(shape: Shape, table: TableDefinition) -> frozenset[Part]:
    """What must be read for the fields that aren't made coarse already."""
    own = (each for each in table.fields if each.quasi not in shape.quasi)
    needs = (TEXT_PARTS if _is_second(shape, each) else NEEDS.get(each.code, ()) for each in own)
    return frozenset[Part]().union(*needs)


def _is_second(shape: Shape, each: FieldDefinition) -> bool:
    """Whether only what a second pass made of a text goes out."""
    return each.rules[shape.level].kind is RuleKind.TEXT


def _case_column(shape: Shape, each: FieldDefinition) -> Column:
    rule = each.rules[shape.level]
    if rule.kind is RuleKind.TEXT:
        return lambda view: shape.texts.texts_of(view.batch)
    if each.code == COPY:
        return lambda view: [shape.copy] * len(view.batch.numbers)
    if each.kind == FieldKind.REFERENCE:
        return lambda view: shape.references(view.batch.numbers, rule.kind)
    if rule.to in _CENTRES:
        at = _CENTRES[rule.to][each.code]
        return lambda view: [_centre(place, at) for place in shape.coarse("place", view)]
    if each.quasi in shape.quasi:
        return _coarse(shape, each)
    return COLUMNS[each.code]


def _coarse(shape: Shape, each: FieldDefinition) -> Column:
    made = _coarse_cell(each)
    return lambda view: [made(value) for value in shape.coarse(each.quasi, view)]


def _coarse_cell(each: FieldDefinition) -> Callable[[str], Value]:
    if each.quasi == "place":
        level_of = region_of if each.vocabulary == "region" else _cercle_of
        return lambda place: shown(level_of(place))
    return _several if each.kind == FieldKind.CODES else shown


def _several(value: str) -> tuple[str, ...]:
    return tuple(value.split(SEVERAL)) if shown(value) else ()


def _cercle_of(place: str) -> str:
    """A place as far as it is a cercle."""
    return place if region_of(place) != place else ""


def _centre(place: str, at: int) -> float | None:
    centre = centre_of(_cercle_of(place))
    return centre[at] if centre else None


_CENTRES: Mapping[str, Mapping[str, int]] = {"cercle_centre": {"latitude": 0, "longitude": 1}}
