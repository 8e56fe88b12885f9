"""Who a case's victims are, as far as its record says: counted, and the one where there is just one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.models import PersonKind
from workers.exports.reading import Facts

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
    single = persons[0] if len(persons) == 1 and persons[0].kind == PersonKind.INDIVIDUAL else None
    return Victims(
        total=sum(map(size_of, persons)) or None,
        sorted=_sorted(persons),
        killed=_in_condition(persons, "killed"),
        injured=_in_condition(persons, "injured"),
        sex=single.sex if single else "",
        age_group=single.age_group if single else "",
    )


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
        elif person.age_group in _MINORS | _ADULTS and person.sex in {"female", "male"}:
            counts[_SORTED[person.sex, person.age_group in _MINORS]] += 1
    return counts


def _in_condition(persons: Sequence[Facts], condition: str) -> int:
    return sum(size_of(person) for person in persons if person.state == condition)
