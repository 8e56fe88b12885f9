"""The one place that asks what time it is: aware UTC in storage, Africa/Bamako on screen."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BAMAKO = ZoneInfo("Africa/Bamako")


def utcnow() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return datetime.now(UTC)
