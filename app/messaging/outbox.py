"""Queueing a text to a phone, in the caller's transaction. Sending it, or refusing to, is the workers'."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import Channel, DeliveryState, Direction, Message, MessagePurpose
from app.queue import owe_sending

# After this long a text no longer helps whom it is for, and might land in other hands.
EXPIRES_AFTER = {
    MessagePurpose.QUESTION: timedelta(days=3),
    MessagePurpose.ANSWER: timedelta(hours=12),
    MessagePurpose.PROMPT: timedelta(hours=12),
    MessagePurpose.NOTICE: timedelta(days=3),  # it can wait for the hours in which one may write
    MessagePurpose.TEST: timedelta(minutes=30),
    MessagePurpose.COLLEAGUE: timedelta(hours=4),
}
PRIORITY = {
    MessagePurpose.COLLEAGUE: 4,
    MessagePurpose.TEST: 5,
    MessagePurpose.ANSWER: 10,
    MessagePurpose.PROMPT: 20,
    MessagePurpose.NOTICE: 5,
    MessagePurpose.QUESTION: 20,
}
URGENT_PRIORITY = 50  # to a person in danger: before everything routine


def queue_text(
    session: Session,
    purpose: MessagePurpose,
    *,
    channel: Channel,
    contact_id: uuid.UUID | None = None,
    report_id: uuid.UUID | None = None,
    text: str | None = None,
    template: str | None = None,
    language: str = "fr",
    gateway: str = "",
    is_urgent: bool = False,
    written_by_id: uuid.UUID | None = None,
    sealed_address: bytes | None = None,
) -> Message:
    """Queue one text: either `text` as a colleague wrote it, or a `template` of the dialogue in a language.

    A receipt code in a template is worked out when it is sent, from the report: it is never stored.
    `gateway` is the one to go out by, as long as it can send. The message is flushed.
    """
    now = utcnow()
    message = Message(
        id=uuid.uuid4(),
        report_id=report_id,
        contact_id=contact_id,
        direction=Direction.OUTBOUND,
        state=DeliveryState.QUEUED,
        channel=channel,
        purpose=purpose,
        text=text,
        template=template,
        language=language,
        gateway=gateway,
        priority=URGENT_PRIORITY if is_urgent else PRIORITY[purpose],
        created_at=now,
        available_at=now,
        expires_at=now + EXPIRES_AFTER[purpose],
        written_by_id=written_by_id,
        sealed_address=sealed_address,
    )
    session.add(message)
    session.flush()
    owe_sending(session)
    return message


def has_due_messages(session: Session, now: datetime) -> bool:
    """Whether a text waits to be sent, or one being sent was left by a worker that died."""
    return session.scalar(select(Message.id).where(is_due(now)).limit(1)) is not None


def is_due(now: datetime) -> ColumnElement[bool]:
    """Messages whose turn has come, and those that a worker left: being sent, with a claim that ran out."""
    is_free = Message.claimed_until.is_(None) | (Message.claimed_until <= now)
    is_queued = and_(Message.state == DeliveryState.QUEUED, Message.available_at <= now)
    return and_(or_(is_queued, Message.state == DeliveryState.SENDING), is_free)
