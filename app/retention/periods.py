"""How long each rule keeps things now: the shipped periods, or the newest version that an administrator saved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, CaseworkError
from app.models import RetentionVersion, User
from app.retention.rules import LONGEST_DAYS, NEVER, announced_for, rules

Days = Mapping[str, int]
SHORTEST_REASON = 10


def versions(session: Session) -> Sequence[RetentionVersion]:
    """Every version that was saved, the newest first."""
    return session.scalars(select(RetentionVersion).order_by(RetentionVersion.version.desc())).unique().all()


def current_version(session: Session) -> int:
    """The number of the newest version; 0 for the shipped periods."""
    found = versions(session)
    return found[0].version if found else 0


def days(session: Session) -> dict[str, int]:
    """Days by rule, as they stand."""
    found = versions(session)
    return _with_shipped(found[0].days if found else {})


def days_for_rows(session: Session, now: datetime) -> dict[str, int]:
    """The same for rows that aren't announced one by one: a shorter period holds once it was known for as long."""
    old = next((each for each in versions(session) if each.saved_at <= now - announced_for()), None)
    before, after = _with_shipped(old.days if old else {}), days(session)
    return {code: _longer(before[code], after[code]) for code in after}


def period(days_kept: int) -> timedelta | None:
    """How long that is; None for ever."""
    return None if days_kept == NEVER else timedelta(days=days_kept)


def save(session: Session, user: User, wanted: Days, reason: str, *, seen_version: int) -> RetentionVersion:
    """Make other periods what holds.

    Raises CaseworkError: `forbidden`, `changed_meanwhile`, `reason_short`, `retention_days` for anything but a
    number of days for every rule, `retention_same` where nothing would change.
    """
    if not may(user.role, Permission.ADMINISTER):
        raise CaseworkError(FORBIDDEN)
    audit.lock(session)  # versions are numbered one at a time
    version, before = current_version(session), days(session)
    if seen_version != version:
        raise CaseworkError(CHANGED_MEANWHILE)
    _check(wanted, before, reason)
    saved = RetentionVersion(
        id=uuid.uuid4(), version=version + 1, days=dict(wanted), saved_by_id=user.id, reason=reason.strip()
    )
    session.add(saved)
    changed = {code: [before[code], wanted[code]] for code in wanted if wanted[code] != before[code]}
    detail = {"version": saved.version, **changed}
    audit.record(session, Action.RETENTION_CHANGED, "retention:rules", actor=f"user:{user.id}", detail=detail)
    return saved


def _check(wanted: Days, before: Days, reason: str) -> None:
    if wanted.keys() != before.keys() or any(not 0 <= each <= LONGEST_DAYS for each in wanted.values()):
        raise CaseworkError("retention_days")
    if dict(wanted) == dict(before):
        raise CaseworkError("retention_same")
    if len(reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")


def _with_shipped(saved: Mapping[str, object]) -> dict[str, int]:
    return {each.code: int(str(saved.get(each.code, each.days))) for each in rules()}


def _longer(one: int, other: int) -> int:
    return NEVER if NEVER in {one, other} else max(one, other)
