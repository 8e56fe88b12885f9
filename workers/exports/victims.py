"""Who a case's victims are, as far as its record says: counted, and the one where there is just one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.models import PersonKind
from workers.exports.statement_columns import Facts

_WOMEN, _MEN, _GIRLS, _BOYS = "women", "men", "girls", "boys"
_MINORS = frozenset({"child", "adolescent", "minor"})
_ADULTS = frozenset({"adult", "elderly"})
_SORTED = {
    ("female", True): _GIRLS,
    ("male", True): _BOYS,
    ("female", False): _WOMEN,
    ("male", False): _MEN,
}


@dataclass(frozen=True, slots=True)
class Victims:
    """Counts of a case's victims; None where nobody knows. `sex` and `age_group` are empty but for a single victim."""

    total: int | None
    sorted: dict[str, int]  # women, men, girls, boys
    killed: int
    injured: int
    sex: str
    age_group: str


NONE_KNOWN = Victims(None, {}, 0, 0, "", "")


def victims_of(persons: Sequence[Facts]) -> Victims:
    """The victims that are on a case's record."""
    if not persons:
        return NONE_KNOWN
    if len(persons) == 1 and persons[0].kind == PersonKind.INDIVIDUAL:  # nearly always
        return _alone(persons[0].sex, persons[0].age_group, persons[0].state)
    return Victims(
        total=sum(map(size_of, persons)) or None,
        sorted=_sorted(persons),
        killed=_in_condition(persons, "killed"),
        injured=_in_condition(persons, "injured"),
        sex="",
        age_group="",
    )


@cache
def _alone(sex: str, age_group: str, condition: str) -> Victims:
    """The one victim of a case: few are different."""
    counts = dict.fromkeys(_SORTED.values(), 0)
    if kind := _kind_of(sex, age_group):
        counts[kind] = 1
    return Victims(1, counts, int(condition == "killed"), int(condition == "injured"), sex, age_group)


def _kind_of(sex: str, age_group: str) -> str:
    """Woman, man, girl or boy; empty where that isn't known."""
    return _SORTED.get((sex, age_group in _MINORS), "") if age_group in _MINORS | _ADULTS else ""


def size_of(person: Facts) -> int:
    """How many somebody on record is: one, or as many as are known of a group."""
    if person.kind == PersonKind.INDIVIDUAL:
        return 1
    return int(person.women + person.men + person.girls + person.boys + person.unknown)


def _sorted(persons: Sequence[Facts]) -> dict[str, int]:
    counts = dict.fromkeys(_SORTED.values(), 0)
    for person in persons:
        if person.kind != PersonKind.INDIVIDUAL:
            for kind in counts:
                counts[kind] += getattr(person, kind)
        elif kind := _kind_of(person.sex, person.age_group):
            counts[kind] += 1
    return counts


def _in_condition(persons: Sequence[Facts], condition: str) -> int:
    return sum(size_of(person) for person in persons if person.state == condition)
