"""Between the password and the second factor: somebody who is expected, and may see nothing yet."""

from __future__ import annotations

import uuid

from flask import session as browser

from app.accounts.session import renew
from app.clock import utcnow
from app.database import db
from app.models import User

SECONDS = 600
_HALFWAY = "halfway"


def begin(user: User, onward: str) -> None:
    """Expect a second factor of this person, in a fresh session."""
    renew(str(user.id))
    browser[_HALFWAY] = {
        "user": str(user.id),
        "epoch": user.session_epoch,
        "at": utcnow().timestamp(),
        "next": onward,
    }


def expected() -> User | None:
    """Whose second factor this session waits for, if they are still welcome and it isn't too late."""
    kept = browser.get(_HALFWAY)
    if not isinstance(kept, dict) or utcnow().timestamp() - float(kept["at"]) > SECONDS:
        return None
    user = db.session.get(User, uuid.UUID(str(kept["user"])))
    is_welcome = user is not None and user.is_active and user.organisation.is_active
    return user if user and is_welcome and user.session_epoch == kept["epoch"] else None


def onward() -> str:
    """Where the person wanted to go; empty for nowhere in particular."""
    kept = browser.get(_HALFWAY)
    return str(kept.get("next", "")) if isinstance(kept, dict) else ""
