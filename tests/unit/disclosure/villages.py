"""Cases as a village would know them: made-up rows, and the forms that their columns can take."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workers.disclosure.hierarchy import EVERYTHING, Hierarchy
from workers.disclosure.periods import periods

ALL = ("all", lambda _: EVERYTHING)
MINORS = {"child", "adolescent"}
KINDS = ("arbitrary_detention", "torture", "killing", "looting", "rape", "threat")


@dataclass(frozen=True)
class Row:
    """What a neighbour knows of a victim, the case's number, and what he would like to learn."""

    member: int
    cercle: str
    day: str
    sex: str
    age: str
    violations: tuple[str, ...]


def rows(count: int, seed: int, *, first: int = 1, cercles: int = 8) -> list[Row]:
    """Cases over half a year, most of them in few places, some not fully known."""
    chance = random.Random(seed)
    places = [f"ML{1 + at // 4:02}{1 + at % 4:02}" for at in range(cercles)]
    weights = [1 / (at + 1) for at in range(cercles)]
    return [
        Row(
            first + at,
            chance.choices(places, weights)[0],
            str(date(2026, 1, 5) + timedelta(days=chance.randrange(180))),
            chance.choices(["female", "male", "unknown"], [4, 5, 1])[0],
            chance.choices(["child", "adolescent", "adult", "elderly", "unknown"], [1, 2, 6, 1, 2])[0],
            tuple(chance.sample(KINDS, chance.choice([1, 1, 2]))),
        )
        for at in range(count)
    ]


def columns(of: Sequence[Row], *, place: str = "cercle", time: str = "week") -> dict[str, Hierarchy]:
    """The quasi-identifiers, from these forms upwards."""
    steps = (("cercle", str), ("region", lambda code: code[:4]), ALL)
    return {
        "place": Hierarchy.of([row.cercle for row in of], steps[place == "region" :], weight=4),
        "date": periods([row.day for row in of], finest=time, weight=3),
        "sex": Hierarchy.of([row.sex for row in of], (("sex", str), ALL)),
        "age": Hierarchy.of([row.age for row in of], (("group", str), ("majority", majority), ALL)),
    }


def majority(group: str) -> str:
    """Minor or adult."""
    return "minor" if group in MINORS else "unknown" if group == "unknown" else "adult"
