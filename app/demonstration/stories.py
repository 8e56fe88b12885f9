"""The invented reports and what became of them, as reports.toml and follow_ups.toml have it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from app.clock import BAMAKO
from app.models import Channel

CONTENT_FIELDS = ("text", "where", "when", "contact", "sender")
LATEST = timedelta(minutes=4)  # nothing came in later than this before the load


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one person did; `after_hours` counts from the report."""

    after_hours: float
    person: str
    do: str
    status: str = ""
    state: str = ""
    organisation: str = ""
    verification: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the desk and its partners did, and what the reporter (`answer`, `withdraw`, or nothing) did at the end."""

    steps: tuple[Step, ...] = ()
    reporter: str = ""
    reporter_after_hours: float = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One invented report. `number` counts from 1; `content` is what its author sent."""

    number: int
    key: str
    channel: Channel
    days_ago: int
    hour: int
    language: str
    content: Mapping[str, str]
    follow_up: FollowUp = field(default_factory=FollowUp)
    reason: str = ""
    question: str = ""
    answer: str = ""
    violation: str = ""

    @property
    def reference(self) -> str:
        """By what its submission is known, so that a second load adds nothing."""
        return f"demonstration-{self.number}"

    def received_at(self, now: datetime) -> datetime:
        """When it came in, seen from a present moment; never later than a few minutes ago."""
        day = (now.astimezone(BAMAKO) - timedelta(days=self.days_ago)).replace(
            hour=self.hour, minute=self.number * 7 % 60, second=0, microsecond=0
        )
        return min(day, now - LATEST)


@cache
def stories() -> tuple[Story, ...]:
    """All reports, in the order of the file: references count on it, so new ones go to its end."""
    return tuple(_story(number, row) for number, row in enumerate(_read("reports.toml")["report"], start=1))


@cache
def follow_ups() -> Mapping[str, FollowUp]:
    """The ways of a case, by name."""
    return {name: _follow_up(row) for name, row in _read("follow_ups.toml").items()}


def _story(number: int, row: Mapping[str, Any]) -> Story:
    return Story(
        number=number,
        key=row["key"],
        channel=Channel(row["channel"]),
        days_ago=row["days_ago"],
        hour=row["hour"],
        language=row["language"],
        content={name: row[name] for name in CONTENT_FIELDS if row.get(name)},
        follow_up=follow_ups()[row["follow_up"]] if "follow_up" in row else FollowUp(),
        reason=row.get("reason", ""),
        question=row.get("question", ""),
        answer=row.get("answer", ""),
        violation=row.get("violation", ""),
    )


def _follow_up(row: Mapping[str, Any]) -> FollowUp:
    steps = tuple(Step(**step) for step in row["steps"])
    return FollowUp(steps, row.get("reporter", ""), row.get("reporter_after_hours", 0))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("app.demonstration").joinpath(name).read_text("utf-8"))
