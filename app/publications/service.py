"""Publishing figures: asked for, counted by a worker, looked at, published; and taken back with a reason."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import FORBIDDEN, CaseworkError
from app.clock import BAMAKO, utcnow
from app.models import Publication, PublicationState, User
from app.publications import editions, queries
from app.publications.periods import Period
from app.publications.rules import is_due, rules
from app.queue import JobName, owe

NOT_DUE = "publication_not_due"
TAKEN = "publication_taken"
NOT_PROPOSED = "publication_not_proposed"
OVERTAKEN = "publication_overtaken"
NOT_PUBLISHED = "publication_not_published"
CLOCK = "worker"


def may_publish(user: User) -> bool:
    """Whether a person may make figures public: the desk's supervisors and analysts."""
    return may(user.role, Permission.PUBLISH_FIGURES) and user.organisation.sees_every_case


def ask(session: Session, user: User | None, period: Period) -> Publication:
    """Have a period counted; without a person, it is the clock that asks. Raises CaseworkError: `forbidden`,
    `publication_not_due`, or `publication_taken` where something of these days is public or on its way.
    """
    _check(user)
    if period.months != rules().months or not is_due(period, utcnow().astimezone(BAMAKO).date()):
        raise CaseworkError(NOT_DUE)
    audit.lock(session)  # one asks at a time: numbers follow each other, and no period is asked for twice
    if queries.is_taken(session, period):
        raise CaseworkError(TAKEN)
    number = (session.scalar(select(func.max(Publication.number))) or 0) + 1
    asked = Publication(
        id=uuid.uuid4(), number=number, period=period.code, asked_by_id=user.id if user else None
    )
    session.add(asked)
    session.flush()
    _record(session, Action.FIGURES_ASKED, asked, user)
    owe(session, JobName.COUNT_PUBLICATION, asked.id)
    return asked


def publish(session: Session, user: User | None, publication_id: uuid.UUID, *, digest: str) -> Publication:
    """Make public what was looked at: `digest` says what that was. Raises CaseworkError: `forbidden`, `not_found`,
    `publication_not_proposed`, `publication_overtaken`.
    """
    _check(user)
    found = queries.snapshot(session, publication_id, is_locked=True)
    if found.state != PublicationState.PROPOSED or digest != found.digest or found.leaves is None:
        raise CaseworkError(NOT_PROPOSED)
    if editions.is_overtaken(session, found):
        raise CaseworkError(OVERTAKEN)
    editions.put(session, found.period, found.leaves)
    found.state, found.published_at = PublicationState.PUBLISHED, utcnow()
    found.published_by_id = user.id if user else None
    _record(session, Action.FIGURES_PUBLISHED, found, user)
    return found


def discard(session: Session, user: User, publication_id: uuid.UUID) -> Publication:
    """Don't publish what was proposed. Raises as `publish` does."""
    _check(user)
    found = queries.snapshot(session, publication_id, is_locked=True)
    if found.state not in {PublicationState.PROPOSED, PublicationState.FAILED}:
        raise CaseworkError(NOT_PROPOSED)
    found.state, found.document = PublicationState.DISCARDED, ""
    _record(session, Action.FIGURES_DISCARDED, found, user)
    return found


def retract(session: Session, user: User, publication_id: uuid.UUID, reason: str) -> Publication:
    """Take back what is public; its line stays with the reason. The document is kept: who has it can still subtract
    it from a later one. Raises CaseworkError: `forbidden`, `not_found`, `publication_not_published`.
    """
    _check(user)
    found = queries.snapshot(session, publication_id, is_locked=True)
    if found.state != PublicationState.PUBLISHED:
        raise CaseworkError(NOT_PUBLISHED)
    found.state, found.retracted_at = PublicationState.RETRACTED, utcnow()
    found.retracted_by_id, found.retraction_reason = user.id, reason
    _record(session, Action.FIGURES_RETRACTED, found, user)
    return found


def _check(user: User | None) -> None:
    if user is not None and not may_publish(user):
        raise CaseworkError(FORBIDDEN)


def _record(session: Session, action: Action, publication: Publication, user: User | None) -> None:
    detail = {"number": publication.number, "period": publication.period, "digest": publication.digest}
    actor = f"user:{user.id}" if user else CLOCK
    audit.record(session, action, f"publication:{publication.id}", actor=actor, detail=detail)
