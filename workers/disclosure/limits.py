"""What a release of rows must keep to, and why it can't be had."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Limits:
    """How alike rows must be.

    `k`: fewest rows that look alike. `l`: fewest kinds of violation among them. `highest_mean`: the mean over all rows
    of 1 / (rows that look alike), the global risk. `most_suppressed`: the largest share of rows that may be held back.
    """

    k: int
    l: int  # noqa: E741 - the literature's name
    highest_mean: float = 1.0
    most_suppressed: float = 0.1


class Why(StrEnum):
    """Why nothing can be released."""

    TOO_FEW = "too_few"  # so few rows that even all together they are below the limits
    TOO_ALIKE = (
        "too_alike"  # too many share one violation: who is known to be in it, is known to have suffered it
    )
    TOO_RISKY = "too_risky"  # the limits hold in no form without holding back too many rows
    TOO_CLOSE = "too_close"  # the difference to an earlier release would show too few
    UNCONFIRMED = "unconfirmed"  # an independent library finds other figures than we do


class NotReleasable(Exception):
    """Nothing goes out; `why` is the reason."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why
