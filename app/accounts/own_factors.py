"""Adding and removing one's own second factors: what is on record of it, and who is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import audit
from app.accounts import app_codes, passkeys, spare_codes
from app.accounts.factors import factors_of
from app.audit import Action
from app.clock import utcnow
from app.models import Passkey, User
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify


def add_app(session: Session, user: User, secret: str, step: int) -> Sequence[str]:
    """Keep an authenticator app that gave the code of `step`; the recovery codes if it is the first factor."""
    is_first = not factors_of(session, user).is_any
    app_codes.keep(session, user, secret, step, utcnow())
    _note(session, user, Action.FACTOR_ADDED, "app")
    return renew_codes(session, user) if is_first else ()


def add_passkey(
    session: Session, user: User, answer: str, name: str, challenge: bytes | None
) -> Sequence[str] | None:
    """Keep a passkey; the recovery codes if it is the first factor. None if the browser's answer doesn't hold."""
    is_first = not factors_of(session, user).is_any
    if passkeys.add(session, user, answer, name, challenge) is None:
        return None
    _note(session, user, Action.FACTOR_ADDED, "passkey")
    return renew_codes(session, user) if is_first else ()


def remove_app(session: Session, user: User) -> None:
    """Forget the person's app; with their last factor go the recovery codes."""
    if app_codes.remove(session, user):
        _after_removal(session, user, "app")


def remove_passkey(session: Session, user: User, passkey_id: uuid.UUID) -> bool:
    """Forget one of the person's own passkeys; False for any other."""
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.user_id != user.id:
        return False
    session.delete(passkey)
    session.flush()
    _after_removal(session, user, "passkey")
    return True


def renew_codes(session: Session, user: User) -> Sequence[str]:
    """Ten new recovery codes, to be shown once."""
    codes = spare_codes.renew(session, user, utcnow())
    _note(session, user, Action.SPARE_CODES_MADE, "code")
    return codes


def _after_removal(session: Session, user: User, way: str) -> None:
    if not factors_of(session, user).is_any:
        spare_codes.remove(session, user)
    _note(session, user, Action.FACTOR_REMOVED, way)


def _note(session: Session, user: User, action: Action, way: str) -> None:
    audit.record(session, action, f"user:{user.id}", actor=f"user:{user.id}", detail={"way": way})
    notify(session, NoticeKind.SECOND_FACTOR_CHANGED, [user])
