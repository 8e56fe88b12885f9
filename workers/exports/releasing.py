"""A release: the right cases, at a level of disclosure, as streams of plain rows, with what was withheld and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from sqlalchemy.orm import Session

from app.clock import utcnow
from app.exports.fields import RuleKind, TableDefinition, rules_digest, tables_at
from app.exports.level_rules import LevelRules, rules_for
from app.exports.levels import Level
from app.exports.selection import ExportFilter
from app.exports.wording import described_outside
from app.languages import speaking
from app.models import ExportKind, ExportRecord
from workers.exports.choosing import choose
from workers.exports.going_texts import GoingTexts
from workers.exports.guarding import CannotRelease, Guarded, guard
from workers.exports.release import ROUNDED, Copy, Release, Table, Withheld
from workers.exports.second_pass import SecondPass
from workers.exports.shaping import Shape, cases_table, part_table
from workers.exports.tokens import CopyTokens
from workers.exports.typed_texts import TypedTexts
from workers.processing import Keys
from workers.runtime import keys as keys_of_this_process

CASES = "cases"


@dataclass(frozen=True, slots=True)
class _Rows:
    """The cases that go out, in the order of their rows, and what came of guarding them."""

    shape: Shape
    guarded: Guarded | None
    withheld: Sequence[Withheld]


def release_for(
    session: Session, record: ExportRecord, keys: Keys | None = None, again: SecondPass | None = None
) -> Release:
    """What an export is made from. Its rows are read by `session` while they are asked for: no other transaction of
    it may come between, and `workers.exports.snapshot.begin_snapshot` before it makes them agree with each other.

    `again` reads texts that aren't ready, which is done here otherwise. Raises CannotRelease, whose `code` says why
    nothing goes out.
    """
    level = Level(record.level)
    tables, rules = tables_at(level), rules_for(level)
    chosen = choose(session, record, rules.delay_days if rules else 0)
    if not chosen.numbers:
        raise CannotRelease("nothing_chosen", _told(chosen.withheld, rules))
    tokens = CopyTokens.of((keys or keys_of_this_process()).workers.pseudonym_key, record.id)
    texts, typed = GoingTexts(again), TypedTexts(again=again)
    shape = Shape(session, level, tokens, chosen.numbers, copy=record.reference, texts=texts, typed=typed)
    rows = _guarded(shape, record, tables[CASES], rules) if rules else _Rows(shape, None, ())
    return Release(
        copy=_copy(session, record),
        tables=_tables(rows.shape, tables),
        withheld=_told([*chosen.withheld, *rows.withheld, *_texts_withheld(rows.shape, tables)], rules),
        risks=rows.guarded.decided.risks if rows.guarded else None,
        settle=rows.guarded.settle if rows.guarded else None,
        members=rows.shape.numbers,
    )


def _guarded(shape: Shape, record: ExportRecord, table: TableDefinition, rules: LevelRules) -> _Rows:
    """Rows as coarse as they must be, in an order that says nothing about that of the cases' numbers."""
    guarded = guard(shape.session, record, table, rules, shape.numbers)
    order = sorted(range(len(guarded.numbers)), key=lambda at: shape.tokens.token("C", guarded.numbers[at]))
    ordered = replace(
        shape,
        numbers=[guarded.numbers[at] for at in order],
        quasi={name: [values[at] for at in order] for name, values in guarded.values.items()},
        forms=guarded.decided.levels,
    )
    return _Rows(ordered, guarded, guarded.withheld)


def _told(withheld: Sequence[Withheld], rules: LevelRules | None) -> Sequence[Withheld]:
    """What the copy says of it. Where rows are coarse, so are these counts: "one case has no consent" in the copy for a
    cercle and a week would tell of somebody, and one more than last time of somebody new.
    """
    if rules is None or not withheld:
        return withheld
    step = rules.table_threshold
    rounded = [replace(each, count=-(-each.count // step) * step) for each in withheld]
    return [*rounded, Withheld(ROUNDED, step)]


def _tables(shape: Shape, tables: Mapping[str, TableDefinition]) -> dict[str, Table]:
    case_rule = tables[CASES].field("reference").rules[shape.level].kind
    others = {code: part_table(shape, table, case_rule) for code, table in tables.items() if code != CASES}
    return {CASES: cases_table(shape, tables[CASES]), **others}


def _texts_withheld(shape: Shape, tables: Mapping[str, TableDefinition]) -> Iterator[Withheld]:
    """Accounts, and what colleagues typed beside them, that stay away. Reads all of them."""
    for code, table in tables.items():
        for each in table.fields:
            if each.rules[shape.level].kind is not RuleKind.TEXT:
                continue
            if code == CASES:
                yield from shape.texts.survey(shape.session, shape.numbers, each.code)
                shape.typed.words = shape.texts.words
            elif held := shape.typed.survey(shape.session, shape.numbers, code, each.code):
                yield held


def _copy(session: Session, record: ExportRecord) -> Copy:
    language = "en" if record.language == "en" else "fr"
    filters: Sequence[tuple[str, str]] = ()
    if record.kind == ExportKind.CASES:
        with speaking(language):
            filters = described_outside(session, ExportFilter.from_record(record.filters))
    return Copy(
        number=record.reference,
        level=Level(record.level),
        recipient=record.recipient,
        purpose=record.purpose,
        language=language,
        made_at=utcnow(),
        made_by=record.organisation.name,
        filters=filters,
        software=f"seere {version('seere')}",
        rules=rules_digest(),
    )
