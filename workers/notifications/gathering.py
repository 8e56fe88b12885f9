"""What is due for whom by which way: many things that wait make one mail or one text, since it says no more."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.casework.telling import is_visible_to
from app.messaging.outbox import queue_text
from app.models import (
    Channel,
    Contact,
    MessagePurpose,
    NoticeDelivery,
    NoticePhone,
    NoticePreference,
    NoticeState,
    NoticeWay,
    Notification,
    User,
)
from app.notifications.kinds import NoticeKind, facts
from app.notifications.preferences import phone_of, preference_of
from app.notifications.service import notify
from app.notifications.timing import after_quiet, due_at

RECENT = timedelta(days=2)  # what nobody could be told of for longer is left to the console
TEXT = "notice"  # the key of the dialogue's text


def gather(session: Session, now: datetime, ways: Collection[NoticeWay]) -> None:
    """Queue a mail and hand a text to the outbox for everybody to whom something is due, each once."""
    for user_id in _people(session, now):
        user = session.get_one(User, user_id)
        if user.is_active and user.organisation.is_active:
            _gather_for(session, user, now, ways)


def unread_and_visible(session: Session, user: User, since: datetime) -> list[Notification]:
    """What waits for a person and may be told to them, held so that nobody else tells of it too."""
    statement = (
        select(Notification)
        .where(Notification.user_id == user.id, Notification.read_at.is_(None))
        .where(Notification.created_at > since, is_visible_to(user))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def _people(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    untold = or_(Notification.email_delivery_id.is_(None), Notification.sms_delivery_id.is_(None))
    return session.scalars(
        select(Notification.user_id)
        .where(Notification.read_at.is_(None), Notification.created_at > now - RECENT, untold)
        .distinct()
    ).all()


def _gather_for(session: Session, user: User, now: datetime, ways: Collection[NoticeWay]) -> None:
    preference, waiting = preference_of(session, user.id), unread_and_visible(session, user, now - RECENT)
    for way in ways:
        untold = [each for each in waiting if way in facts(each.kind).ways and not _is_told(each, way)]
        if any(_is_due(preference, way, each, now) for each in untold):
            _tell(session, user, way, untold, now)


def _is_due(preference: NoticePreference, way: NoticeWay, waiting: Notification, now: datetime) -> bool:
    """Due, and not so late that it would now disturb: a moment that was missed may lie before quiet hours."""
    is_urgent = facts(waiting.kind).is_urgent
    moment = due_at(preference, way, waiting.created_at, is_urgent=is_urgent)
    if moment is None or moment > now:
        return False
    return (is_urgent and preference.is_woken_by_urgent) or after_quiet(preference, now) == now


def _is_told(waiting: Notification, way: NoticeWay) -> bool:
    told = waiting.email_delivery_id if way is NoticeWay.EMAIL else waiting.sms_delivery_id
    return told is not None


def _tell(
    session: Session, user: User, way: NoticeWay, untold: Sequence[Notification], now: datetime
) -> None:
    delivery = NoticeDelivery(
        id=uuid.uuid4(), user_id=user.id, way=way, created_at=now, available_at=now, attempts=0
    )
    if way is NoticeWay.SMS and not _hand_to_outbox(session, user, delivery, now):
        return
    session.add(delivery)
    session.flush()
    for each in untold:
        if way is NoticeWay.EMAIL:
            each.email_delivery_id = delivery.id
        else:
            each.sms_delivery_id = delivery.id


def _hand_to_outbox(session: Session, user: User, delivery: NoticeDelivery, now: datetime) -> bool:
    """Queue the text in this same transaction: from here on it is the outbox's, which keeps to STOP and budgets."""
    phone = phone_of(session, user.id)
    contact = session.get(Contact, phone.contact_id) if phone and phone.contact_id else None
    if phone is None or phone.confirmed_at is None or contact is None:
        return False
    delivery.ended_at = now
    if contact.stopped_at is not None:
        _stopped(session, user, phone, delivery)
        return True
    delivery.state = NoticeState.SENT
    queue_text(
        session,
        MessagePurpose.COLLEAGUE,
        channel=Channel.SMS,
        contact_id=contact.id,
        template=TEXT,
        language=user.language,
    )
    return True


def _stopped(session: Session, user: User, phone: NoticePhone, delivery: NoticeDelivery) -> None:
    """STOP was sent from the phone: it must be confirmed anew before anything goes to it."""
    phone.confirmed_at, phone.problem = None, "stopped"
    delivery.state, delivery.failure = NoticeState.FAILED, "stopped"
    notify(session, NoticeKind.SMS_FAILED, [user])
