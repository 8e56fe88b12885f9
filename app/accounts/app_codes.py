"""Codes of an authenticator app (TOTP, RFC 6238): six digits that change every thirty seconds, each good once."""

from __future__ import annotations

from datetime import datetime

import pyotp
import segno
from sqlalchemy.orm import Session

from app.accounts import server_box
from app.models import AppSecret, User

STEP_SECONDS = 30
STEPS_EITHER_WAY = 1  # clocks of cheap phones are off; RFC 6238, section 5.2, advises one step at most
ISSUER = "Seere"
_PURPOSE = "app-secret"


def new_secret() -> str:
    """A fresh secret of 160 bits, as apps take it."""
    return pyotp.random_base32()


def picture(user: User, secret: str) -> str:
    """The secret as a QR code for an app to read: a `data:` address of an SVG picture."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff", dark="#000")


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The thirty seconds whose code this is, of those that count now; None for a wrong one. In constant time."""
    code = "".join(typed.split())[:12]
    present = int(now.timestamp()) // STEP_SECONDS
    steps = range(present - STEPS_EITHER_WAY, present + STEPS_EITHER_WAY + 1)
    clock = pyotp.TOTP(secret)
    fitting = [step for step in steps if pyotp.utils.strings_equal(code, clock.generate_otp(step))]
    return fitting[-1] if fitting else None


def is_set(session: Session, user: User) -> bool:
    """Whether a person has set up an app."""
    return session.get(AppSecret, user.id) is not None


def keep(session: Session, user: User, secret: str, step: int, now: datetime) -> None:
    """Put an app in place of the earlier one, once a first code of it was given; that code is used up by it."""
    remove(session, user)
    sealed = server_box.close(_PURPOSE, secret.encode("ascii"))
    session.add(AppSecret(user_id=user.id, sealed_secret=sealed, last_step=step, created_at=now))
    session.flush()


def remove(session: Session, user: User) -> bool:
    """Forget a person's app; False when there was none."""
    kept = session.get(AppSecret, user.id)
    if kept is None:
        return False
    session.delete(kept)
    session.flush()
    return True


def use(session: Session, user: User, typed: str, now: datetime) -> bool:
    """Whether this is a code of the person's app that counts now and was not used before; it is used then."""
    kept = session.get(AppSecret, user.id, with_for_update=True, populate_existing=True)
    secret = server_box.open_closed(_PURPOSE, kept.sealed_secret) if kept else None
    step = step_of(secret.decode("ascii"), typed, now) if secret else None
    if kept is None or step is None or step <= kept.last_step:
        return False
    kept.last_step = step
    session.flush()
    return True
