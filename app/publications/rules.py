"""The rules of publishing, as publication.toml beside this module has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from app.publications.periods import Period

_FILE = Path(__file__).with_name("publication.toml")


@dataclass(frozen=True, slots=True)
class Rules:
    """See publication.toml. `licence` has `name` and `address`, `publisher` is by language."""

    threshold: int
    months: int
    delay: timedelta
    is_automatic: bool
    days_to_look: int
    licence: Mapping[str, str]
    publisher: Mapping[str, str]
    place: str


@cache
def rules() -> Rules:
    """The rules of this installation."""
    kept = tomllib.loads(_FILE.read_text("utf-8"))
    return Rules(
        threshold=kept["threshold"],
        months=kept["months"],
        delay=timedelta(days=kept["delay_days"]),
        is_automatic=kept["is_automatic"],
        days_to_look=kept["days_to_look"],
        licence=kept["licence"],
        publisher=kept["publisher"],
        place=kept["coverage"]["place"],
    )


def is_due(period: Period, today: date) -> bool:
    """Whether a period is over for as long as nothing of it may be public."""
    return period.last + rules().delay < today


def latest_due(today: date) -> Period:
    """The latest period that may be public."""
    period = Period.quarter_of(today)
    while not is_due(period, today):
        period = period.before
    return period
