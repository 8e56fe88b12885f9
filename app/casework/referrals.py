"""Referrals: asking an organisation to act, and what it answers."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.sharing import may_be_shared_with
from app.casework.visibility import has_conflict, workable_case
from app.clock import utcnow
from app.intake.sharing import take_from_people_of
from app.models import Case, Organisation, OrganisationKind, Referral, ReferralState, User

S = ReferralState
BY_THE_DESK = {(S.PROPOSED, S.SENT), (S.PROPOSED, S.REVOKED), (S.SENT, S.REVOKED), (S.ACCEPTED, S.REVOKED)}
BY_THE_RECEIVER = {(S.SENT, S.ACCEPTED), (S.SENT, S.DECLINED), (S.ACCEPTED, S.DECLINED), (S.ACCEPTED, S.DONE)}
OVER = (S.DECLINED, S.REVOKED)
SHORTEST_REASON = 10
LONGEST_DEADLINE_HOURS = 24 * 90


def refer(
    session: Session,
    user: User,
    case_id: uuid.UUID,
    organisation_id: uuid.UUID,
    *,
    note: str = "",
    deadline_hours: int = 72,
) -> Referral:
    """Send a case to an organisation by hand; one that was declined or revoked is sent anew.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `organisation_unknown`, `conflict`, `not_allowed`,
    `referred_already`, `deadline_unknown`.
    """
    case = workable_case(session, user, case_id, Permission.REFER_CASES)
    if not user.organisation.sees_every_case:
        raise CaseworkError(FORBIDDEN)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not organisation.is_active or organisation.kind == OrganisationKind.DESK:
        raise CaseworkError("organisation_unknown")
    if not 1 <= deadline_hours <= LONGEST_DEADLINE_HOURS:
        raise CaseworkError("deadline_unknown")
    referral = _fresh(session, user, case, organisation)
    referral.note, referral.deadline_at = note, utcnow() + timedelta(hours=deadline_hours)
    session.flush()
    detail = {"organisation": str(organisation.id), "state": str(S.SENT)}
    history.write(session, user, case, EventKind.REFERRAL_CREATED, detail=detail, reason=note)
    return referral


def _fresh(session: Session, user: User, case: Case, organisation: Organisation) -> Referral:
    """The case's referral to an organisation, made or made anew, as sent now."""
    if has_conflict(session, case.id, organisation):
        raise CaseworkError("conflict")
    if not may_be_shared_with(session, case, organisation):
        raise CaseworkError("not_allowed")
    referral = session.scalar(
        select(Referral).where(Referral.case_id == case.id, Referral.organisation_id == organisation.id)
    )
    if referral is None:
        referral = Referral(id=uuid.uuid4(), organisation_id=organisation.id, deadline_at=utcnow())
        case.referrals.append(referral)
    elif referral.state not in OVER and referral.state != S.PROPOSED:
        raise CaseworkError("referred_already")
    referral.state, referral.created_by_id = S.SENT, user.id
    referral.created_at, referral.decided_at, referral.decided_by_id = utcnow(), None, None
    return referral


def answer_referral(
    session: Session, user: User, referral_id: uuid.UUID, state: ReferralState, *, note: str = ""
) -> Referral:
    """Move a referral on: the desk sends or revokes it, the receiving organisation accepts, declines or finishes it.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `conflict`, `not_allowed`, `referral_state`,
    `reason_short`.
    """
    referral = session.get(Referral, referral_id)
    if referral is None:
        raise CaseworkError(NOT_FOUND)
    case = workable_case(session, user, referral.case_id, Permission.ANSWER_REFERRALS)
    _check_step(user, referral, state)
    if state is S.DECLINED and len(note.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if state is S.SENT:
        _send(session, user, case, referral)
    before = referral.state
    referral.state, referral.decided_at, referral.decided_by_id = state, utcnow(), user.id
    if state in OVER:
        take_from_people_of(session, case, referral.organisation)
    detail = {"organisation": str(referral.organisation_id), "from": before, "to": str(state)}
    history.write(session, user, case, EventKind.REFERRAL_CHANGED, detail=detail, reason=note.strip())
    return referral


def next_states(user: User, referral: Referral) -> tuple[ReferralState, ...]:
    """What this person may make of a referral."""
    if not may(user.role, Permission.ANSWER_REFERRALS):
        return ()
    return tuple(state for state in S if (referral.state, state) in _steps(user, referral))


def _steps(user: User, referral: Referral) -> set[tuple[ReferralState, ReferralState]]:
    by_desk = (
        BY_THE_DESK if user.organisation.sees_every_case and may(user.role, Permission.REFER_CASES) else set()
    )
    by_receiver = BY_THE_RECEIVER if referral.organisation_id == user.organisation_id else set()
    return by_desk | by_receiver


def _check_step(user: User, referral: Referral, state: ReferralState) -> None:
    """Refuse what the state doesn't allow; a referral to others doesn't exist for a partner."""
    if not user.organisation.sees_every_case and referral.organisation_id != user.organisation_id:
        raise CaseworkError(NOT_FOUND)
    step = (ReferralState(referral.state), state)
    if step not in BY_THE_DESK | BY_THE_RECEIVER:
        raise CaseworkError("referral_state")
    if step not in _steps(user, referral):
        raise CaseworkError(FORBIDDEN)


def _send(session: Session, user: User, case: Case, referral: Referral) -> None:
    """A proposal's deadline runs from the moment it is sent."""
    if has_conflict(session, case.id, referral.organisation):
        raise CaseworkError("conflict")
    if not may_be_shared_with(session, case, referral.organisation):
        raise CaseworkError("not_allowed")
    referral.deadline_at = utcnow() + (referral.deadline_at - referral.created_at)
    referral.created_by_id = user.id
