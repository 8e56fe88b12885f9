"""Routing rules: what stands in the table, every version that ever did, and what a version would have done."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation, User


class ConsentCondition(StrEnum):
    """What a rule may ask about the wishes of those who reported. It narrows; consent itself is never passed over."""

    ANY = ""
    ALLOWED = "allowed"  # somebody was asked, and everybody who was asked allows this kind of organisation
    NEVER_ASKED = "never_asked"  # as with an SMS


class Weekday(StrEnum):
    """Days as conditions name them; the order is that of `datetime.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class RoutingRule(Identified, Base):
    """One line of the routing table as it stands now; empty conditions match everything.

    `region_codes` and `cercle_codes` are one condition: a case in any of them. `actors` are codes of authors or of
    whole categories. Hours are whole hours in Bamako at which the case came in, `until_hour` exclusive, over midnight
    where it is the smaller. `closed_because` says why the machine closed it, if it did.
    """

    __tablename__ = "routing_rule"

    name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    violations: Mapped[list[str]] = mapped_column(default=list)
    region_codes: Mapped[list[str]] = mapped_column(default=list)
    cercle_codes: Mapped[list[str]] = mapped_column(default=list)
    actors: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    channels: Mapped[list[str]] = mapped_column(default=list)
    days: Mapped[list[str]] = mapped_column(default=list)
    from_hour: Mapped[int | None]
    until_hour: Mapped[int | None]
    consent: Mapped[str] = mapped_column(String(15), default=ConsentCondition.ANY)
    minimum_urgency: Mapped[int] = mapped_column(default=0)
    minimum_confidence: Mapped[float] = mapped_column(default=0.5)
    deadline_hours: Mapped[int] = mapped_column(default=72)
    disclosure: Mapped[str] = mapped_column(String(15), default="anonymised")
    sends_at_once: Mapped[bool] = mapped_column(default=True)  # else it proposes, and a person sends
    is_active: Mapped[bool] = mapped_column(default=True)
    closed_because: Mapped[str] = mapped_column(String(30), default="")
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class RuleVersion(Identified, Base):
    """What a rule said from one moment on: never changed once made. `content` is as in app/rules/content.py."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("rule_id", "version"),)

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("routing_rule.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    saved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))  # None: the machine
    reason: Mapped[str] = mapped_column(Text, default="")  # what the person wrote, or a code of the machine's

    saved_by: Mapped[User | None] = relationship(lazy="joined")


class PreviewState(StrEnum):
    """How far a worker is with a preview."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class RulePreview(Identified, Base):
    """A rule as somebody means to save it, and what it would have done to past cases, worked out by a worker.

    `rule_id` and `base_version` say what it would replace; None and 0 for a new rule. `result` holds counts and ids.
    """

    __tablename__ = "rule_preview"

    rule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("routing_rule.id"), index=True)
    base_version: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=PreviewState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    cases_total: Mapped[int] = mapped_column(default=0)
    cases_done: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[datetime | None]  # when it became a version: it can't become another
