"""Telling people by mail and text: what is due is gathered, then each mail is claimed, handed over, and marked.

A mail whose worker died between is never sent again: nobody can tell whether it went.
"""

from __future__ import annotations

import smtplib
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import transaction
from app.models import MailKey, MailKeyState, NoticeDelivery, NoticeState, NoticeWay, User
from app.notifications.kinds import NoticeKind
from app.notifications.preferences import keys_of
from app.notifications.service import erase_old, notify
from workers.notifications.gathering import RECENT, gather, unread_and_visible
from workers.notifications.mail_keys import KeyRefused, encrypt
from workers.notifications.mailing import Recipient, hand_over, mail_server, write_mail

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

CLAIM = timedelta(minutes=5)  # longer than a mail takes
MOST_AT_ONCE = 50  # mails of one run; the clock comes again soon
MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=5)
KEY_PAUSE = timedelta(minutes=1)
_TEMPORARY, _END = 400, 500  # SMTP answers between them ask to try again later


def send_notices(keys: Keys) -> None:
    """Tell everybody to whom something is due, and delete what is old."""
    is_on = bool(keys.settings.mail_sender and keys.workers.smtp_url)
    with transaction() as session:
        now = utcnow()
        erase_old(session, now)
        _give_up_lost(session, now)
        gather(session, now, [NoticeWay.SMS, *([NoticeWay.EMAIL] if is_on else [])])
        has_mail = is_on and session.scalar(_due(now).limit(1)) is not None
    if has_mail:
        _send_mails(keys)


def _send_mails(keys: Keys) -> None:
    """Hand over what is queued. A server that can't be reached is told nothing, and nothing was claimed."""
    try:
        with mail_server(keys.workers.smtp_url) as server:
            for _ in range(MOST_AT_ONCE):
                recipient = _claim()
                if recipient is None:
                    return
                _send(keys, server, recipient)
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("mail_server_unreachable", error=type(error).__name__)


def _send(keys: Keys, server: smtplib.SMTP, recipient: Recipient) -> None:
    """One mail. Where it can't be encrypted to the person's key it isn't sent, and the console says so."""
    clear = write_mail(keys.settings.mail_sender, keys.settings.public_url, recipient)
    try:
        message = encrypt(clear, recipient.key_kind, recipient.key) if recipient.key_kind else clear
    except KeyRefused as refused:
        _mark(recipient.delivery_id, NoticeState.FAILED, f"key-{refused.code}")
        return
    try:
        hand_over(server, keys.settings.mail_sender, recipient, message)
    except smtplib.SMTPRecipientsRefused as refusal:
        _refused(recipient.delivery_id, max(code for code, _ in refusal.recipients.values()))
    except smtplib.SMTPResponseException as refusal:
        _refused(recipient.delivery_id, refusal.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        _mark(recipient.delivery_id, NoticeState.UNKNOWN, "interrupted")
        raise smtplib.SMTPServerDisconnected from error
    else:
        _mark(recipient.delivery_id, NoticeState.SENT)


def _refused(delivery_id: uuid.UUID, code: int) -> None:
    """The server certainly didn't take it: tried again for some hours where it asks for that."""
    with transaction() as session:
        delivery = session.get_one(NoticeDelivery, delivery_id, with_for_update=True)
        if _TEMPORARY <= code < _END and delivery.attempts < MOST_ATTEMPTS:
            delivery.state, delivery.claimed_until = NoticeState.QUEUED, None
            delivery.available_at = utcnow() + FIRST_PAUSE * 2 ** (delivery.attempts - 1)
            return
        _end(session, delivery, NoticeState.FAILED, f"smtp-{code}")


def _mark(delivery_id: uuid.UUID, state: NoticeState, failure: str = "") -> None:
    with transaction() as session:
        _end(session, session.get_one(NoticeDelivery, delivery_id, with_for_update=True), state, failure)


def _end(session: Session, delivery: NoticeDelivery, state: NoticeState, failure: str = "") -> None:
    delivery.state, delivery.failure = state, failure
    delivery.claimed_until, delivery.ended_at = None, utcnow()
    if state is NoticeState.FAILED:
        notify(session, NoticeKind.EMAIL_FAILED, [session.get_one(User, delivery.user_id)])


def _claim() -> Recipient | None:
    """The oldest mail that is due, this worker's alone from here on; what nobody needs any more is dropped."""
    with transaction() as session:
        while (delivery := _oldest(session, utcnow())) is not None:
            user = session.get_one(User, delivery.user_id)
            if _is_over(session, user, delivery):
                _end(session, delivery, NoticeState.CANCELLED, "read")
            elif (key := _key(session, user)) is not None and key.state == MailKeyState.CHECKING:
                delivery.available_at = utcnow() + KEY_PAUSE
            else:
                return _begin(delivery, user, key)
            session.flush()
    return None


def _begin(delivery: NoticeDelivery, user: User, key: MailKey | None) -> Recipient:
    delivery.state, delivery.claimed_until = NoticeState.SENDING, utcnow() + CLAIM
    delivery.attempts += 1
    language = user.language
    if key is None:
        return Recipient(delivery.id, user.email, language)
    return Recipient(delivery.id, user.email, language, key.kind, bytes(key.content))


def _is_over(session: Session, user: User, delivery: NoticeDelivery) -> bool:
    """Whether everything it is about was read meanwhile, or may no longer be seen, or the person left."""
    if not user.is_active or not user.organisation.is_active:
        return True
    waiting = unread_and_visible(session, user, delivery.created_at - RECENT)
    return all(each.email_delivery_id != delivery.id for each in waiting)


def _key(session: Session, user: User) -> MailKey | None:
    """The key that a mail must be encrypted to: one that is being checked before the one in use."""
    found = {key.state: key for key in keys_of(session, user.id)}
    return found.get(MailKeyState.CHECKING) or found.get(MailKeyState.USABLE)


def _oldest(session: Session, now: datetime) -> NoticeDelivery | None:
    statement = _due(now).order_by(NoticeDelivery.available_at).limit(1)
    return session.scalars(statement.with_for_update(skip_locked=True)).first()


def _due(now: datetime) -> Select[NoticeDelivery]:
    return select(NoticeDelivery).where(
        NoticeDelivery.way == NoticeWay.EMAIL,
        NoticeDelivery.state == NoticeState.QUEUED,
        NoticeDelivery.available_at <= now,
    )


def _give_up_lost(session: Session, now: datetime) -> None:
    """A mail whose worker died may have gone: it is never sent again."""
    session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.state == NoticeState.SENDING, NoticeDelivery.claimed_until < now)
        .values(state=NoticeState.UNKNOWN, failure="interrupted", claimed_until=None, ended_at=now)
    )
