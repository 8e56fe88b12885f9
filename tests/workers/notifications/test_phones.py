"""Texts to a colleague's own phone: confirmed by a code, by the same outbox as all texts, and never a reporter's."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.messaging.harmlessness import harmful_words
from app.models import Contact, Message, MessagePurpose, NoticePhone, Notification, Rhythm, User
from app.notifications.kinds import NoticeKind
from app.notifications.preferences import confirm_phone, give_phone, phone_of
from app.notifications.service import notify
from workers.contacts import locked_contact
from workers.notifications import prepare_phone, send_notices
from workers.notifications.phones import stop_colleague
from workers.outbox.composing import write_letter
from workers.processing import Keys

NUMBER = "+22370123456"


def texts() -> list[Message]:
    """What was handed to the outbox, the oldest first."""
    db.session.rollback()
    statement = select(Message).where(Message.purpose == MessagePurpose.COLLEAGUE)
    return list(db.session.scalars(statement.order_by(Message.created_at)))


def said(keys: Keys, message: Message) -> str:
    """What the phone shows; the number is the one that was given."""
    contact = db.session.get_one(Contact, message.contact_id)
    letter = write_letter(db.session(), keys, message, contact, None)
    assert letter.address == NUMBER
    return letter.text


def give(keys: Keys, user: User) -> NoticePhone:
    """A phone as a person gives it; a worker sends its code once."""
    with transaction() as session:
        phone_id = give_phone(session, keys.settings, session.get_one(User, user.id), "70 12 34 56").id
    prepare_phone(keys, phone_id)
    prepare_phone(keys, phone_id)
    return db.session.get_one(NoticePhone, phone_id)


def told(user: User) -> None:
    """Something waits for a person who wants texts at once."""
    with transaction() as session:
        notify(session, NoticeKind.NEW_DEVICE, [session.get_one(User, user.id)])


def test_a_confirmed_phone_is_told_and_stop_ends_it(
    make_user: Callable[..., User], wants: Callable[..., None], keys: Keys
) -> None:
    user = make_user(language="fr")
    wants(user, sms_rhythm=Rhythm.AT_ONCE)
    give(keys, user)
    (code_text,) = texts()
    told(user)
    send_notices(keys)
    assert len(texts()) == 1  # nothing goes to a phone that isn't confirmed
    code = next(word.strip(".") for word in said(keys, code_text).split() if word.strip(".").isdigit())
    with transaction() as session:
        assert confirm_phone(session, keys.settings, session.get_one(User, user.id), code)
    send_notices(keys)
    send_notices(keys)
    _, notice = texts()
    text = said(keys, notice)
    assert text == "Quelque chose vous attend. Regardez quand vous pourrez."
    assert harmful_words(text) == []
    with transaction() as session:
        stop_colleague(session, keys.workers, NUMBER, is_stop=True)
    with transaction() as session:
        notify(session, NoticeKind.SECOND_FACTOR_CHANGED, [session.get_one(User, user.id)])
    send_notices(keys)
    assert len(texts()) == 2
    kinds = set(db.session.scalars(select(Notification.kind)))
    assert "sms_failed" in kinds
    phone = phone_of(db.session(), user.id)
    assert phone is not None
    assert (phone.confirmed_at, phone.problem) == (None, "stopped")


def test_nothing_says_that_a_colleague_and_a_reporter_have_one_phone(
    make_user: Callable[..., User], keys: Keys
) -> None:
    with transaction() as session:
        reporter = locked_contact(session, keys.settings, keys.workers, NUMBER).id
    phone = give(keys, make_user())
    assert phone.contact_id is not None
    assert phone.contact_id != reporter
    assert phone.code_expires_at is not None
    assert phone.code_expires_at > utcnow()
