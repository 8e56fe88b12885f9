"""Which cases an export holds: what a person wants, in the words that the record keeps, and the cases of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from app.casework.filtering import conditions
from app.casework.inbox_schemas import inbox_filter
from app.casework.views import ANY, InboxFilter
from app.casework.visibility import readable_cases
from app.clock import BAMAKO
from app.current import current_settings
from app.models import Case, Referral, SavedView, User, Verification

ANY_VERIFICATION = "any"  # also what nobody verified: at the commission's own level only
PERIODS = ("verified", "received", "occurred")
_DAYS = ("first", "last")


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """What an export is limited to; empty means everything. Days are Bamako's, both included.

    `period` says what the days are of, one of PERIODS. `view` is the id of a saved view and `view_address` what that
    view said when it was chosen: it may say something else by tomorrow.
    """

    period: str = "verified"
    first: date | None = None
    last: date | None = None
    region: str = ""
    cercle: str = ""
    violation: str = ""
    actor: str = ""  # a category of alleged authors
    verification: str = Verification.VERIFIED
    status: str = ""
    referred_to: uuid.UUID | None = None
    referral_state: str = ""
    view: uuid.UUID | None = None
    view_address: tuple[tuple[str, str], ...] = ()

    @property
    def is_verified_only(self) -> bool:
        """Whether nothing goes out that two people haven't found to be so."""
        return self.verification == Verification.VERIFIED

    def as_record(self) -> dict[str, Any]:
        """What the record of an export keeps: nothing for what is as usual anyway, but always the period's kind."""
        usual = ExportFilter()
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        kept = {name: _plain(value) for name, value in said.items() if value != getattr(usual, name)}
        return {"period": self.period, **kept}

    @classmethod
    def from_record(cls, kept: Mapping[str, Any]) -> ExportFilter:
        """The filter that a record kept, also one of an earlier release."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: _read(name, value) for name, value in kept.items() if name in known and value})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return dict(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(name: str, value: Any) -> Any:
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in {"referred_to", "view"}:
        return uuid.UUID(value)
    return tuple(sorted(value.items())) if name == "view_address" else value


def of_view(view: SavedView) -> dict[str, Any]:
    """What choosing a saved view says, to be put into a filter."""
    return {"view": view.id, "view_address": tuple(sorted(view.address.items()))}


def chosen_cases(user: User, wanted: ExportFilter) -> Select[Case]:
    """The cases of an export: of those whose account this person may read the ones that nobody withdrew, as the filter
    limits them. No order, and whole objects: callers say which columns they need.
    """
    statement = readable_cases(user).where(Case.is_withdrawn.is_(False))
    if not current_settings().demonstration:
        statement = statement.where(Case.is_demonstration.is_(False))  # invented ones are nobody's figures
    if wanted.view_address:
        statement = statement.where(*conditions(user, inbox_filter(dict(wanted.view_address))))
    return statement.where(*conditions(user, _as_inbox(wanted)), *_days(wanted), *_referral(user, wanted))


def count_chosen(session: Session, user: User, wanted: ExportFilter) -> int:
    """How many cases that are, before anything is withheld."""
    statement = chosen_cases(user, wanted).with_only_columns(func.count(Case.id), maintain_column_froms=True)
    return session.scalar(statement) or 0


def _as_inbox(wanted: ExportFilter) -> InboxFilter:
    verification = "" if wanted.verification == ANY_VERIFICATION else wanted.verification
    return InboxFilter(
        status=wanted.status or ANY,
        verification=verification,
        violation=wanted.violation,
        region=wanted.region,
        cercle=wanted.cercle,
        actor=wanted.actor,
    )


def _days(wanted: ExportFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.period == "occurred":
        if wanted.first:
            yield Case.occurred_from >= wanted.first
        if wanted.last:
            yield Case.occurred_from <= wanted.last
        return
    moment = Case.verified_at if wanted.period == "verified" else Case.received_at
    if wanted.first:
        yield moment >= midnight(wanted.first)
    if wanted.last:
        yield moment < midnight(wanted.last + timedelta(days=1))


def _referral(user: User, wanted: ExportFilter) -> Iterator[ColumnElement[bool]]:
    """To whom, and how that stands. Others than the desk's people ask about their own organisation only: to whom else
    a case went isn't theirs to learn.
    """
    if wanted.referred_to is None and not wanted.referral_state:
        return
    is_desk = user.organisation.sees_every_case
    organisation_id = wanted.referred_to if is_desk else user.organisation_id
    referral = select(Referral.id).where(Referral.case_id == Case.id)
    if organisation_id is not None:
        referral = referral.where(Referral.organisation_id == organisation_id)
    if wanted.referral_state:
        referral = referral.where(Referral.state == wanted.referral_state)
    yield exists(referral.correlate(Case))


def midnight(day: date) -> datetime:
    """When a day begins in Bamako, in UTC."""
    return datetime.combine(day, time(), BAMAKO).astimezone(UTC)
