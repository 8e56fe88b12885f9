"""Which cases a person may see. Every query that reads cases for somebody starts from `visible_cases`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, CompoundSelect, Select, exists, func, or_, select, union, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.permissions import Permission, may
from app.casework.disclosure import disclosed, is_at_least, may_read_account
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.models import (
    LIVE_STATES,
    Case,
    CaseConflict,
    Disclosure,
    Finding,
    FindingState,
    Organisation,
    Referral,
    Role,
    User,
)
from app.reference.taxonomy import possible_authors

ACTOR = "actor"
_FOR_SUMMARIES = frozenset(
    {Permission.ANSWER_REFERRALS}
)  # what may be done by who is shown no more than a summary


def visible_cases(user: User, *, is_narrowed: bool = False) -> Select[Case]:
    """The cases a person may know of: never one that concerns them or their organisation, or that names an actor
    their organisation is in conflict with.

    The desk sees all others; anybody else what was referred to their organisation or assigned to its people,
    as long as it isn't withdrawn. How much of each they are shown, `disclosure.disclosed` says: what reads more than
    a summary starts from `readable_cases`. `is_narrowed` changes nothing of that: it says that conditions follow which
    leave few of all cases, so that the database may better begin with them.
    """
    organisation = user.organisation
    statement = select(Case).where(
        Case.merged_into_id.is_(None),  # it goes on in another one, and is found there
        ~_concerns_organisation(organisation.id),
        ~_concerns_person(user.id),
    )
    if organisation.conflict_actors:
        statement = statement.where(~_names_an_actor_of(organisation.conflict_actors))
    if organisation.sees_every_case:
        return statement
    return statement.where(
        Case.is_withdrawn.is_(False),
        Case.id.in_(_reached(organisation.id, union if is_narrowed else union_all)),
    )


def readable_cases(user: User) -> Select[Case]:
    """The cases a person is shown more of than the summary: those to search in, to compare and to export."""
    return visible_cases(user).where(may_read_account(user))


def visible_case(
    session: Session, user: User, case_id: uuid.UUID, *, least: Disclosure = Disclosure.ANONYMISED
) -> Case:
    """One case, for what shows as much of it as `least`. Raises CaseworkError("not_found") for any other."""
    case = session.scalar(visible_cases(user).where(Case.id == case_id))
    if case is None or not is_at_least(disclosed(user, case), least):
        raise CaseworkError(NOT_FOUND)
    return case


def workable_case(session: Session, user: User, case_id: uuid.UUID, permission: Permission) -> Case:
    """A visible case that is to be changed. Raises CaseworkError: `not_found`, `forbidden` or `withdrawn`."""
    case = visible_case(session, user, case_id, least=Disclosure.SUMMARY)
    is_enough = permission in _FOR_SUMMARIES or is_at_least(disclosed(user, case), Disclosure.ANONYMISED)
    if not may(user.role, permission) or not is_enough:
        raise CaseworkError(FORBIDDEN)
    if case.is_withdrawn:
        raise CaseworkError("withdrawn")
    return case


def desk_case(session: Session, user: User, case_id: uuid.UUID, permission: Permission) -> Case:
    """A case that only the desk's people change in this way. Raises CaseworkError: `not_found`, `forbidden` or
    `withdrawn`.
    """
    case = workable_case(session, user, case_id, permission)
    if not user.organisation.sees_every_case:
        raise CaseworkError(FORBIDDEN)
    return case


def may_read_text(user: User, case: Case) -> bool:
    """Whether the account itself may be shown: not where only the summary is disclosed, of a withdrawn case only to
    the desk's supervisors, of one with an addition that may identify somebody only to the desk.
    """
    is_desk = user.organisation.sees_every_case
    if case.is_withdrawn:
        return is_desk and user.role == Role.SUPERVISOR
    return is_desk or (not case.is_held and is_at_least(disclosed(user, case), Disclosure.ANONYMISED))


def has_conflict(session: Session, case_id: uuid.UUID, organisation: Organisation) -> bool:
    """Whether a case concerns this organisation, or names an actor that it must never be sent."""
    return (
        session.scalar(select(Case.id).where(Case.id == case_id, in_conflict_with(organisation))) is not None
    )


def in_conflict_with(organisation: Organisation) -> ColumnElement[bool]:
    """The condition on cases that concern this organisation or name an actor that it must never be sent."""
    reasons = _concerns_organisation(organisation.id)
    if organisation.conflict_actors:
        reasons = or_(reasons, _names_an_actor_of(organisation.conflict_actors))
    return reasons


def _concerns_organisation(organisation_id: uuid.UUID) -> ColumnElement[bool]:
    return exists().where(
        CaseConflict.case_id == Case.id,
        CaseConflict.organisation_id == organisation_id,
        CaseConflict.removed_at.is_(None),
    )


def _concerns_person(user_id: uuid.UUID) -> ColumnElement[bool]:
    return exists().where(
        CaseConflict.case_id == Case.id,
        CaseConflict.user_id == user_id,
        CaseConflict.removed_at.is_(None),
    )


def _names_an_actor_of(codes: Collection[str]) -> ColumnElement[bool]:
    """A finding about an actor that nobody rejected, by the code as a person corrected it, or its whole category."""
    code = func.coalesce(Finding.corrected_value["code"].as_string(), Finding.value["code"].as_string())
    return exists().where(
        Finding.case_id == Case.id,
        Finding.kind == ACTOR,
        Finding.state != FindingState.REJECTED,
        code.in_(list(possible_authors(codes))),
    )


def _reached(
    organisation_id: uuid.UUID, both: Callable[..., CompoundSelect[uuid.UUID]]
) -> CompoundSelect[uuid.UUID]:
    """Cases referred to an organisation or assigned to its people. A list, not two conditions on each case: from its
    few the database finds them, where it would go through everybody's otherwise.

    `both` is `union_all`, by which PostgreSQL thinks that the list is short and begins with it, or `union`, by which
    it knows how long the list is. The cases are the same.
    """
    referred = select(Referral.case_id).where(
        Referral.organisation_id == organisation_id, Referral.state.in_(LIVE_STATES)
    )
    assigned = aliased(Case)
    people = select(User.id).where(User.organisation_id == organisation_id)
    return both(referred, select(assigned.id).where(assigned.assigned_to_id.in_(people)))
