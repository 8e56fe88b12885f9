"""The inbox: which cases, in which order, a page at a time, and how many there are of each sort."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal, select, true
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app.casework.cursor import Cursor, after, in_order
from app.casework.disclosure import disclosed, is_at_least
from app.casework.filtering import conditions, is_open
from app.casework.views import ANY, InboxFilter, address_of
from app.casework.visibility import may_read_text, visible_cases
from app.models import Case, CaseStatus, Disclosure, Referral, ReferralState, User

PAGE_SIZE = 25
MOST_COUNTED = 199  # nobody acts on the difference between 300 and 3,000, and counting to there takes time
_COUNTED_TOGETHER = frozenset(
    {"status", "mine", "ours", "unassigned", "assignee", "needs_person", "urgency", "overdue"}
)
_COUNTED_REFERRALS = (ReferralState.PROPOSED, ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.DONE)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One case of the list, as much of it as this person is shown, and how many organisations were asked to act."""

    case: Case
    main_violation: str | None
    other_violations: int
    referral_count: int
    is_readable: bool
    is_summary: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the list and where the next one begins."""

    rows: Sequence[InboxRow]
    following: Cursor | None


def inbox_page(session: Session, user: User, wanted: InboxFilter, start: Cursor | None) -> InboxPage:
    """A page of the cases that a filter lets through, from after a place on, in the filter's order."""
    statement = matching(user, wanted)
    if start is not None:
        statement = statement.where(start.is_before(wanted.order))
    cases = _load(session, user, statement, wanted.order, PAGE_SIZE + 1)
    shown = cases[:PAGE_SIZE]
    following = after(shown[-1], wanted.order) if len(cases) > PAGE_SIZE else None
    return InboxPage(_rows(session, user, shown), following)


def newest_rows(
    session: Session, user: User, wanted: InboxFilter, fresh: ColumnElement[bool]
) -> list[InboxRow]:
    """The cases of a filter that also meet another condition, a page of them at most, in the filter's order."""
    return _rows(
        session, user, _load(session, user, matching(user, wanted).where(fresh), wanted.order, PAGE_SIZE)
    )


def matching(user: User, wanted: InboxFilter) -> Select[Case]:
    """The cases that a person may see and a filter lets through."""
    is_narrowed = not address_of(wanted).keys() <= {*_COUNTED_TOGETHER, "order"}
    return visible_cases(user, is_narrowed=is_narrowed).where(*conditions(user, wanted))


def counts(session: Session, user: User, filters: Iterable[InboxFilter]) -> dict[InboxFilter, int]:
    """How many cases each filter lets through, to MOST_COUNTED + 1, in one round trip.

    The desk sees everything: each filter is counted by its own index and stops by itself, however many there are.
    Of others' open cases, one pass over what an index says of them serves all filters that ask for nothing else.
    """
    asked = list(dict.fromkeys(filters))
    if not asked:
        return {}
    together = [] if user.organisation.sees_every_case else [each for each in asked if _asks_little(each)]
    singly = [each for each in asked if each not in together]
    statement = select(*(_capped(matching(user, wanted)) for wanted in singly))
    if together:
        statement = statement.add_columns(*in_one_pass(user, together).subquery().c)
    found = session.execute(statement).one()
    return {
        wanted: min(count, MOST_COUNTED + 1)
        for wanted, count in zip([*singly, *together], found, strict=True)
    }


def _asks_little(wanted: InboxFilter) -> bool:
    """Whether a filter lets open cases through by no more than what casefile.COUNTED_BY has of them."""
    return wanted.status not in {CaseStatus.CLOSED, ANY} and address_of(wanted).keys() <= _COUNTED_TOGETHER


def in_one_pass(user: User, together: Iterable[InboxFilter]) -> Select[*tuple[int, ...]]:
    """How many open cases each filter lets through, of those that this person may see."""
    numbers = (func.count().filter(and_(true(), *conditions(user, wanted))) for wanted in together)
    return visible_cases(user).where(is_open()).with_only_columns(*numbers)


def count_matching(session: Session, user: User, wanted: InboxFilter, *besides: ColumnElement[bool]) -> int:
    """How many visible cases a filter lets through, to MOST_COUNTED + 1."""
    return session.scalar(select(_capped(matching(user, wanted).where(*besides)))) or 0


def _capped(cases: Select[Case]) -> ScalarSelect[int]:
    some = cases.with_only_columns(literal(1)).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def first_ids(statement: Select[Case], order: str, most: int) -> Select[uuid.UUID]:
    """Which cases of a statement come first in an order. Only what indexes hold: a partner's cases are all looked at
    to find the first, and reading each of them in full would take most of the time.
    """
    return statement.with_only_columns(Case.id).order_by(*in_order(order)).limit(most)


def _load(session: Session, user: User, found: Select[Case], order: str, most: int) -> Sequence[Case]:
    first = first_ids(found, order, most).subquery()
    statement = select(Case).join(first, first.c.id == Case.id).order_by(*in_order(order))
    options = [selectinload(Case.acts), joinedload(Case.assigned_to), defer(Case.search_text)]
    if not user.organisation.sees_every_case:
        options.append(selectinload(Case.referrals))  # how much of each is disclosed
    return session.scalars(statement.options(*options)).unique().all()


def _rows(session: Session, user: User, cases: Sequence[Case]) -> list[InboxRow]:
    referrals = _referral_counts(session, user, [case.id for case in cases])
    return [_row(user, case, referrals.get(case.id, 0)) for case in cases]


def _row(user: User, case: Case, referral_count: int) -> InboxRow:
    acts = sorted(case.acts, key=lambda act: (not act.is_main, -act.confidence))
    return InboxRow(
        case,
        main_violation=acts[0].violation_code if acts else None,
        other_violations=max(0, len(acts) - 1),
        referral_count=referral_count,
        is_readable=may_read_text(user, case),
        is_summary=not is_at_least(disclosed(user, case), Disclosure.ANONYMISED),
    )


def _referral_counts(session: Session, user: User, case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Referrals of each case that this person may know of: a partner knows only its own."""
    statement = (
        select(Referral.case_id, func.count())
        .where(Referral.case_id.in_(list(case_ids)), Referral.state.in_(_COUNTED_REFERRALS))
        .group_by(Referral.case_id)
    )
    if not user.organisation.sees_every_case:
        statement = statement.where(Referral.organisation_id == user.organisation_id)
    return {row[0]: row[1] for row in session.execute(statement)}
