"""What stands in each column of the table of cases, from the facts of a batch of cases. Before any rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property

from app.casework.nature import Nature
from app.clock import BAMAKO
from app.plain_text import plain
from app.reference.taxonomy import actor_categories
from workers.exports.generalising import actor_category, actor_nature
from workers.exports.reading import Batch
from workers.exports.release import Value
from workers.exports.statements import Part
from workers.exports.victims import Victims, victims_of

_STATE, _NON_STATE = "state", "non_state"


@dataclass
class CaseView:
    """The facts of a batch of cases, with what several columns need worked out once: one value for each case."""

    batch: Batch

    @cached_property
    def victims(self) -> Sequence[Victims]:
        """Their victims."""
        return [victims_of(persons) for persons in self.batch.of(Part.VICTIMS)]

    @cached_property
    def violations(self) -> Sequence[tuple[str, ...]]:
        """Each kind of violation once, the main one first."""
        return [_once(acts) for acts in self.batch.of(Part.VIOLATIONS)]

    @cached_property
    def actors(self) -> Sequence[tuple[str, ...]]:
        """Codes of alleged authors."""
        return [tuple(sorted({code for _, code in found if code})) for found in self.batch.of(Part.ACTORS)]

    @cached_property
    def actor_categories(self) -> Sequence[tuple[str, ...]]:
        """Their categories, in the order of lists."""
        return [_categories(codes) for codes in self.actors]

    @property
    def natures(self) -> Sequence[str]:
        """Violation or abuse, as the alleged authors decide."""
        return [_nature(categories) for categories in self.actor_categories]


def _once(acts: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    if len(acts) == 1:  # nearly always
        return (acts[0][1],)
    return tuple(dict.fromkeys(code for _, code in acts))


@cache
def _categories(actors: tuple[str, ...]) -> tuple[str, ...]:
    found = {actor_category(code) for code in actors}
    return tuple(code for code in actor_categories() if code in found)


@cache
def _nature(categories: tuple[str, ...]) -> str:
    known = {actor_nature(code) for code in categories} & {_STATE, _NON_STATE}
    if len(known) == 1:
        return str(Nature.VIOLATION if _STATE in known else Nature.ABUSE)
    return str(Nature.BOTH if known else Nature.OPEN)


def reference_of(number: int) -> str:
    """What people call a case, as `Case.reference` has it."""
    return f"S-{number:06d}"


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment in Bamako; one without a zone is UTC."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(BAMAKO).date()


Column = Callable[[CaseView], Sequence[Value]]


def _own(name: str) -> Column:
    return lambda view: view.batch.own[name]


def _day(name: str) -> Column:
    return lambda view: [day_of(moment) for moment in view.batch.own[name]]


def _counted(kind: str) -> Column:
    return lambda view: [each.sorted.get(kind) for each in view.victims]


COLUMNS: Mapping[str, Column] = {
    "reference": lambda view: [reference_of(number) for number in view.batch.numbers],
    "violation": lambda view: [codes[0] if codes else None for codes in view.violations],
    "violations": lambda view: view.violations,
    "nature": lambda view: view.natures,
    "region": _own("region_code"),
    "cercle": _own("cercle_code"),
    "place": lambda view: [plain(name) or None if name else None for name in view.batch.own["place_name"]],
    "latitude": _own("latitude"),
    "longitude": _own("longitude"),
    "occurred_from": _own("occurred_from"),
    "occurred_to": _own("occurred_to"),
    "occurred_precision": _own("occurred_precision"),
    "actor_category": lambda view: view.actor_categories,
    "actors": lambda view: view.actors,
    "victim_sex": lambda view: [each.sex or None for each in view.victims],
    "victim_age": lambda view: [each.age_group or None for each in view.victims],
    "victims": lambda view: [each.total for each in view.victims],
    "women": _counted("women"),
    "men": _counted("men"),
    "girls": _counted("girls"),
    "boys": _counted("boys"),
    "killed": lambda view: [each.killed if each.total else None for each in view.victims],
    "injured": lambda view: [each.injured if each.total else None for each in view.victims],
    "urgency": lambda view: [str(urgency) for urgency in view.batch.own["urgency"]],
    "status": _own("status"),
    "verification": _own("verification"),
    "channel": _own("channel"),
    "language": _own("language"),
    "reports": lambda view: [len(rows) for rows in view.batch.of(Part.SOURCES)],
    "received_on": _day("received_at"),
    "verified_on": _day("verified_at"),
    "account": lambda view: [plain(text) for text in view.batch.own["anonymised_text"]],
}
# What of a case must be read for a field, beyond its own columns.
NEEDS: Mapping[str, frozenset[Part]] = {
    "violation": frozenset({Part.VIOLATIONS}),
    "violations": frozenset({Part.VIOLATIONS}),
    "nature": frozenset({Part.ACTORS}),
    "actor_category": frozenset({Part.ACTORS}),
    "actors": frozenset({Part.ACTORS}),
    "reports": frozenset({Part.SOURCES}),
    "account": frozenset({Part.TEXT}),
    **dict.fromkeys(
        ("victim_sex", "victim_age", "victims", "women", "men", "girls", "boys", "killed", "injured"),
        frozenset({Part.VICTIMS}),
    ),
}
