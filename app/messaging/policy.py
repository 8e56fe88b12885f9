"""How much the machine may write in a day: to one contact, and altogether. Days are those of Bamako."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import BAMAKO
from app.database import insert_unless_there
from app.models import GatewayState, Message, MessagePurpose, MessagingPolicy, SendAttempt

logger = structlog.get_logger()

AUTOMATIC = frozenset(
    {MessagePurpose.ANSWER, MessagePurpose.PROMPT, MessagePurpose.NOTICE, MessagePurpose.COLLEAGUE}
)
WARN_AT = 0.8  # of the installation's daily budget (issue 3: "a warning to administrators at 80 %")
# Attempts that certainly sent nothing cost nothing. An open one, or one that nobody can tell of, may have.
MAY_HAVE_SENT = ("", "accepted", "unknown")


class Verdict(StrEnum):
    """Whether budgets leave room for one more text, and which doesn't."""

    FREE = "free"
    CONTACT_USED = "budget-contact"
    INSTALLATION_USED = "budget"


def start_of_day(now: datetime) -> datetime:
    """The last midnight in Bamako, in the zone of `now`."""
    midnight = now.astimezone(BAMAKO).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(now.tzinfo)


def is_automatic(purpose: str) -> bool:
    """Whether the machine writes such a text by itself."""
    return purpose in AUTOMATIC


def current_policy(session: Session) -> MessagingPolicy:
    """The policy as it stands, to be read: until an administrator changed it, the shipped one, not stored."""
    return session.get(MessagingPolicy, 1) or _shipped()


def locked_policy(session: Session) -> MessagingPolicy:
    """The policy's row, made if there is none, and locked until the transaction ends.

    Whoever claims a message holds it, so that budgets and rates are counted by one at a time.
    """
    statement = select(MessagingPolicy).where(MessagingPolicy.id == 1).with_for_update()
    fresh = statement.execution_options(populate_existing=True)
    found = session.scalars(fresh).one_or_none()
    if found is not None:
        return found
    session.execute(insert_unless_there(session, MessagingPolicy, [{"id": 1}], known_by=MessagingPolicy.id))
    return session.scalars(fresh).one()


def answers_today(session: Session, contact_id: uuid.UUID | None, now: datetime) -> int:
    """Automatic texts that went, or may have gone, to a contact since midnight."""
    statement = _sent_today(now).where(Message.contact_id == contact_id, Message.purpose.in_(AUTOMATIC))
    return session.scalar(statement) or 0


def messages_today(session: Session, now: datetime) -> int:
    """Texts of the whole installation that went, or may have gone, to a gateway since midnight."""
    slugs = select(GatewayState.slug)  # with them, the index on gateway and moment answers
    return session.scalar(_sent_today(now).where(SendAttempt.gateway.in_(slugs))) or 0


def budget(session: Session, contact_id: uuid.UUID | None, purpose: str, now: datetime) -> Verdict:
    """Whether one more text fits the day's budgets: only automatic ones count for a contact."""
    policy, is_counted = current_policy(session), contact_id is not None and is_automatic(purpose)
    if is_counted and answers_today(session, contact_id, now) >= policy.answers_per_contact:
        return Verdict.CONTACT_USED
    is_used = messages_today(session, now) >= policy.messages_per_day
    return Verdict.INSTALLATION_USED if is_used else Verdict.FREE


def may_answer(session: Session, contact_id: uuid.UUID | None, purpose: str, now: datetime) -> bool:
    """Whether budgets leave room for one more text of this purpose."""
    return budget(session, contact_id, purpose, now) is Verdict.FREE


def warn_if_nearly_used(session: Session, now: datetime) -> bool:
    """Once a day, put on record that four fifths of the installation's budget are used. Whether it did now."""
    policy, today, used = current_policy(session), now.astimezone(BAMAKO).date(), messages_today(session, now)
    if policy.warned_on == today or used < WARN_AT * policy.messages_per_day:
        return False
    policy = locked_policy(session)
    if policy.warned_on == today:
        return False
    policy.warned_on = today
    detail = {"used": used, "budget": policy.messages_per_day}
    audit.record(session, Action.BUDGET_NEARLY_USED, "messaging:policy", actor="worker", detail=detail)
    logger.warning("messaging_budget_nearly_used", count=used)
    return True


def _sent_today(now: datetime) -> Select[int]:
    return (
        select(func.count(SendAttempt.message_id.distinct()))
        .join(Message, Message.id == SendAttempt.message_id)
        .where(SendAttempt.started_at >= start_of_day(now), SendAttempt.result.in_(MAY_HAVE_SENT))
    )


def _shipped() -> MessagingPolicy:
    columns = MessagingPolicy.__table__.columns
    shipped = {
        name: columns[name].default.arg for name in ("answers_per_contact", "messages_per_day", "currency")
    }
    return MessagingPolicy(id=1, warned_on=None, **shipped)
