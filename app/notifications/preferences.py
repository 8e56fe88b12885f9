"""How a person wants to be told, their key for mail, and their own phone: kept, changed and taken away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.messaging.numbers import international
from app.models import MailKey, MailKeyState, NoticePhone, NoticePreference, Rhythm, User
from app.notifications.codes import is_code
from app.queue import JobName, owe, owe_again
from app.sealing import seal
from app.settings import Settings

LARGEST_KEY = 64 * 1024  # bytes
MOST_TRIES = 5
CODES_LAST = timedelta(minutes=30)
SHIPPED_MINUTE = 8 * 60
_PRIVATE = ("PRIVATE KEY",)  # of PEM and of OpenPGP's armour alike
_HEADS = {"-----BEGIN PGP PUBLIC KEY BLOCK-----": "openpgp", "-----BEGIN CERTIFICATE-----": "smime"}


class PreferenceRefused(ValueError):
    """Something can't be kept as asked. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a person wants to be told. Minutes are those of a day in Bamako; both quiet ones or none."""

    email_rhythm: Rhythm
    sms_rhythm: Rhythm
    daily_minute: int = SHIPPED_MINUTE
    quiet_from_minute: int | None = None
    quiet_until_minute: int | None = None
    is_woken_by_urgent: bool = False


def preference_of(session: Session, user_id: uuid.UUID) -> NoticePreference:
    """How a person wants to be told; until they said so, the shipped way, not stored."""
    return session.get(NoticePreference, user_id) or NoticePreference(
        user_id=user_id,
        email_rhythm=Rhythm.HOURLY,
        sms_rhythm=Rhythm.NEVER,
        daily_minute=SHIPPED_MINUTE,
        quiet_from_minute=None,
        quiet_until_minute=None,
        is_woken_by_urgent=False,
    )


def change_preference(session: Session, user: User, wanted: Wanted) -> NoticePreference:
    """Keep how a person wants to be told. Raises PreferenceRefused("quiet")."""
    quiet = (wanted.quiet_from_minute, wanted.quiet_until_minute)
    if (quiet[0] is None) is not (quiet[1] is None) or (quiet[0] is not None and quiet[0] == quiet[1]):
        raise PreferenceRefused("quiet")
    preference = preference_of(session, user.id)
    for name in Wanted.__slots__:
        setattr(preference, name, getattr(wanted, name))
    preference.updated_at = utcnow()
    session.add(preference)
    _record(session, Action.NOTICES_CHANGED, user, "preference")
    return preference


def keys_of(session: Session, user_id: uuid.UUID) -> list[MailKey]:
    """The keys that a person gave for their mail: one in use at most, one being checked or refused at most."""
    statement = select(MailKey).where(MailKey.user_id == user_id).order_by(MailKey.created_at)
    return list(session.scalars(statement))


def offer_key(session: Session, user: User, text: str) -> MailKey:
    """Have a worker check a key or certificate; until then no mail goes. The one in use stays until it proved good.

    Raises PreferenceRefused: `key_private`, `key_unknown`, `key_long`.
    """
    given = text.strip()
    kind = next((kind for head, kind in _HEADS.items() if head in given), None)
    if any(word in given for word in _PRIVATE):
        raise PreferenceRefused("key_private")
    if kind is None:
        raise PreferenceRefused("key_unknown")
    if len(given.encode("utf-8", "replace")) > LARGEST_KEY:
        raise PreferenceRefused("key_long")
    session.execute(delete(MailKey).where(MailKey.user_id == user.id, MailKey.state != MailKeyState.USABLE))
    key = MailKey(id=uuid.uuid4(), user_id=user.id, kind=kind, content=given.encode("utf-8", "replace"))
    session.add(key)
    session.flush()
    owe(session, JobName.CHECK_MAIL_KEY, key.id)
    _record(session, Action.NOTICES_CHANGED, user, "key")
    return key


def remove_keys(session: Session, user: User) -> None:
    """Mails go unencrypted from now on; they say nothing."""
    session.execute(delete(MailKey).where(MailKey.user_id == user.id))
    _record(session, Action.NOTICES_CHANGED, user, "key_removed")


def phone_of(session: Session, user_id: uuid.UUID) -> NoticePhone | None:
    """A person's own phone, confirmed or not."""
    return session.scalar(select(NoticePhone).where(NoticePhone.user_id == user_id))


def give_phone(session: Session, settings: Settings, user: User, typed: str) -> NoticePhone:
    """Seal a person's number to the workers, who send a code to it. Raises `app.messaging.numbers.NotANumber`."""
    number = international(typed)
    phone = phone_of(session, user.id) or NoticePhone(id=uuid.uuid4(), user_id=user.id)
    phone.sealed_address = seal({"address": number}, settings.intake_public_key)
    phone.ending, phone.contact_id, phone.message_id = number[-2:], None, None
    phone.code_expires_at, phone.confirmed_at = utcnow() + CODES_LAST, None
    phone.tries, phone.problem = 0, ""
    session.add(phone)
    session.flush()
    owe_again(session, JobName.PREPARE_NOTICE_PHONE, phone.id)
    _record(session, Action.NOTICES_CHANGED, user, "phone")
    return phone


def confirm_phone(session: Session, settings: Settings, user: User, typed: str) -> bool:
    """Whether a code is the one that was sent; five wrong ones, or half an hour, end it. To be committed either way."""
    phone = session.scalar(select(NoticePhone).where(NoticePhone.user_id == user.id).with_for_update())
    if phone is None or phone.message_id is None or phone.tries >= MOST_TRIES:
        return False
    if phone.code_expires_at is None or phone.code_expires_at < utcnow():
        return False
    phone.tries += 1
    if not is_code(settings.lookup_key, phone.message_id, typed):
        return False
    phone.confirmed_at, phone.code_expires_at = utcnow(), None
    _record(session, Action.NOTICES_CHANGED, user, "phone_confirmed")
    return True


def remove_phone(session: Session, user: User) -> None:
    """Forget a person's number."""
    session.execute(delete(NoticePhone).where(NoticePhone.user_id == user.id))
    _record(session, Action.NOTICES_CHANGED, user, "phone_removed")


def _record(session: Session, action: Action, user: User, what: str) -> None:
    audit.record(session, action, f"user:{user.id}", actor=f"user:{user.id}", detail={"changed": what})
