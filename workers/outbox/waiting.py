"""Places in a gateway's queue, so that messages that wait for its rate don't all come back at the same moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workers.outbox.choosing import Wait


@dataclass
class Places:
    """The places given in one run of one worker; other workers may give the same ones, and the later waits again."""

    taken_until: dict[str, datetime] = field(default_factory=dict)

    def place(self, wait: Wait, lasts: timedelta) -> datetime:
        """When a message that takes a gateway so long should be looked at again."""
        if not wait.slug:
            return wait.until
        at = max(wait.until, self.taken_until.get(wait.slug, wait.until))
        if wait.reconsider_at is not None and wait.reconsider_at < at:
            return wait.reconsider_at
        self.taken_until[wait.slug] = at + lasts
        return at
