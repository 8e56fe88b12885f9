"""A filter of the inbox as conditions on cases, in the words that the indexes of app.models.casefile are made for.

What a person may not read they can't filter by either: that would be guessing it, one address after the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, or_, select, true

from app.casework.disclosure import may_read_account
from app.casework.overdue import is_overdue
from app.casework.search import holds_every_word
from app.casework.views import ANY, OPEN, SHOWN_WITH_SUMMARIES, InboxFilter
from app.clock import utcnow
from app.models import (
    LIVE_STATES,
    UNSAFE_ADDITION,
    Act,
    Case,
    CaseStatus,
    Finding,
    FindingState,
    Referral,
    User,
)
from app.reference.taxonomy import actor_categories

_LAST_DAY = date(9999, 12, 30)  # the end of a period lies a day later


def conditions(user: User, wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on cases that this person may see."""
    return [
        *_state(wanted),
        *_work(user, wanted),
        *_place_and_act(wanted),
        *_beyond_summary(user, wanted),
        *_words(user, wanted.q),
    ]


def _state(wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.status == OPEN:
        yield is_open()
    elif wanted.status != ANY:
        yield Case.status == wanted.status
    if wanted.urgency is not None:
        yield Case.urgency >= wanted.urgency


def is_open() -> ColumnElement[bool]:
    """That a case is not closed; written out, since a bound value would hide the partial index from PostgreSQL."""
    return Case.status != literal_column(f"'{CaseStatus.CLOSED}'")


def _work(user: User, wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.overdue:
        yield is_overdue(user, utcnow())
    if wanted.mine:
        yield Case.assigned_to_id == user.id
    is_desk = user.organisation.sees_every_case
    if wanted.ours and is_desk:  # of anybody else it is all that they see
        yield Case.assigned_to_id.in_(_people_of(user.organisation_id))
    if wanted.organisation is not None and is_desk:
        yield or_(
            Case.id.in_(_referred_to(wanted.organisation)),
            Case.assigned_to_id.in_(_people_of(wanted.organisation)),
        )


def _people_of(organisation_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(User.id).where(User.organisation_id == organisation_id)


def _referred_to(organisation_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Referral.case_id).where(
        Referral.organisation_id == organisation_id, Referral.state.in_(LIVE_STATES)
    )


def _place_and_act(wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.region:
        yield Case.region_code == wanted.region
    if wanted.cercle:
        yield Case.cercle_code == wanted.cercle
    if wanted.violation:
        yield exists().where(
            Act.case_id == Case.id, Act.violation_code == wanted.violation, Act.removed_at.is_(None)
        )


def _beyond_summary(user: User, wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    """What the summary of a case doesn't say: its channel, language, moment, verification and alleged authors, and
    how far the work on it is.
    """
    found = [*_exact(wanted), *_period(wanted), *_hands(wanted)]
    if wanted.status not in SHOWN_WITH_SUMMARIES:
        found.append(true())
    if wanted.needs_person:
        found.append(Case.needs_person != literal_column("''"))
    if wanted.actor:
        found.append(_names(wanted.actor))
    yield from _readable(user, found)


def _exact(wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    exact = {
        Case.verification: wanted.verification,
        Case.channel: wanted.channel,
        Case.language: wanted.language,
    }
    yield from (column == value for column, value in exact.items() if value)


def _hands(wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    """Who has a case."""
    if wanted.assignee is not None:
        yield Case.assigned_to_id == wanted.assignee
    if wanted.unassigned:
        yield Case.assigned_to_id.is_(None)


def _period(wanted: InboxFilter) -> Iterator[ColumnElement[bool]]:
    """Days as they are in Mali, which keeps UTC all year."""
    if wanted.received_from:
        yield Case.received_at >= datetime.combine(wanted.received_from, time(), UTC)
    if wanted.received_to:
        after = min(wanted.received_to, _LAST_DAY) + timedelta(days=1)
        yield Case.received_at < datetime.combine(after, time(), UTC)


def _names(category: str) -> ColumnElement[bool]:
    """That a case has an alleged author of a category, as far as nobody rejected that."""
    known = actor_categories().get(category)
    codes = [category, *sorted(known.members)] if known else []
    code = func.coalesce(Finding.corrected_value["code"].as_string(), Finding.value["code"].as_string())
    return exists().where(
        Finding.case_id == Case.id,
        Finding.kind == "actor",
        Finding.state != FindingState.REJECTED,
        code.in_(codes),
    )


def _words(user: User, query: str) -> Iterator[ColumnElement[bool]]:
    """Every word typed, in accounts that this person may read."""
    words = holds_every_word(query)
    if words and not user.organisation.sees_every_case:
        words.append(Case.needs_person != UNSAFE_ADDITION)
    yield from _readable(user, words)


def _readable(user: User, found: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    is_desk = user.organisation.sees_every_case
    return [*found, true() if is_desk else may_read_account(user)] if found else []
