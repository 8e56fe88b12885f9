"""When whom is told of a referral without an answer: the steps of escalation.toml, and which of them are due. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

RECEIVER, DESK, CNDH = "receiver", "desk", "cndh"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how long after the deadline (before it where negative), to whom, as which kind of notice."""

    after: timedelta
    to: str
    kind: str
    permission: str = ""
    share_of_term: float = 1.0

    def moment(self, sent_at: datetime, deadline_at: datetime) -> datetime:
        """When it is due for a referral with this term."""
        earliest = -(deadline_at - sent_at) * self.share_of_term
        return deadline_at + max(self.after, earliest)


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps in order, and how long CNDH is given."""

    steps: Sequence[Step]
    cndh_deadline: timedelta

    @property
    def longest_before(self) -> timedelta:
        """How long before a deadline the first step can be due."""
        return max((-step.after for step in self.steps), default=timedelta())


@cache
def plan() -> Plan:
    """The plan as the data file has it."""
    source = resources.files("workers.vocabularies").joinpath("escalation.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    steps = [
        Step(
            timedelta(hours=each["hours"]),
            each["to"],
            each["kind"],
            each.get("permission", ""),
            each.get("share_of_term", 1.0),
        )
        for each in data["steps"]
    ]
    return Plan(steps, timedelta(hours=data["cndh_deadline_hours"]))


def due_steps(
    steps: Sequence[Step], done: int, sent_at: datetime, deadline_at: datetime, now: datetime
) -> tuple[int, list[Step]]:
    """How many steps are done once those due now are, and which of them to take.

    Of several due to one and the same (a worker was away), only the last is taken: the others came too late.
    """
    count = done
    while count < len(steps) and steps[count].moment(sent_at, deadline_at) <= now:
        count += 1
    latest = {step.to: step for step in steps[done:count]}
    return count, list(latest.values())
