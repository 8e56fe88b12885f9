"""People of the desk and of partners, each with a browser, and a phone that a worker has sent a code to."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable

import pytest

from app.clock import utcnow
from app.database import transaction
from app.messaging.outbox import queue_text
from app.models import Channel, Contact, MessagePurpose, NoticePhone, User
from app.notifications.preferences import CODES_LAST
from tests.integration.casework.conftest import enter

__all__ = ["enter"]


@pytest.fixture
def make_phone() -> Callable[[User], NoticePhone]:
    """`make_phone(user)`: a phone to which a code went."""

    def make(user: User) -> NoticePhone:
        with transaction() as session:
            contact = Contact(id=uuid.uuid4(), digest=os.urandom(32), sealed_address=b"sealed")
            session.add(contact)
            session.flush()
            message = queue_text(
                session,
                MessagePurpose.COLLEAGUE,
                channel=Channel.SMS,
                contact_id=contact.id,
                template="notice_code",
            )
            phone = NoticePhone(
                user_id=user.id,
                sealed_address=b"sealed",
                ending="56",
                contact_id=contact.id,
                message_id=message.id,
                code_expires_at=utcnow() + CODES_LAST,
            )
            session.add(phone)
            return phone

    return make
