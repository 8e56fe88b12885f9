"""What a contact wishes: whether and when one may write to them, STOP and START. The outbox keeps to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import BAMAKO, utcnow
from app.models import Contact, DeliveryState, Message, MessagePurpose, Report

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Allowed:
    """One may write now."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """One may write, but not before this moment."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """One may not write. `reason` is a code: `stopped`, `never`, or `hours` where the hours leave no moment."""

    reason: str


Permission = Allowed | NotBefore | Never


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants to be written to. Minutes are counted after midnight in Bamako; both None is any hour.

    The hours may go over midnight (22:00 to 05:00). With `has_cover` only the cover wording is ever sent.
    """

    is_never_written: bool = False
    safe_from_minute: int | None = None
    safe_until_minute: int | None = None
    has_cover: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for hours that aren't two different minutes of a day."""
        hours = (self.safe_from_minute, self.safe_until_minute)
        if hours == (None, None):
            return
        if any(minute is None or not 0 <= minute < MINUTES_A_DAY for minute in hours):
            raise ValueError("hours are two minutes of a day, or none")
        if self.safe_from_minute == self.safe_until_minute:
            raise ValueError("hours that begin when they end leave no moment")


def may_write(contact: Contact, now: datetime) -> Permission:
    """Whether this contact may be written to at a moment, by what they or a colleague for them asked."""
    if contact.stopped_at is not None:
        return Never("stopped")
    if contact.is_never_written:
        return Never("never")
    return _within_hours(contact.safe_from_minute, contact.safe_until_minute, now)


def _within_hours(first: int | None, last: int | None, now: datetime) -> Permission:
    """A lone beginning lasts until midnight, a lone end counts from midnight; equal ones leave no moment at all."""
    if first is None and last is None:
        return Allowed()
    start, end = first or 0, MINUTES_A_DAY if last is None else last
    if start == end:
        return Never("hours")
    local = now.astimezone(BAMAKO)
    minute = local.hour * 60 + local.minute
    is_inside = start <= minute < end if start < end else minute >= start or minute < end
    return Allowed() if is_inside else NotBefore(_next(start, local).astimezone(now.tzinfo))


def silent_from(contact: Contact, now: datetime) -> datetime | None:
    """When the hours in which one may write end next; None where there are no hours."""
    if contact.safe_from_minute is None and contact.safe_until_minute is None:
        return None
    end = (contact.safe_until_minute or 0) % MINUTES_A_DAY  # a lone beginning lasts until midnight
    return _next(end, now.astimezone(BAMAKO)).astimezone(now.tzinfo)


def _next(minute_of_day: int, local: datetime) -> datetime:
    """The next moment at which the clock in Bamako shows a minute of the day."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + timedelta(minutes=minute_of_day)
    return at if at > local else at + timedelta(days=1)


def wishes_of(contact: Contact) -> Wishes | None:
    """What is on record for a contact; None where its hours make no sense (then nothing is sent)."""
    try:
        return Wishes(
            contact.is_never_written, contact.safe_from_minute, contact.safe_until_minute, contact.has_cover
        )
    except ValueError:
        return None


def set_wishes(session: Session, contact: Contact, wishes: Wishes, *, actor: str) -> None:
    """Keep what a person wishes, and put on record which wishes changed, not what they are.

    "Never" also cancels what is queued for them.
    """
    names = ("is_never_written", "safe_from_minute", "safe_until_minute", "has_cover")
    changed = [name for name in names if getattr(contact, name) != getattr(wishes, name)]
    if not changed:
        return
    for name in changed:
        setattr(contact, name, getattr(wishes, name))
    if wishes.is_never_written:
        cancel_queued(session, contact, "never")
    _record(session, Action.CONTACT_WISHES_CHANGED, contact, actor, {"changed": changed})


def stop_contact(session: Session, contact: Contact, actor: str) -> int:
    """STOP: nothing goes to this contact from now on, by any gateway. How many queued texts it cancelled.

    A second STOP keeps the moment of the first. What a worker is handing over at this moment can't be called back.
    """
    is_new = contact.stopped_at is None
    contact.stopped_at = contact.stopped_at or utcnow()
    cancelled = cancel_queued(session, contact, "stopped")
    if is_new or cancelled:
        _record(session, Action.CONTACT_STOPPED, contact, actor, {"cancelled": cancelled})
    return cancelled


def start_contact(session: Session, contact: Contact, actor: str) -> None:
    """START: the contact may be written to again. What STOP cancelled stays cancelled, and "never" stays never."""
    if contact.stopped_at is None:
        return
    contact.stopped_at = None
    _record(session, Action.CONTACT_STARTED, contact, actor, {})


def cancel_queued(session: Session, contact: Contact, reason: str) -> int:
    """Cancel every text that waits for this contact, with a code as reason; how many there were."""
    session.flush()
    reports = select(Report.id).where(Report.contact_id == contact.id)
    cancelled = session.scalars(
        update(Message)
        .where(Message.state == DeliveryState.QUEUED, Message.purpose != MessagePurpose.TEST)
        .where((Message.contact_id == contact.id) | Message.report_id.in_(reports))
        .values(state=DeliveryState.CANCELLED, failure=reason)
        .returning(Message.id)
    ).all()
    return len(cancelled)


def _record(
    session: Session, action: Action, contact: Contact, actor: str, detail: dict[str, object]
) -> None:
    audit.record(session, action, f"contact:{contact.id}", actor=actor, detail=detail)
