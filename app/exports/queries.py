"""Exports that were asked for: one's own, and those that the register shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.exports.askers import may_read_all
from app.exports.selection import midnight
from app.models import ExportRecord, Organisation, User

OWN_SHOWN = 20
REGISTER_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which exports: asked for on these days (Bamako's, both included), none for any."""

    first: date | None = None
    last: date | None = None

    def as_record(self) -> dict[str, str]:
        """What the record of an exported register keeps."""
        days = {"first": self.first, "last": self.last}
        return {name: day.isoformat() for name, day in days.items() if day}

    @classmethod
    def from_record(cls, kept: dict[str, str]) -> RegisterFilter:
        """The filter that a record kept."""
        return cls(
            **{name: date.fromisoformat(day) for name, day in kept.items() if name in {"first", "last"}}
        )


def own_exports(session: Session, user: User) -> Sequence[ExportRecord]:
    """What this person asked for, the latest first."""
    statement = select(ExportRecord).where(ExportRecord.user_id == user.id)
    return session.scalars(statement.order_by(ExportRecord.number.desc()).limit(OWN_SHOWN)).unique().all()


def register(user: User, wanted: RegisterFilter) -> Select[ExportRecord]:
    """The exports that a person may read about: their organisation's, or everybody's. Without an order."""
    statement = select(ExportRecord)
    if not may_read_all(user):
        statement = statement.where(ExportRecord.organisation_id == user.organisation_id)
    if wanted.first:
        statement = statement.where(ExportRecord.asked_at >= midnight(wanted.first))
    if wanted.last:
        statement = statement.where(ExportRecord.asked_at < midnight(wanted.last + timedelta(days=1)))
    return statement


def register_page(session: Session, user: User, wanted: RegisterFilter) -> tuple[int, Sequence[ExportRecord]]:
    """How many exports the register holds of a period, and the latest of them."""
    statement = register(user, wanted)
    count = session.scalar(statement.with_only_columns(func.count(ExportRecord.id))) or 0
    latest = statement.order_by(ExportRecord.number.desc()).limit(REGISTER_SHOWN)
    return count, session.scalars(latest).unique().all()


def recipients(session: Session) -> Sequence[Organisation]:
    """The organisations that an export can be for, by name."""
    statement = select(Organisation).where(Organisation.is_active).order_by(Organisation.name)
    return session.scalars(statement).all()
