"""The words that this installation's supervisors accepted for the lists, read again every minute."""

from __future__ import annotations

import time
from functools import lru_cache

from app.database import db, transaction
from app.models import NameKind
from app.naming.queries import accepted_words
from workers.pipeline import AcceptedNames

READ_AGAIN_SECONDS = 60


def accepted_names() -> AcceptedNames:
    """What was accepted, at most a minute old."""
    return _read(str(db.engine.url), int(time.monotonic() // READ_AGAIN_SECONDS))


def forget() -> None:
    """Read the lists again at the next message."""
    _read.cache_clear()


@lru_cache(maxsize=1)
def _read(_database: str, _minute: int) -> AcceptedNames:
    with transaction() as session:
        return AcceptedNames(
            accepted_words(session, NameKind.NAME), accepted_words(session, NameKind.NOT_A_NAME)
        )
