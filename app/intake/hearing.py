"""Noting that a gateway is alive: at most once a minute and process, so that messages don't cost two writes."""

from __future__ import annotations

import time

import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.database import transaction
from app.models import GatewayState

logger = structlog.get_logger()

SECONDS_BETWEEN = 60.0


def note_heard(slug: str) -> None:
    """Remember that a genuine request came just now. Failing to is no reason to refuse the request."""
    noted: dict[str, float] = current_app.extensions.setdefault("seere_heard", {})
    if time.monotonic() - noted.get(slug, -SECONDS_BETWEEN) < SECONDS_BETWEEN:
        return
    noted[slug] = time.monotonic()
    try:
        with transaction() as session:
            state = session.get(GatewayState, slug) or GatewayState(slug=slug)
            session.add(state)
            state.last_heard_at = utcnow()
    except SQLAlchemyError as error:
        logger.warning("hearing_not_noted", gateway=slug, error=type(error).__name__)
