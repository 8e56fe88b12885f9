"""Whether a text may be sent now. Pure but for the budgets, which are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.messaging.contacts import Never, NotBefore, may_write
from app.messaging.policy import Verdict, budget, is_automatic, start_of_day
from app.models import Contact, Message, MessagePurpose, Report, ReportState


@dataclass(frozen=True, slots=True)
class Cancel:
    """It may never be sent, for this reason (a code)."""

    reason: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """It may be sent, but not before this moment."""

    until: datetime


Objection = Cancel | PutOff


def objection(
    session: Session, message: Message, contact: Contact | None, report: Report | None, now: datetime
) -> Objection | None:
    """The first thing that speaks against sending a text now; None where nothing does.

    A test goes to a number that an administrator typed: only its age can speak against it.
    """
    if message.expires_at is not None and message.expires_at <= now:
        return Cancel("expired")
    if message.purpose == MessagePurpose.TEST:
        return None
    if report is not None and _is_withdrawn_for(message, report):
        return Cancel("withdrawn")
    if contact is None:
        return Cancel("no-contact")
    return (
        _by_wishes(contact, now) or _by_budget(session, message, contact, now) or _by_kind(message, contact)
    )


def _is_withdrawn_for(message: Message, report: Report) -> bool:
    """After a withdrawal only the machine's answer to it, or to a question about it, may still go out."""
    if report.state != ReportState.WITHDRAWN:
        return False
    is_about_it = report.withdrawn_at is not None and message.created_at >= report.withdrawn_at
    return not (is_about_it and message.purpose == MessagePurpose.ANSWER)


def _by_wishes(contact: Contact, now: datetime) -> Objection | None:
    match may_write(contact, now):
        case Never(reason):
            return Cancel(reason)
        case NotBefore(moment):
            return PutOff(moment)
    return None


def _by_budget(session: Session, message: Message, contact: Contact, now: datetime) -> Objection | None:
    """A colleague's question waits for the next day's budget; what the machine says would be stale by then."""
    verdict = budget(session, contact.id, message.purpose, now)
    if verdict is Verdict.FREE:
        return None
    if verdict is Verdict.INSTALLATION_USED and not is_automatic(message.purpose):
        return PutOff(start_of_day(now) + timedelta(days=1))
    return Cancel(verdict)


def _by_kind(message: Message, contact: Contact) -> Objection | None:
    return Cancel("machine") if contact.is_machine and is_automatic(message.purpose) else None
