"""Which questionnaire is put: the published version, or the one that ships. A report keeps the version it answered."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from time import monotonic
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import db
from app.models import Questionnaire, QuestionnaireState, User
from app.questionnaires.definition import Definition, DefinitionError
from app.questionnaires.reading import dump, load

logger = structlog.get_logger()

SHIPPED_VERSION = 0
KNOWN_FOR_SECONDS = 10.0  # until a publication reaches every process
_EXTENSION = "seere_questionnaires"


class NotPublishable(ValueError):
    """There is no such version, or it can't be put to anybody any more."""


@dataclass(frozen=True, slots=True)
class Version:
    """A questionnaire and its number; 0 is the one that ships."""

    number: int
    definition: Definition


@dataclass(slots=True)
class _Known:
    """What this process knows: the version in use and since when, and every version it has read."""

    current: Version | None = None
    read_at: float = 0.0
    versions: dict[int, Version] = field(default_factory=dict)


@cache
def shipped() -> Version:
    """The questionnaire that comes with the project."""
    text = resources.files("app.questionnaires").joinpath("shipped.toml").read_text(encoding="utf-8")
    return Version(SHIPPED_VERSION, load(tomllib.loads(text)))


def current() -> Version:
    """The version to put now. Without a database: the last one known, else the one that ships."""
    known = _known()
    if known.current is None or monotonic() - known.read_at > KNOWN_FOR_SECONDS:
        try:
            known.current = _live(db.session())
        except SQLAlchemyError:
            logger.warning("questionnaire_not_read")
        known.read_at = monotonic()
    return known.current or shipped()


def of_version(number: int) -> Version | None:
    """A version by its number, whatever its state; None if there is none. Without a database: only those known."""
    if number == SHIPPED_VERSION:
        return shipped()
    known = _known()
    if number not in known.versions:
        row = db.session.scalar(select(Questionnaire).where(Questionnaire.version == number))
        version = _read(row)
        if version is None:
            return None
        known.versions[number] = version  # a version never changes
    return known.versions[number]


def forget() -> None:
    """Look anew at the next page: something was published."""
    current_app.extensions.pop(_EXTENSION, None)


def _known() -> _Known:
    known: _Known = current_app.extensions.setdefault(_EXTENSION, _Known())
    return known


def _live(session: Session) -> Version:
    row = session.scalar(
        select(Questionnaire)
        .where(Questionnaire.state == QuestionnaireState.LIVE)
        .order_by(Questionnaire.version.desc())
        .limit(1)
    )
    return _read(row) or shipped()


def _read(row: Questionnaire | None) -> Version | None:
    """What a row holds; None if this release can't read it."""
    if row is None:
        return None
    try:
        return Version(row.version, load(row.definition))
    except DefinitionError:
        logger.warning("questionnaire_unreadable", version=row.version)
        return None


def versions(session: Session) -> list[Questionnaire]:
    """All that were loaded, the newest first."""
    return list(session.scalars(select(Questionnaire).order_by(Questionnaire.version.desc())))


def add_draft(
    session: Session, definition: Definition, *, created_by_id: uuid.UUID | None, notes: list[dict[str, Any]]
) -> Questionnaire:
    """Keep a questionnaire as the next version, for an administrator to look at. `notes`: what was left out of it."""
    audit.lock(session)  # numbers are given one at a time
    newest = session.scalar(select(func.max(Questionnaire.version))) or SHIPPED_VERSION
    row = Questionnaire(
        id=uuid.uuid4(),
        version=newest + 1,
        title=str(definition.title)[:120],
        definition=dump(definition),
        problems=notes,
        created_by_id=created_by_id,
    )
    session.add(row)
    session.flush()
    return row


def publish(session: Session, user: User, number: int) -> None:
    """Put this version to reporters from now on, in place of the one before; 0 goes back to what ships.

    Raises NotPublishable.
    """
    audit.lock(session)
    chosen = session.scalar(select(Questionnaire).where(Questionnaire.version == number))
    if number != SHIPPED_VERSION and _read(chosen) is None:
        raise NotPublishable
    if chosen is not None and chosen.state == QuestionnaireState.LIVE:
        return
    live = session.scalars(select(Questionnaire).where(Questionnaire.state == QuestionnaireState.LIVE)).all()
    if not live and number == SHIPPED_VERSION:
        return
    for each in live:
        each.state = QuestionnaireState.RETIRED
    if chosen is not None:
        chosen.state, chosen.published_at = QuestionnaireState.LIVE, utcnow()
    detail: Mapping[str, Any] = {"version": number, "before": max((each.version for each in live), default=0)}
    subject = f"questionnaire:{chosen.id if chosen else 'shipped'}"
    audit.record(session, Action.QUESTIONNAIRE_PUBLISHED, subject, actor=f"user:{user.id}", detail=detail)
