"""A case's history in words, as far as a person may know it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.history import EventKind
from app.casework.wording import word
from app.models import Case, CaseEvent, Organisation, User

_DESK_ONLY = (
    EventKind.MESSAGE_MOVED,
    EventKind.OPENING_ASKED,
    EventKind.MESSAGE_TYPED,
    EventKind.WISHES_CHANGED,
    EventKind.HIDING_CHANGED,
)
_REFERRALS = (EventKind.REFERRAL_CREATED, EventKind.REFERRAL_CHANGED)
_TABLE_OF = {
    EventKind.STATUS_CHANGED: "status",
    EventKind.VERIFICATION_CHANGED: "verification",
    EventKind.REFERRAL_CHANGED: "referral",
    EventKind.FINDING_DECIDED: "finding_state",
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line: when, who (None: the machine or the reporter), what, in which words."""

    at: datetime
    who: str | None
    title: str
    detail: str
    reason: str
    is_note: bool


@dataclass(frozen=True, slots=True)
class _Names:
    """Who the ids in events are."""

    people: Mapping[str, str]
    organisations: Mapping[str, str]
    cases: Mapping[str, str]


def timeline(session: Session, user: User, case: Case) -> list[TimelineEntry]:
    """The newest first. A partner reads its own notes and referrals, not those of others."""
    events = [event for event in case.events if _may_know(user, event)]
    names = _names(session, events)
    return [_entry(event, names) for event in reversed(events)]


def _may_know(user: User, event: CaseEvent) -> bool:
    if user.organisation.sees_every_case:
        return True
    if event.kind in _REFERRALS:
        return event.detail.get("organisation") == str(user.organisation_id)
    if event.kind in _DESK_ONLY:
        return False
    is_own = event.user is not None and event.user.organisation_id == user.organisation_id
    return event.kind != EventKind.NOTE or is_own


def _names(session: Session, events: Iterable[CaseEvent]) -> _Names:
    events = list(events)
    people = _ids(event.detail.get(key) for event in events for key in ("from", "to"))
    organisations = _ids(event.detail.get("organisation") for event in events)
    users = session.scalars(select(User).where(User.id.in_(people))).unique()
    known = session.scalars(select(Organisation).where(Organisation.id.in_(organisations)))
    cases = session.scalars(select(Case).where(Case.id.in_(people)))  # "from" and "to" of a moved message
    return _Names(
        {str(each.id): each.display_name for each in users},
        {str(each.id): each.short_name for each in known},
        {str(each.id): each.reference for each in cases},
    )


def _ids(values: Iterable[Any]) -> list[uuid.UUID]:
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(str(value)))
        except ValueError:
            continue
    return found


def _entry(event: CaseEvent, names: _Names) -> TimelineEntry:
    return TimelineEntry(
        at=event.at,
        who=f"{event.user.display_name} ({event.user.organisation.short_name})" if event.user else None,
        title=word(event.kind, "event"),
        detail=_detail(event, names),
        reason=event.reason,
        is_note=event.kind == EventKind.NOTE,
    )


def _detail(event: CaseEvent, names: _Names) -> str:
    organisation = names.organisations.get(str(event.detail.get("organisation")), "")
    token, subject = str(event.detail.get("token", "")), event.detail.get("subject")
    opened = word(subject, "opening") if subject else ""
    parts = [organisation, token, opened, _finding(event), _change(event, names)]
    return " – ".join(part for part in parts if part)


def _finding(event: CaseEvent) -> str:
    kind = event.detail.get("kind")
    return word(kind, "finding_kind") if kind else ""


def _change(event: CaseEvent, names: _Names) -> str:
    before, after = event.detail.get("from"), event.detail.get("to")
    if event.kind == EventKind.ASSIGNED:
        return names.people.get(str(after)) or gettext("nobody")
    if event.kind == EventKind.MESSAGE_MOVED:
        return f"{names.cases.get(str(before), '')} → {names.cases.get(str(after), '')}"
    table = _TABLE_OF.get(EventKind(event.kind)) if event.kind in set(EventKind) else None
    if table is None or after is None:
        return word(event.detail["state"], "referral") if "state" in event.detail else ""
    return f"{word(before, table)} → {word(after, table)}"
