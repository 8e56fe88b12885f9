"""Second factors: who is asked for one, who has one, and whether this session passed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import app_codes, passkeys, spare_codes
from app.accounts.permissions import Permission, may
from app.current import current_settings
from app.models import Passkey, User


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can prove themselves by, besides the password."""

    has_app: bool
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def is_any(self) -> bool:
        """Whether they have a factor; recovery codes alone are none."""
        return self.has_app or bool(self.passkeys)

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways by which they can give one, the strongest first."""
        offered = {"passkey": bool(self.passkeys), "app": self.has_app, "code": self.codes_left > 0}
        return tuple(way for way, is_there in offered.items() if is_there)


def factors_of(session: Session, user: User) -> Factors:
    """A person's factors."""
    return Factors(
        app_codes.is_set(session, user),
        passkeys.passkeys_of(session, user),
        spare_codes.left(session, user),
    )


def is_asked_of(user: User) -> bool:
    """Whether a person must have a factor: who may open sealed things, except in a demonstration."""
    return may(user.role, Permission.OPEN_SEALED) and not current_settings().demonstration


def use(session: Session, user: User, way: str, typed: str, now: datetime, challenge: bytes | None) -> bool:
    """Whether what was given by one of the ways proves the person; codes are used up by it."""
    if way == "app":
        return app_codes.use(session, user, typed, now)
    if way == "code":
        return spare_codes.use(session, user, typed, now)
    return way == "passkey" and passkeys.use(session, user, typed, now, challenge)


def remove_all(session: Session, user: User) -> None:
    """Forget every factor of a person: who lost them all gets in by the help of another."""
    app_codes.remove(session, user)
    spare_codes.remove(session, user)
    for each in passkeys.passkeys_of(session, user):
        session.delete(each)
    session.flush()
