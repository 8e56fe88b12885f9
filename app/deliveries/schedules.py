"""Scheduled exports as the desk's people keep them: set up, paused, asked for sooner, taken away, stopped."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.clock import BAMAKO, utcnow
from app.deliveries.recurrence import is_possible, next_after, period_before
from app.deliveries.targets import usable_for
from app.exports import askers, asking
from app.exports.formats import formats_for
from app.exports.level_rules import is_finer_than
from app.exports.levels import Level
from app.exports.selection import ExportFilter
from app.models import (
    DeliveryTarget,
    ExportKind,
    ExportRecord,
    ExportSchedule,
    Organisation,
    Recurrence,
    User,
)
from app.notifications.kinds import NoticeKind
from app.notifications.service import administrators, notify

LONGEST_NAME = 80
MOST_FAILURES = 3  # in a row: then it is stopped, and somebody has to look


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A scheduled export as somebody wants it. `wanted` has no days: each export holds the period before it."""

    name: str
    wanted: ExportFilter
    level: str
    file_format: str
    language: str
    organisation_id: uuid.UUID | None
    purpose: str
    recurrence: str
    day: int
    hour: int
    target_ids: Sequence[uuid.UUID] = ()


def add_schedule(session: Session, user: User, new: NewSchedule) -> ExportSchedule:
    """Set up a scheduled export. Raises CaseworkError: `forbidden`, `name`, `level_unknown`, `level_recipient`,
    `format_unknown`, `language_unknown`, `purpose_short`, `purpose_long`, `organisation_unknown`, `recurrence`,
    `target_unknown`, `target_uncertified`.
    """
    may_schedule(user)
    organisation = session.get(Organisation, new.organisation_id) if new.organisation_id else None
    if organisation is None or not organisation.is_active:
        raise CaseworkError("organisation_unknown")
    _check(user, organisation, new)
    schedule = ExportSchedule(
        id=uuid.uuid4(),
        name=new.name.strip(),
        filters=new.wanted.as_record(),
        level=new.level,
        file_format=new.file_format,
        language=new.language,
        organisation_id=organisation.id,
        purpose=new.purpose.strip(),
        recurrence=new.recurrence,
        day=new.day,
        hour=new.hour,
        next_at=next_after(utcnow(), new.recurrence, new.day, new.hour),
        created_by_id=user.id,
        targets=_targets(session, new),
    )
    session.add(schedule)
    session.flush()
    detail = {"level": new.level, "recurrence": new.recurrence, "organisation": str(organisation.id)}
    record(session, Action.SCHEDULE_ADDED, schedule, _by(user), detail)
    return schedule


def may_schedule(user: User) -> None:
    """Raises CaseworkError("forbidden") for who isn't of the desk, or may not export."""
    if not user.organisation.sees_every_case or not may(user.role, Permission.EXPORT_CASES):
        raise CaseworkError(FORBIDDEN)


def pause(session: Session, user: User, schedule_id: uuid.UUID, *, is_enabled: bool) -> ExportSchedule:
    """Switch one off or on again; what fell due meanwhile is left out. Raises CaseworkError."""
    schedule = locked_schedule(session, user, schedule_id)
    schedule.is_enabled, schedule.stopped = is_enabled, "" if is_enabled else "by_person"
    schedule.failures = 0
    if is_enabled:
        schedule.next_at = _next(schedule)
    record(session, Action.SCHEDULE_CHANGED, schedule, _by(user), {"is_enabled": is_enabled})
    return schedule


def deliver_now(session: Session, user: User, schedule_id: uuid.UUID) -> None:
    """Have one made within a minute; the usual days stay as they are. Raises CaseworkError."""
    schedule = locked_schedule(session, user, schedule_id)
    if not schedule.is_enabled:
        raise CaseworkError("schedule_paused")
    schedule.next_at = utcnow()
    record(session, Action.SCHEDULE_CHANGED, schedule, _by(user), {"is_now": True})


def remove(session: Session, user: User, schedule_id: uuid.UUID) -> None:
    """Take one away; what it made stays in the register, and what waits to be brought is dropped. Raises
    CaseworkError.
    """
    schedule = locked_schedule(session, user, schedule_id)
    schedule.is_enabled, schedule.removed_at = False, utcnow()
    record(session, Action.SCHEDULE_REMOVED, schedule, _by(user))


def make_due(session: Session, schedule: ExportSchedule) -> ExportRecord | None:
    """Ask for the export of a schedule that is due, in its creator's name; or stop it, for None.

    Whoever set it up must still be allowed all that somebody is who asks today.
    """
    day = schedule.next_at.astimezone(BAMAKO).date()
    schedule.next_at = _next(schedule)
    objection = objection_to(schedule)
    if not objection:
        try:
            exported = asking.ask(session, schedule.created_by, _asked(schedule, day))
        except CaseworkError as error:
            objection = error.code
        else:
            schedule.last_export_id = exported.id
            return exported
    stop(session, schedule, objection)
    return None


def objection_to(schedule: ExportSchedule) -> str:
    """Why it isn't to go on, by a code; empty where it may."""
    creator = schedule.created_by
    if not creator.is_active or creator.must_change_password:
        return "creator_closed"
    if not creator.organisation.sees_every_case or schedule.level not in askers.levels_for(creator):
        return "creator_not_allowed"
    if not schedule.organisation.is_active:
        return "recipient_closed"
    if schedule.level not in askers.levels_of(schedule.organisation.kind):
        return "recipient_not_allowed"
    is_lacking = any(not usable_for(target, schedule.level) for target in schedule.targets)
    return "target_lacking" if is_lacking else ""


def stop(session: Session, schedule: ExportSchedule, reason: str) -> None:
    """Switch one off and tell who set it up, and the administrators."""
    schedule.is_enabled, schedule.stopped = False, reason
    record(session, Action.SCHEDULE_STOPPED, schedule, "worker", {"reason": reason})
    notify(session, NoticeKind.SCHEDULE_STOPPED, [schedule.created_by, *administrators(session)])


def count_failure(session: Session, schedule: ExportSchedule, reason: str) -> None:
    """An export that could not be made, or brought: told, and after a few in a row the schedule is stopped."""
    schedule.failures += 1
    if schedule.is_enabled and schedule.failures >= MOST_FAILURES:
        stop(session, schedule, "failing")
        return
    detail = {"schedule": str(schedule.id), "reason": reason}
    people = [schedule.created_by, *administrators(session)]
    notify(session, NoticeKind.DELIVERY_FAILED, people, detail=detail)


def locked_schedule(session: Session, user: User, schedule_id: uuid.UUID) -> ExportSchedule:
    """One that is there, to be changed. Raises CaseworkError: `forbidden`, `not_found`."""
    may_schedule(user)
    found = session.get(ExportSchedule, schedule_id, with_for_update={"of": ExportSchedule})
    if found is None or found.removed_at is not None:
        raise CaseworkError(NOT_FOUND)
    return found


def record(
    session: Session,
    action: Action,
    schedule: ExportSchedule,
    actor: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Into the audit trail; `detail` holds codes and ids."""
    audit.record(session, action, f"export_schedule:{schedule.id}", actor=actor, detail=dict(detail or {}))


def _asked(schedule: ExportSchedule, day: date) -> asking.NewExport:
    first, last = period_before(day, schedule.recurrence)
    return asking.NewExport(
        kind=ExportKind.CASES,
        level=Level(schedule.level),
        file_format=schedule.file_format,
        language=schedule.language,
        purpose=schedule.purpose,
        recipient=schedule.organisation.name,
        filters={**schedule.filters, "first": first.isoformat(), "last": last.isoformat()},
        recipient_organisation_id=schedule.organisation_id,
        schedule_id=schedule.id,
    )


def _check(user: User, organisation: Organisation, new: NewSchedule) -> None:
    """Raises CaseworkError for the first thing that can't be."""
    if new.level not in askers.levels_for(user):
        raise CaseworkError("level_unknown")
    purpose = len(new.purpose.strip())
    problems = {
        "name": not 0 < len(new.name.strip()) <= LONGEST_NAME,
        "level_recipient": new.level not in askers.levels_of(organisation.kind),
        "verification_level": new.level != Level.CNDH and not new.wanted.is_verified_only,
        "cercle_level": is_finer_than(Level(new.level), new.wanted.cercle),
        "format_unknown": new.file_format
        not in {each.code for each in formats_for(ExportKind.CASES, Level(new.level))},
        "language_unknown": new.language not in asking.LANGUAGES,
        "purpose_short": purpose < asking.SHORTEST_PURPOSE,
        "purpose_long": purpose > asking.LONGEST_PURPOSE,
        "recurrence": new.recurrence not in set(Recurrence)
        or not is_possible(new.recurrence, new.day, new.hour),
    }
    for code, is_so in problems.items():
        if is_so:
            raise CaseworkError(code)


def _targets(session: Session, new: NewSchedule) -> list[DeliveryTarget]:
    found = [session.get(DeliveryTarget, each) for each in dict.fromkeys(new.target_ids)]
    known = [each for each in found if each is not None and each.removed_at is None]
    if len(known) < len(found) or any(each.organisation_id != new.organisation_id for each in known):
        raise CaseworkError("target_unknown")
    if not all(usable_for(each, new.level) for each in known):
        raise CaseworkError("target_uncertified")
    return known


def _next(schedule: ExportSchedule) -> Any:
    return next_after(utcnow(), schedule.recurrence, schedule.day, schedule.hour)


def _by(user: User) -> str:
    return f"user:{user.id}"
