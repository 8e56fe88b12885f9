"""Whether this session passed a second factor, without which nothing of the safe opens."""

from __future__ import annotations

from app.accounts.session import is_strong as _passed_a_factor
from app.current import current_settings


def is_strong() -> bool:
    """Whether the person proved more than a password in this session. A demonstration doesn't ask."""
    return current_settings().demonstration or _passed_a_factor()
