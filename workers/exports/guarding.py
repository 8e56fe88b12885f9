"""Rows in which nobody is recognised: what could recognise somebody is read, and made as coarse as it must be.

What is decided is a pure engine's (workers/disclosure); here it is fed from cases, and its outcome put by case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from app.exports.fields import FieldDefinition, RuleKind, TableDefinition
from app.exports.level_rules import LevelRules
from app.exports.levels import Level
from app.models import ExportRecord
from workers.disclosure.deciding import Decided, decide
from workers.disclosure.hierarchy import EVERYTHING, Hierarchy
from workers.disclosure.limits import Limits, NotReleasable
from workers.disclosure.periods import UNKNOWN, periods
from workers.exports import ledger
from workers.exports.case_columns import NEEDS, CaseView
from workers.exports.generalising import actor_nature, band, known_day, majority, region_of
from workers.exports.reading import read_cases
from workers.exports.release import Withheld
from workers.exports.statements import Part

RARE, DIFFERENCING = "rare", "differencing"
SEVERAL = "|"  # between the codes of several authors' categories
_STATE, _NON_STATE, _BOTH = "state", "non_state", "state|non_state"
Coarsen = Callable[[str], str]
Value = TypeVar("Value")


class CannotRelease(Exception):
    """Nothing may go out; `code` says why, for whoever asked, and `withheld` what stood against each of the cases."""

    def __init__(self, code: str, withheld: Sequence[Withheld] = ()) -> None:
        super().__init__(code)
        self.code, self.withheld = code, withheld


@dataclass(frozen=True, slots=True)
class Guarded:
    """What may go out: the cases' numbers in the order that was read, and of each its quasi-identifiers by name."""

    numbers: Sequence[int]
    values: Mapping[str, Sequence[str]]
    decided: Decided
    compared: ledger.Earlier
    withheld: Sequence[Withheld]

    def settle(self, session: Session, record: ExportRecord) -> None:
        """Enter the release into the ledger, in the transaction that makes it ready. Raises ledger.LedgerMoved."""
        ledger.note(session, record, self.decided, self.compared)


def guard(
    session: Session,
    record: ExportRecord,
    table: TableDefinition,
    rules: LevelRules,
    numbers: Sequence[int],
) -> Guarded:
    """Decide what may go out of these cases. Raises CannotRelease."""
    level = Level(record.level)
    compared = ledger.earlier(session, level, record.recipient_organisation_id)
    columns, violations, present = _read(session, table, level, rules, numbers)
    limits = Limits(rules.k, rules.l, rules.highest_mean_risk, rules.most_suppressed)
    try:
        decided = decide(columns, violations, present, limits, compared.partitions)
    except NotReleasable as error:
        raise CannotRelease(error.why) from error
    kept = decided.kept.tolist()
    held = ((RARE, decided.withheld), (DIFFERENCING, decided.held_back))
    return Guarded(
        numbers=_where(present, kept),
        values={name: _where(column, kept) for name, column in decided.values.items()},
        decided=decided,
        compared=compared,
        withheld=[Withheld(reason, count) for reason, count in held if count],
    )


def shown(value: str) -> str | None:
    """A quasi-identifier as it stands in a cell: empty where it is not known, or where all values were joined."""
    return None if value in {"", UNKNOWN, EVERYTHING} else value


def _read(
    session: Session, table: TableDefinition, level: Level, rules: LevelRules, numbers: Sequence[int]
) -> tuple[dict[str, Hierarchy], list[tuple[str, ...]], list[int]]:
    """The quasi-identifiers as columns, the violations that each row tells of, the cases' numbers."""
    fields = {field.quasi: field for field in table.fields if field.quasi and field.quasi != "sensitive"}
    tells_all = any(field.code == "violations" for field in table.fields)
    told = (field.code for field in table.fields if field.quasi)
    needed = frozenset[Part]().union(*(NEEDS.get(code, ()) for code in told))
    values: dict[str, list[str]] = {name: [] for name in fields}
    violations: list[tuple[str, ...]] = []
    present: list[int] = []
    for batch in read_cases(session, numbers, needed):
        view = CaseView(batch)
        for name, column in values.items():
            column.extend(_FINEST[name](view))
        violations.extend(codes if tells_all else codes[:1] for codes in view.violations)
        present.extend(batch.numbers)
    columns = {name: _hierarchy(fields[name], level, rules, column) for name, column in values.items()}
    return columns, violations, present


def _hierarchy(field: FieldDefinition, level: Level, rules: LevelRules, values: Sequence[str]) -> Hierarchy:
    """A column with the forms that it may take at this level, the finest being what its rule allows."""
    rule, weight = field.rules[level], rules.weights.get(field.quasi, 1.0)
    first = rule.to if rule.kind is RuleKind.GENERALISE else field.ladder[0]
    if field.quasi == "date":
        return periods(values, finest=first, weight=weight)
    forms = _FORMS[field.quasi]
    names = list(forms)
    used = [(name, forms[name]) for name in names[names.index(first) :]]
    return Hierarchy.of(values, [*used, ("all", lambda _: EVERYTHING)], weight=weight)


def _natures(categories: str) -> str:
    found = {actor_nature(code) for code in categories.split(SEVERAL)} & {_STATE, _NON_STATE}
    return _BOTH if len(found) > 1 else next(iter(found), UNKNOWN)


def _same(value: str) -> str:
    return value


_FINEST: Mapping[str, Callable[[CaseView], Iterable[str]]] = {
    "place": lambda view: (
        cercle or region or UNKNOWN
        for cercle, region in zip(view.batch.own["cercle_code"], view.batch.own["region_code"], strict=True)
    ),
    "date": lambda view: map(
        known_day, view.batch.own["occurred_from"], view.batch.own["occurred_precision"]
    ),
    "actor": lambda view: (SEVERAL.join(categories) or UNKNOWN for categories in view.actor_categories),
    "sex": lambda view: (each.sex or UNKNOWN for each in view.victims),
    "age": lambda view: (each.age_group or UNKNOWN for each in view.victims),
    "count": lambda view: (str(each.total or "") for each in view.victims),
}
_FORMS: Mapping[str, Mapping[str, Coarsen]] = {
    "place": {"cercle": _same, "region": lambda place: region_of(place) or UNKNOWN},
    "actor": {"actor_category": _same, "nature": _natures},
    "sex": {"sex": _same},
    "age": {"group": _same, "majority": majority},
    "count": {"number": _same, "band": lambda count: band(int(count) if count else None)},
}


def _where(column: Sequence[Value], kept: Sequence[bool]) -> list[Value]:
    return [value for value, is_kept in zip(column, kept, strict=True) if is_kept]
