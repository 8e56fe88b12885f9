"""A colleague's own phone: made a contact of its own, and sent the code that confirms it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import insert_unless_there, transaction
from app.messaging.contacts import start_contact, stop_contact
from app.messaging.outbox import queue_text
from app.models import Channel, Contact, MessagePurpose, NoticePhone, User
from app.notifications.preferences import CODES_LAST
from app.sealing import seal
from workers.contacts import colleague_digest
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys
    from workers.settings import WorkerSettings

CODE_TEXT = "notice_code"  # the key of the dialogue's text


def prepare_phone(keys: Keys, phone_id: uuid.UUID) -> None:
    """Send a code to a phone that a person gave; a second run sends none. A number that can't be opened is told."""
    with transaction() as session:
        phone = session.get(NoticePhone, phone_id, with_for_update=True)
        if phone is None or phone.message_id is not None or phone.confirmed_at is not None:
            return
        try:
            number = str(open_sealed(keys.workers, phone.sealed_address)["address"])
        except (CannotOpen, KeyError):
            phone.problem = "unreadable"
            return
        contact = _contact(session, keys, number)
        start_contact(
            session, contact, f"user:{phone.user_id}"
        )  # whoever gives a phone anew wants to hear again
        _send_code(session, phone, contact)


def stop_colleague(session: Session, workers: WorkerSettings, sender: str, *, is_stop: bool) -> None:
    """STOP and START from a phone hold for what it is sent as a colleague's, too."""
    digest = colleague_digest(workers, sender)
    contact = session.scalar(select(Contact).where(Contact.digest == digest))
    if contact is not None:
        (stop_contact if is_stop else start_contact)(session, contact, "reporter")


def _contact(session: Session, keys: Keys, number: str) -> Contact:
    digest = colleague_digest(keys.workers, number)
    row = {
        "id": uuid.uuid4(),
        "digest": digest,
        "sealed_address": seal({"address": number}, keys.settings.intake_public_key),
    }
    session.execute(insert_unless_there(session, Contact, [row], known_by=Contact.digest))
    return session.scalars(select(Contact).where(Contact.digest == digest)).one()


def _send_code(session: Session, phone: NoticePhone, contact: Contact) -> None:
    message = queue_text(
        session,
        MessagePurpose.COLLEAGUE,
        channel=Channel.SMS,
        contact_id=contact.id,
        template=CODE_TEXT,
        language=session.get_one(User, phone.user_id).language,
    )
    phone.contact_id, phone.message_id = contact.id, message.id
    phone.code_expires_at, phone.problem = utcnow() + CODES_LAST, ""
