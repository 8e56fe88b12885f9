"""The rules of retention as rules.toml has them. Which cases each is about is decided by the first that fits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

NEVER = 0  # days of what is not erased by itself
LONGEST_DAYS = 36_500


class Subject(StrEnum):
    """What a rule is about: things that fall due one by one and are announced, or rows about the work itself."""

    CASE = "case"
    REPORT = "report"
    CONTACT = "contact"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of rules.toml; conditions are those of cases, empty or None where anything fits."""

    code: str
    subject: Subject
    days: int
    reason: str
    status: str = ""
    closed_as: str = ""
    verification: tuple[str, ...] = ()
    has_act: bool | None = None
    is_withdrawn: bool | None = None


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order in which they are tried."""
    return tuple(_rule(each) for each in _data()["rules"])


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError."""
    return {each.code: each for each in rules()}[code]


def rules_of(subject: Subject) -> Sequence[Rule]:
    """The rules about one kind of thing, in their order."""
    return [each for each in rules() if each.subject == subject]


def announced_for() -> timedelta:
    """How long what falls due is announced before it is erased."""
    return timedelta(days=int(_data()["announced_days"]))


def shown_before() -> timedelta:
    """How long before it is due something is shown."""
    return timedelta(days=int(_data()["shown_days"]))


def _rule(given: Mapping[str, Any]) -> Rule:
    verification = tuple(given.get("verification", ()))
    return Rule(**{**given, "subject": Subject(given["subject"]), "verification": verification})


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("app.retention").joinpath("rules.toml").read_text("utf-8"))
