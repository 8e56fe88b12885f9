"""Pages that can be listened to, where an administrator recorded them: many people don't read.

What is recorded is known from a short-lived note of this process, so that a page can be shown without the database.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db
from app.models import VoicePrompt

KNOWN_FOR = timedelta(minutes=1)
PREFIX = "page:"  # apart from what callers hear
LONGEST_NAME = 25  # of a page; with the prefix, as long as a key can be
_EXTENSION = "seere_recorded_pages"


class Page(StrEnum):
    """The public pages that are always there, in the order in which people see them. Question pages come besides."""

    FIRST = "first"
    WHERE = "where"
    WHEN = "when"
    CONSENT = "consent"
    CHECK = "check"
    SENT = "sent"
    CODE = "code"
    RECEIPT = "receipt"
    ABOUT = "about"


@dataclass
class RecordedPages:
    """Which pages are recorded in which languages, as far as this process knows."""

    _known: Collection[tuple[str, str]] = field(default_factory=frozenset)
    _until: datetime | None = None

    def has(self, page: str, language: str) -> bool:
        """Whether a page is recorded in a language. While the database is away, what was known last counts."""
        now = utcnow()
        if self._until is None or now >= self._until:
            self._until = now + KNOWN_FOR  # an outage is asked after once a minute, not at each page
            self._look()
        return (page, language) in self._known

    def forget(self) -> None:
        """Look again next time: something was recorded or removed here."""
        self._until = None

    def _look(self) -> None:
        try:
            self._known = recorded_pages(db.session())
        except SQLAlchemyError:
            db.session.remove()


def known_pages() -> RecordedPages:
    """What this process knows."""
    made = current_app.extensions.setdefault(_EXTENSION, RecordedPages())
    return cast("RecordedPages", made)


def key_of(page: str) -> str:
    """The key under which a page's recording is kept."""
    return f"{PREFIX}{page}"


def recorded_pages(session: Session) -> frozenset[tuple[str, str]]:
    """Pages and languages for which there is a recording."""
    rows = session.execute(
        select(VoicePrompt.key, VoicePrompt.language).where(VoicePrompt.key.startswith(PREFIX))
    )
    return frozenset((key.removeprefix(PREFIX), language) for key, language in rows)
