"""People's own key pairs: made at a first sign-in, put under a new password, thrown away with a lost one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from nacl.public import PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import insert_unless_there
from app.models import User, UserKey
from app.safe.boxes import ClosedKey, close_with, is_pair, open_with
from app.safe.grants import ask_for_grant, remove_grants


@dataclass(frozen=True, slots=True)
class PreparedKey:
    """A fresh key pair, closed under a password, that nobody has yet."""

    private: PrivateKey
    closed: ClosedKey


def key_of(session: Session, user_id: uuid.UUID) -> UserKey | None:
    """A person's key pair as it is kept, if they ever signed in with a password."""
    return session.scalar(select(UserKey).where(UserKey.user_id == user_id))


def prepare(password: str) -> PreparedKey:
    """A fresh key pair under a password. Slow: call it with no transaction open."""
    private = PrivateKey.generate()
    return PreparedKey(private, close_with(password, private))


def keep(session: Session, user: User, prepared: PreparedKey) -> bool:
    """Make a prepared pair this person's, unless they have one; whether it is theirs now.

    Members who could open the safe of their organisation to them are told.
    """
    closed = prepared.closed
    row = {
        "id": uuid.uuid4(),
        "user_id": user.id,
        "public_key": bytes(prepared.private.public_key),
        "sealed_private": closed.sealed,
        "salt": closed.salt,
        "operations": closed.operations,
        "memory_bytes": closed.memory_bytes,
        "created_at": utcnow(),
        "changed_at": utcnow(),
    }
    statement = insert_unless_there(session, UserKey, [row], known_by=UserKey.user_id)
    if session.scalar(statement.returning(UserKey.id)) is None:
        return False
    audit.record(session, Action.USER_KEY_MADE, f"user:{user.id}", actor=f"user:{user.id}")
    ask_for_grant(session, user)
    return True


def open_own(key: UserKey, password: str) -> PrivateKey | None:
    """The private half, or None for another password or an altered row. Slow, as `prepare`."""
    closed = ClosedKey(
        bytes(key.sealed_private), bytes(key.salt), operations=key.operations, memory_bytes=key.memory_bytes
    )
    private = open_with(password, closed)
    return private if private is not None and is_pair(private, key.public_key) else None


def change_password(session: Session, user: User, current: str, new: str) -> bool:
    """Put the same key pair under a new password; False (and nothing changed) where the present one doesn't open it.

    That is so for who signs in otherwise and gave the safe a password of its own. Takes about a second.
    """
    key = key_of(session, user.id)
    private = open_own(key, current) if key is not None else None
    if key is None or private is None:
        return False
    closed = close_with(new, private)
    key.sealed_private, key.salt = closed.sealed, closed.salt
    key.operations, key.memory_bytes = closed.operations, closed.memory_bytes
    key.changed_at = utcnow()
    audit.record(session, Action.USER_KEY_CHANGED, f"user:{user.id}", actor=f"user:{user.id}")
    return True


def forget(session: Session, user: User, *, actor: str) -> bool:
    """Throw away the key pair of somebody who lost their password, with every grant; True when there was one.

    A new pair is made when they next give a password, and a present member opens the safe to it, or the recovery
    code does. `actor` is as in the audit trail: "user:<id>" or "command".
    """
    key = key_of(session, user.id)
    if key is None:
        return False
    session.delete(key)
    session.flush()
    remove_grants(session, user.id)
    audit.record(session, Action.USER_KEY_FORGOTTEN, f"user:{user.id}", actor=actor)
    return True
