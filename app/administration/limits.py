"""The limits an administrator sets on what the machine writes, and how much of the day's budget is used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.schemas import PlainText
from app.messaging.policy import WARN_AT, current_policy, locked_policy, messages_today
from app.models import MessagingPolicy

MOST_ANSWERS = 50  # a day to one contact: beyond that it is a loop, not a talk
MOST_MESSAGES = 1_000_000
LONGEST_CURRENCY = 5  # as the column is

PROBLEMS: Mapping[str, LazyString] = {
    "answers_per_contact": lazy_gettext("Enter a whole number from 0 to 50."),
    "messages_per_day": lazy_gettext("Enter a whole number from 0 to 1000000."),
    "currency": lazy_gettext("Enter one to five letters, such as FCFA."),
}


class PolicyIn(Schema):
    """The form of the limits. Its problems are told by PROBLEMS."""

    class Meta:
        unknown = EXCLUDE

    answers_per_contact = fields.Integer(required=True, validate=validate.Range(0, MOST_ANSWERS))
    messages_per_day = fields.Integer(required=True, validate=validate.Range(0, MOST_MESSAGES))
    currency = PlainText(required=True, validate=validate.Regexp(rf"[^\W\d_]{{1,{LONGEST_CURRENCY}}}\Z"))


@dataclass(frozen=True, slots=True)
class Budget:
    """The day's budget of messages: how many went, of how many."""

    used: int
    allowed: int

    @property
    def percent(self) -> int:
        """How much is used, rounded down; all of it where nothing is allowed."""
        return 100 * self.used // self.allowed if self.allowed else 100

    @property
    def warned_from(self) -> int:
        """The number from which administrators are warned."""
        return math.ceil(WARN_AT * self.allowed)

    @property
    def is_nearly_used(self) -> bool:
        """Whether administrators are to be warned."""
        return self.used >= self.warned_from

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more goes out today."""
        return self.used >= self.allowed


def budget_of_today(session: Session, now: datetime) -> Budget:
    """How the day's budget stands."""
    return Budget(messages_today(session, now), current_policy(session).messages_per_day)


def problems_of(error: ValidationError) -> dict[str, str]:
    """What is wrong with the form, by field, in the language of the page."""
    return {name: str(PROBLEMS[name]) for name in PROBLEMS if name in error.messages}


def change_policy(session: Session, typed: Mapping[str, Any], *, actor: str) -> MessagingPolicy:
    """Set the limits, as PolicyIn gave them."""
    policy = locked_policy(session)
    changed = {name: value for name, value in typed.items() if getattr(policy, name) != value}
    for name, value in changed.items():
        setattr(policy, name, value)
    if "messages_per_day" in changed:
        policy.warned_on = None  # four fifths are another number now
    if changed:
        audit.record(session, Action.POLICY_CHANGED, "messaging:policy", actor=actor, detail=changed)
    return policy
