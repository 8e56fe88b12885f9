"""Which cases a person may see. Every query that reads cases for somebody starts from `visible_cases`."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.models import Case, Finding, FindingState, Organisation, Referral, ReferralState, Role, User
from app.reference.taxonomy import possible_authors

ACTOR = "actor"
SEEN_STATES = (ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.DONE)


def visible_cases(user: User) -> Select[Case]:
    """The cases a person may see: never one that names an actor their organisation is in conflict with.

    The desk sees all others; anybody else what was referred to their organisation or assigned to its people,
    as long as it isn't withdrawn.
    """
    organisation = user.organisation
    statement = select(Case)
    if organisation.conflict_actors:
        statement = statement.where(~_names_an_actor_of(organisation.conflict_actors))
    if organisation.sees_every_case:
        return statement
    reached = or_(_referred_to(organisation.id), _assigned_within(organisation.id))
    return statement.where(Case.is_withdrawn.is_(False), reached)


def visible_case(session: Session, user: User, case_id: uuid.UUID) -> Case:
    """One case as this person may see it. Raises CaseworkError("not_found") for any other."""
    case = session.scalar(visible_cases(user).where(Case.id == case_id))
    if case is None:
        raise CaseworkError(NOT_FOUND)
    return case


def workable_case(session: Session, user: User, case_id: uuid.UUID, permission: Permission) -> Case:
    """A visible case that is to be changed. Raises CaseworkError: `not_found`, `forbidden` or `withdrawn`."""
    case = visible_case(session, user, case_id)
    if not may(user.role, permission):
        raise CaseworkError(FORBIDDEN)
    if case.is_withdrawn:
        raise CaseworkError("withdrawn")
    return case


def may_read_text(user: User, case: Case) -> bool:
    """Whether the account itself may be shown: of a withdrawn case only to the desk's supervisors, of one with an
    addition that may identify somebody only to the desk.
    """
    is_desk = user.organisation.sees_every_case
    if case.is_withdrawn:
        return is_desk and user.role == Role.SUPERVISOR
    return is_desk or not case.is_held


def has_conflict(session: Session, case_id: uuid.UUID, organisation: Organisation) -> bool:
    """Whether a case names an actor that this organisation must never be sent."""
    if not organisation.conflict_actors:
        return False
    named = select(Case.id).where(Case.id == case_id, _names_an_actor_of(organisation.conflict_actors))
    return session.scalar(named) is not None


def _names_an_actor_of(codes: Collection[str]) -> ColumnElement[bool]:
    """A finding about an actor that nobody rejected, by the code as a person corrected it, or its whole category."""
    code = func.coalesce(Finding.corrected_value["code"].as_string(), Finding.value["code"].as_string())
    return exists().where(
        Finding.case_id == Case.id,
        Finding.kind == ACTOR,
        Finding.state != FindingState.REJECTED,
        code.in_(list(possible_authors(codes))),
    )


def _referred_to(organisation_id: uuid.UUID) -> ColumnElement[bool]:
    return exists().where(
        Referral.case_id == Case.id,
        Referral.organisation_id == organisation_id,
        Referral.state.in_(SEEN_STATES),
    )


def _assigned_within(organisation_id: uuid.UUID) -> ColumnElement[bool]:
    people = select(User.id).where(User.organisation_id == organisation_id)
    return Case.assigned_to_id.in_(people)
