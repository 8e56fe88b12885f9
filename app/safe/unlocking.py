"""Unlocking: a person's private key, opened by their password, for as long as their session lasts.

`at_sign_in` does it where the password was just verified, `unlock` on a page of its own for who signed in otherwise.
"""

from __future__ import annotations

from typing import cast

from flask import g
from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from app.accounts.session import signed_in_user
from app.database import db, transaction
from app.models import User
from app.safe import keeping, user_keys
from app.safe.errors import FACTOR_MISSING, LOCKED, SafeError
from app.safe.holding import Unlocked
from app.safe.strength import is_strong


def unlock(session: Session, user: User, password: str) -> Unlocked | None:
    """Open a person's private key with the safe's password and keep it for this session; None for a wrong one.

    Takes about half a second: call it with no write transaction open.
    """
    key = user_keys.key_of(session, user.id)
    private = user_keys.open_own(key, password) if key is not None else None
    return None if private is None else _remember(user, private)


def at_sign_in(user: User, password: str) -> Unlocked | None:
    """Open the safe of somebody who just proved this password; their key pair is made the first time.

    Call it after the sign-in's own transaction, before or after `begin`. None where the safe has another password:
    the pages then ask for that one.
    """
    if user_keys.key_of(db.session(), user.id) is not None:
        return unlock(db.session(), user, password)
    prepared = user_keys.prepare(password)
    with transaction() as session:
        is_kept = user_keys.keep(session, session.get_one(User, user.id), prepared)
    if not is_kept:  # another request of the same person was quicker
        return unlock(db.session(), user, password)
    return _remember(user, prepared.private)


def unlocked() -> Unlocked | None:
    """What the person of this request can open, or None while their safe is locked in this session."""
    if "unlocked_safe" not in g:
        user = signed_in_user()
        private = keeping.kept(user.id) if user is not None else None
        g.unlocked_safe = Unlocked(user.id, private, is_strong()) if user and private else None
    return cast("Unlocked | None", g.unlocked_safe)


def must_be_unlocked() -> Unlocked:
    """The same, for who can't go on without. Raises SafeError(`safe_locked`)."""
    found = unlocked()
    if found is None:
        raise SafeError(LOCKED)
    return found


def check_factor() -> None:
    """Raises SafeError(`factor_missing`) unless a second factor was given in this session."""
    if not is_strong():
        raise SafeError(FACTOR_MISSING)


def lock() -> None:
    """Close the safe in this session; signing out does."""
    g.pop("unlocked_safe", None)
    keeping.drop()


def _remember(user: User, private: PrivateKey) -> Unlocked:
    keeping.keep(user.id, private)
    g.pop("unlocked_safe", None)
    return Unlocked(user.id, private, is_strong())
