"""The gateways as a web process knows them: read anew every few seconds, and still known when the database is away."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from app.database import db
from app.intake.gateways.configured import ConfiguredGateway, find_gateway
from app.settings import Settings

SECONDS_KNOWN = 5.0  # a change in the console is in force everywhere after this
MOST_KNOWN = 200  # slugs are asked for by anybody: unknown ones aren't kept


@dataclass
class KnownGateways:
    """What one process knows. Looking a gateway up costs nothing while it is fresh."""

    settings: Settings
    _known: dict[str, tuple[float, ConfiguredGateway]] = field(default_factory=dict)

    def find(self, slug: str) -> ConfiguredGateway | None:
        """An enabled gateway, or None. Raises SQLAlchemyError when the database is away and it was never known."""
        remembered = self._known.get(slug)
        if remembered and time.monotonic() - remembered[0] < SECONDS_KNOWN:
            return remembered[1]
        try:
            found = find_gateway(db.session(), self.settings, slug)
        except SQLAlchemyError:
            if remembered is None:
                raise
            return remembered[1]
        self._remember(slug, found)
        return found

    def _remember(self, slug: str, found: ConfiguredGateway | None) -> None:
        self._known.pop(slug, None)
        if found is not None and len(self._known) < MOST_KNOWN:
            self._known[slug] = (time.monotonic(), found)
