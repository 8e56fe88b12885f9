"""How alike the rows of a release must be at each level: levels.toml beside this module, checked when it is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from app.exports.levels import Level

LEAST_K = 5  # what the commission was promised (issue 7); the file may ask for more, never for less
_WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class LevelRules:
    """The limits of a level; levels.toml says what each means. Shares and risks are from 0 to 1."""

    k: int
    l: int  # noqa: E741 - the literature's name
    highest_mean_risk: float
    most_suppressed: float
    table_threshold: int
    delay_days: int
    finest: Mapping[str, str]
    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse rules that protect nobody; raises ValueError."""
        shares = (self.highest_mean_risk, self.most_suppressed)
        if min(self.k, self.table_threshold) < LEAST_K or self.l < 1 or self.delay_days < 0:
            raise ValueError("levels.toml: a limit is below what was promised")
        if not all(0 < share <= 1 for share in shares):
            raise ValueError("levels.toml: a share is not between 0 and 1")


def rules_for(level: Level) -> LevelRules | None:
    """The rules of a level; none where rows go out as they are."""
    return _rules().get(level)


def is_finer_than(level: Level, cercle: str) -> bool:
    """Whether a limit to a cercle, which the copy states, would say more of each case than the level lets out."""
    rules = rules_for(level)
    return bool(cercle) and rules is not None and rules.finest["place"] != "cercle"


@cache
def _rules() -> Mapping[Level, LevelRules]:
    text = resources.files(__package__).joinpath("levels.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, Any]] = tomllib.loads(text)
    weights = read.pop(_WEIGHTS)
    return {Level(level): LevelRules(**rules, weights=weights) for level, rules in read.items()}
