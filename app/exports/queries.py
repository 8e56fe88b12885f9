"""Which cases an export holds, and which exports were made before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, selectinload

from app.casework.visibility import readable_cases
from app.clock import BAMAKO
from app.models import Act, Case, ExportRecord, Finding, User, Verification

READ_AT_ONCE = 500
EARLIER_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """What an export is limited to; days are Bamako's, both included. `period` is `received` or `verified`."""

    period: str = "verified"
    first: date | None = None
    last: date | None = None
    region: str = ""
    violation: str = ""

    def as_record(self) -> dict[str, str]:
        """What the record of the export keeps."""
        days = {"first": self.first, "last": self.last}
        known = {name: day.isoformat() for name, day in days.items() if day}
        return {"period": self.period, **known, "region": self.region, "violation": self.violation}

    @classmethod
    def from_record(cls, kept: Mapping[str, str]) -> ExportFilter:
        """The filter that a record kept."""
        first, last = kept.get("first"), kept.get("last")
        return cls(
            period=kept.get("period", "verified"),
            first=date.fromisoformat(first) if first else None,
            last=date.fromisoformat(last) if last else None,
            region=kept.get("region", ""),
            violation=kept.get("violation", ""),
        )


def exportable_cases(user: User, wanted: ExportFilter) -> Select[Case]:
    """Verified cases whose account this person may read and nobody withdrew, as the filter limits them."""
    statement = readable_cases(user).where(
        Case.verification == Verification.VERIFIED, Case.is_withdrawn.is_(False)
    )
    moment = Case.verified_at if wanted.period == "verified" else Case.received_at
    if wanted.first:
        statement = statement.where(moment >= _midnight(wanted.first))
    if wanted.last:
        statement = statement.where(moment < _midnight(wanted.last + timedelta(days=1)))
    if wanted.region:
        statement = statement.where(Case.region_code == wanted.region)
    if wanted.violation:
        statement = statement.where(
            exists().where(
                Act.case_id == Case.id, Act.violation_code == wanted.violation, Act.removed_at.is_(None)
            )
        )
    return statement


def count_exportable(session: Session, user: User, wanted: ExportFilter) -> int:
    """How many cases would go out."""
    return session.scalar(exportable_cases(user, wanted).with_only_columns(func.count(Case.id))) or 0


def stream(session: Session, user: User, wanted: ExportFilter) -> Iterator[Case]:
    """The cases in the order of their references, a few hundred in memory at a time."""
    statement = (
        exportable_cases(user, wanted)
        .order_by(Case.number)
        .options(selectinload(Case.acts), selectinload(Case.findings.and_(Finding.kind == "actor")))
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for part in session.scalars(statement).partitions():
        yield from part


def earlier_exports(session: Session, user: User) -> Sequence[ExportRecord]:
    """What this person's organisation took before, the latest first."""
    return (
        session.scalars(
            select(ExportRecord)
            .join(User, User.id == ExportRecord.user_id)
            .where(User.organisation_id == user.organisation_id)
            .order_by(ExportRecord.made_at.desc(), ExportRecord.id)
            .limit(EARLIER_SHOWN)
        )
        .unique()
        .all()
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BAMAKO).astimezone(UTC)
