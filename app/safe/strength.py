"""Whether this session passed a second factor, without which nothing of the safe opens."""

from __future__ import annotations

from flask import session

from app.accounts.session import STRONG, signed_in_user
from app.current import current_settings


def is_strong() -> bool:
    """Whether the person proved more than a password in this session. A demonstration doesn't ask."""
    return current_settings().demonstration or _passed_a_factor()


def _passed_a_factor() -> bool:
    return signed_in_user() is not None and session.get(STRONG) is True
