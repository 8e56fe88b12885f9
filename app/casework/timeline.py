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

from app.casework.disclosure import disclosed
from app.casework.history import EventKind
from app.casework.overriding import ground_label
from app.casework.visibility import visible_cases
from app.casework.wording import word
from app.models import Case, CaseEvent, Disclosure, Organisation, User

REFERRAL_REMINDED = "referral_reminded"  # written by workers

# What others did, that who reads the account may know: all else is for the desk and for those who did it.
_SHARED = frozenset(
    {
        "report_received",
        "answer_received",
        "report_withdrawn",
        EventKind.FINDING_DECIDED,
        EventKind.FINDING_ADDED,
        EventKind.QUESTION_ASKED,
        EventKind.WORDS_MASKED,
        EventKind.STATUS_CHANGED,
        EventKind.VERIFICATION_CHANGED,
    }
)
_BETWEEN_CASES = (
    EventKind.MESSAGE_MOVED,
    EventKind.CASES_MERGED,
    EventKind.MERGE_UNDONE,
    EventKind.REPORT_SPLIT_OFF,
)
_REFERRALS = (EventKind.REFERRAL_CREATED, EventKind.REFERRAL_CHANGED, REFERRAL_REMINDED)
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
    """The newest first. A partner reads what its own people did and its own referrals; of others, as far as the
    account is disclosed to it, what happened, but neither who did it nor why.
    """
    return entries(session, user, case, case.events)


def entries(session: Session, user: User, case: Case, events: Iterable[CaseEvent]) -> list[TimelineEntry]:
    """Some lines of it, as far as this person may know them; the newest first."""
    given = disclosed(user, case)
    known = [event for event in events if _may_know(user, event, given)]
    names = _names(session, user, known)
    return [_entry(user, event, names) for event in reversed(known)]


def _may_know(user: User, event: CaseEvent, given: Disclosure) -> bool:
    if user.organisation.sees_every_case:
        return True
    if event.kind in _REFERRALS:
        return event.detail.get("organisation") == str(user.organisation_id)
    return _is_own(user, event) or (event.kind in _SHARED and given is not Disclosure.SUMMARY)


def _is_own(user: User, event: CaseEvent) -> bool:
    return event.user is not None and event.user.organisation_id == user.organisation_id


def _may_know_why(user: User, event: CaseEvent) -> bool:
    """Who did it and in which words: the desk, and whoever it was or is for."""
    return user.organisation.sees_every_case or _is_own(user, event) or event.kind in _REFERRALS


def _names(session: Session, user: User, events: Iterable[CaseEvent]) -> _Names:
    events = list(events)
    people = _ids(event.detail.get(key) for event in events for key in ("from", "to", "person"))
    organisations = _ids(event.detail.get("organisation") for event in events)
    users = session.scalars(select(User).where(User.id.in_(people))).unique()
    known = session.scalars(select(Organisation).where(Organisation.id.in_(organisations)))
    return _Names(
        {str(each.id): each.display_name for each in users},
        {str(each.id): each.short_name for each in known},
        _references(session, user, people),  # "from" and "to" of a moved message
    )


def _references(session: Session, user: User, ids: Iterable[uuid.UUID]) -> dict[str, str]:
    """Of the cases that a person may see, and of those that went on in one of them."""
    cases = session.scalars(select(Case).where(Case.id.in_(list(ids)))).all()
    standing = visible_cases(user).where(Case.id.in_([each.merged_into_id or each.id for each in cases]))
    seen = set(session.scalars(standing.with_only_columns(Case.id))) if cases else set()
    return {str(each.id): each.reference for each in cases if (each.merged_into_id or each.id) in seen}


def _ids(values: Iterable[Any]) -> list[uuid.UUID]:
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(str(value)))
        except ValueError:
            continue
    return found


def _entry(user: User, event: CaseEvent, names: _Names) -> TimelineEntry:
    knows_why = _may_know_why(user, event)
    return TimelineEntry(
        at=event.at,
        who=_who(event.user, is_named=knows_why) if event.user else None,
        title=word(event.kind, "event"),
        detail=_detail(event, names),
        reason=event.reason if knows_why else "",
        is_note=event.kind == EventKind.NOTE,
    )


def _who(person: User, *, is_named: bool) -> str:
    home = person.organisation.short_name
    return f"{person.display_name} ({home})" if is_named else home


def _detail(event: CaseEvent, names: _Names) -> str:
    organisation = names.organisations.get(str(event.detail.get("organisation")), "")
    token, subject = str(event.detail.get("token", "")), event.detail.get("subject")
    opened = word(subject, "opening") if subject else ""
    recorded = word(event.detail["part"], "record_part") if "part" in event.detail else ""
    person = names.people.get(str(event.detail.get("person")), "")
    about = [organisation, person, token, opened, recorded, *_terms(event)]
    parts = [*about, _finding(event), _change(event, names)]
    return " – ".join(part for part in parts if part)


def _terms(event: CaseEvent) -> list[str]:
    """How much a referral discloses, and on what ground it goes beyond consent."""
    disclosure, ground = event.detail.get("disclosure"), event.detail.get("override_ground")
    return [word(disclosure, "disclosure") if disclosure else "", ground_label(ground) if ground else ""]


def _finding(event: CaseEvent) -> str:
    kind = event.detail.get("kind")
    return word(kind, "finding_kind") if kind else ""


def _change(event: CaseEvent, names: _Names) -> str:
    before, after = event.detail.get("from"), event.detail.get("to")
    if event.kind == EventKind.ASSIGNED:
        return names.people.get(str(after)) or gettext("nobody")
    if event.kind in _BETWEEN_CASES:
        return f"{names.cases.get(str(before), '')} → {names.cases.get(str(after), '')}"
    table = _TABLE_OF.get(EventKind(event.kind)) if event.kind in set(EventKind) else None
    if table is None or after is None:
        return word(event.detail["state"], "referral") if "state" in event.detail else ""
    return f"{word(before, table)} → {word(after, table)}"
