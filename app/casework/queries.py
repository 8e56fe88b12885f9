"""The inbox: which cases, in which order, a page at a time, and how many there are of each sort."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.casework.cursor import Cursor
from app.casework.search import holds_every_word
from app.casework.visibility import visible_cases
from app.models import UNSAFE_ADDITION, Act, Case, CaseStatus, Referral, ReferralState, User

PAGE_SIZE = 25
URGENT = 2  # from this level on
OPEN, ANY = "open", "all"  # of the status filter: not closed; whatever it is
_COUNTED_REFERRALS = (ReferralState.PROPOSED, ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.DONE)


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What somebody wants to see; empty means everything. `status` is a CaseStatus, `open` or `all`."""

    status: str = OPEN
    verification: str = ""
    violation: str = ""
    region: str = ""
    urgency: int | None = None
    channel: str = ""
    needs_person: bool = False
    mine: bool = False
    q: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One case of the list, and how many organisations were asked to act on it."""

    case: Case
    main_violation: str | None
    other_violations: int
    referral_count: int


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the list and where the next one begins."""

    rows: Sequence[InboxRow]
    following: Cursor | None


TABS: dict[str, InboxFilter] = {
    "open": InboxFilter(),
    "person": InboxFilter(needs_person=True),
    "urgent": InboxFilter(urgency=URGENT),
    "mine": InboxFilter(mine=True),
    "waiting": InboxFilter(status=CaseStatus.WAITING_FOR_REPORTER),
    "closed": InboxFilter(status=CaseStatus.CLOSED),
}


def inbox_page(session: Session, user: User, wanted: InboxFilter, after: Cursor | None) -> InboxPage:
    """The most urgent cases first and of these the newest, from after a place on."""
    statement = visible_cases(user).where(*conditions(user, wanted))
    if after is not None:
        statement = statement.where(after.is_before())
    ordered = statement.order_by(Case.urgency.desc(), Case.received_at.desc(), Case.id.desc())
    loaded = ordered.options(selectinload(Case.acts), joinedload(Case.assigned_to)).limit(PAGE_SIZE + 1)
    cases = session.scalars(loaded).unique().all()
    shown = cases[:PAGE_SIZE]
    following = _cursor_after(shown[-1]) if len(cases) > PAGE_SIZE else None
    return InboxPage(_rows(session, user, shown), following)


def tab_counts(session: Session, user: User) -> dict[str, int]:
    """How many cases each tab holds, in one pass over what the person may see."""
    counts = {name: func.count().filter(*conditions(user, tab)).label(name) for name, tab in TABS.items()}
    row = session.execute(visible_cases(user).with_only_columns(*counts.values())).one()
    return {name: int(getattr(row, name)) for name in counts}


def count_matching(session: Session, user: User, wanted: InboxFilter) -> int:
    """How many visible cases a filter lets through."""
    matching = visible_cases(user).where(*conditions(user, wanted))
    return session.scalar(matching.with_only_columns(func.count(Case.id))) or 0


def current_tab(wanted: InboxFilter) -> str | None:
    """The tab a filter belongs to by its state, if any; finer filters narrow the tab."""
    coarse = replace(wanted, verification="", violation="", region="", channel="", q="")
    return next((name for name, tab in TABS.items() if tab == coarse), None)


def conditions(user: User, wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on cases."""
    found = _state_conditions(wanted, user)
    exact = {
        Case.verification: wanted.verification,
        Case.region_code: wanted.region,
        Case.channel: wanted.channel,
    }
    found += [column == value for column, value in exact.items() if value]
    if wanted.urgency is not None:
        found.append(Case.urgency >= wanted.urgency)
    if wanted.violation:
        found.append(exists().where(Act.case_id == Case.id, Act.violation_code == wanted.violation))
    return found + _search_conditions(wanted.q, user)


def _search_conditions(query: str, user: User) -> list[ColumnElement[bool]]:
    """Every word typed. What may not be read can't be searched either: that would be guessing it word by word."""
    words = holds_every_word(query)
    if words and not user.organisation.sees_every_case:
        words.append(Case.needs_person != UNSAFE_ADDITION)
    return words


def _state_conditions(wanted: InboxFilter, user: User) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status == OPEN:
        found.append(Case.status != CaseStatus.CLOSED)
    elif wanted.status != ANY:
        found.append(Case.status == wanted.status)
    if wanted.needs_person:
        found.append(Case.needs_person != "")
    if wanted.mine:
        found.append(Case.assigned_to_id == user.id)
    return found


def _cursor_after(case: Case) -> Cursor:
    return Cursor(case.urgency, case.received_at, case.id)


def _rows(session: Session, user: User, cases: Sequence[Case]) -> list[InboxRow]:
    referrals = _referral_counts(session, user, [case.id for case in cases])
    return [_row(case, referrals.get(case.id, 0)) for case in cases]


def _row(case: Case, referral_count: int) -> InboxRow:
    acts = sorted(case.acts, key=lambda act: (not act.is_main, -act.confidence))
    return InboxRow(case, acts[0].violation_code if acts else None, max(0, len(acts) - 1), referral_count)


def _referral_counts(session: Session, user: User, case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Referrals of each case that this person may know of: a partner knows only its own."""
    statement = (
        select(Referral.case_id, func.count())
        .where(Referral.case_id.in_(case_ids), Referral.state.in_(_COUNTED_REFERRALS))
        .group_by(Referral.case_id)
    )
    if not user.organisation.sees_every_case:
        statement = statement.where(Referral.organisation_id == user.organisation_id)
    return {row[0]: row[1] for row in session.execute(statement)}
