"""Accepting what gateways hand over: durable in the database, or on the disk until the database is back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.database import db
from app.intake import spool
from app.intake.arrivals import Arriving, SealedArrival, prepare, store
from app.intake.gathering import Gathering
from app.settings import Settings

logger = structlog.get_logger()


_gathering = Gathering()


class Unavailable(RuntimeError):
    """Neither the database nor the disk took it: it must not be acknowledged."""


def accept(settings: Settings, gateway: str, arriving: Sequence[Arriving], received_at: datetime) -> None:
    """Make what arrived durable, each message once. Raises Unavailable: then nothing may be acknowledged."""
    sealed = [prepare(settings, gateway, one, received_at) for one in arriving]
    try:
        _store(sealed)
    except SQLAlchemyError as refusal:
        logger.error("arrivals_spooled", gateway=gateway, error=type(refusal).__name__, count=len(sealed))  # noqa: TRY400
        try:
            spool.keep(settings, sealed)
        except OSError as error:
            raise Unavailable from error


def _store(sealed: list[SealedArrival]) -> None:
    """On SQLite together with what others bring; PostgreSQL has as many writers as there are connections."""
    if db.engine.dialect.name == "sqlite":
        _gathering.keep(sealed)
    else:
        store(sealed)
