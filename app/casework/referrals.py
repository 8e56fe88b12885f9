"""Referrals: asking an organisation to act, how much of the case it is shown, and what it answers."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.following_up import tell_reporters
from app.casework.handing_over import settle_keys
from app.casework.history import EventKind
from app.casework.overriding import Override, check_override
from app.casework.referral_states import OVER, S, check_step, may_refer, next_states
from app.casework.sharing import may_be_disclosed_to, may_be_shared_with
from app.casework.telling import tell_of_referral
from app.casework.visibility import desk_case, has_conflict, workable_case
from app.clock import utcnow
from app.intake.sharing import take_from_people_of
from app.models import Case, Disclosure, Organisation, OrganisationKind, Referral, ReferralState, User

__all__ = ["answer_referral", "change_disclosure", "next_states", "refer", "refuse"]

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
    disclosure: Disclosure = Disclosure.ANONYMISED,
    override: Override | None = None,
) -> Referral:
    """Send a case to an organisation by hand; one that was declined or revoked is sent anew.

    With `override`, also where the reporters have not allowed it; where they have, it is left out of account.
    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `organisation_unknown`, `conflict`, `not_allowed`,
    `identity_not_allowed`, `referred_already`, `deadline_unknown`, those of `check_override` and `settle_keys`.
    """
    case = workable_case(session, user, case_id, Permission.REFER_CASES)
    if not may_refer(user):
        raise CaseworkError(FORBIDDEN)
    organisation = _receiver(session, organisation_id)
    if not 1 <= deadline_hours <= LONGEST_DEADLINE_HOURS:
        raise CaseworkError("deadline_unknown")
    is_allowed = may_be_disclosed_to(session, case, organisation, disclosure)
    if override is None or is_allowed:
        refuse(session, case, organisation, disclosure)
    else:
        check_override(user, disclosure, override)
    referral = _fresh(session, user, case, organisation)
    referral.note, referral.disclosure = note, disclosure
    referral.deadline_at = utcnow() + timedelta(hours=deadline_hours)
    session.flush()
    settle_keys(session, user, case, referral)
    _write_made(session, user, case, referral)
    if override is not None and not is_allowed:
        _write_override(session, user, case, referral, override)
    tell_of_referral(session, case, referral, by=user)
    return referral


def refuse(session: Session, case: Case, organisation: Organisation, disclosure: Disclosure) -> None:
    """Raises CaseworkError for what may not be sent: `conflict`, `not_allowed`, `identity_not_allowed`."""
    if has_conflict(session, case.id, organisation):
        raise CaseworkError("conflict")
    if not may_be_shared_with(session, case, organisation):
        raise CaseworkError("not_allowed")
    if not may_be_disclosed_to(session, case, organisation, disclosure):
        raise CaseworkError("identity_not_allowed")


def _receiver(session: Session, organisation_id: uuid.UUID) -> Organisation:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not organisation.is_active or organisation.kind == OrganisationKind.DESK:
        raise CaseworkError("organisation_unknown")
    return organisation


def _fresh(session: Session, user: User, case: Case, organisation: Organisation) -> Referral:
    """The case's referral to an organisation, made or made anew, as sent now."""
    if has_conflict(session, case.id, organisation):
        raise CaseworkError("conflict")
    referral = session.scalar(
        select(Referral).where(Referral.case_id == case.id, Referral.organisation_id == organisation.id)
    )
    if referral is None:
        referral = Referral(id=uuid.uuid4(), organisation=organisation, deadline_at=utcnow())
        case.referrals.append(referral)
    elif referral.state not in OVER and referral.state != S.PROPOSED:
        raise CaseworkError("referred_already")
    referral.state, referral.created_by_id = S.SENT, user.id
    referral.created_at, referral.decided_at, referral.decided_by_id = utcnow(), None, None
    referral.answer_note = ""
    referral.consent_overridden_by_id, referral.override_ground, referral.override_reason = None, "", ""
    begin_deadline(referral)
    return referral


def begin_deadline(referral: Referral) -> None:
    """Nobody was reminded yet: reminders and escalation begin with each sending."""
    referral.reminded_at, referral.escalated_at, referral.escalation_level = None, None, 0


def _write_made(session: Session, user: User, case: Case, referral: Referral) -> None:
    detail = {
        "organisation": str(referral.organisation_id),
        "state": str(S.SENT),
        "disclosure": str(referral.disclosure),
    }
    history.write(session, user, case, EventKind.REFERRAL_CREATED, detail=detail, reason=referral.note)


def _write_override(session: Session, user: User, case: Case, referral: Referral, override: Override) -> None:
    """It stays on the referral until that is sent anew, and in the history for good."""
    referral.consent_overridden_by_id = user.id
    referral.override_ground, referral.override_reason = override.ground, override.reason.strip()
    detail = {"organisation": str(referral.organisation_id), "override_ground": override.ground}
    history.write(
        session, user, case, EventKind.CONSENT_OVERRIDDEN, detail=detail, reason=override.reason.strip()
    )


def answer_referral(
    session: Session, user: User, referral_id: uuid.UUID, state: ReferralState, *, note: str = ""
) -> Referral:
    """Move a referral on: the desk sends or revokes it, the receiving organisation accepts, declines or finishes it.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `conflict`, `not_allowed`, `identity_not_allowed`,
    `organisation_unknown`, `referral_state`, `reason_short`, and those of `settle_keys`.
    """
    referral = session.get(Referral, referral_id)
    if referral is None:
        raise CaseworkError(NOT_FOUND)
    case = workable_case(session, user, referral.case_id, Permission.ANSWER_REFERRALS)
    check_step(user, referral, state)
    if state is S.DECLINED and len(note.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if state is S.SENT:
        _send(session, user, case, referral)
    before = referral.state
    referral.state, referral.decided_at, referral.decided_by_id = state, utcnow(), user.id
    referral.answer_note = note.strip()
    detail = {"organisation": str(referral.organisation_id), "from": before, "to": str(state)}
    history.write(session, user, case, EventKind.REFERRAL_CHANGED, detail=detail, reason=note.strip())
    _follow(session, user, case, referral)
    return referral


def _follow(session: Session, user: User, case: Case, referral: Referral) -> None:
    """What the step brings with it for the people of the organisation, the reporter, and whoever waits for it."""
    if referral.state in OVER:
        take_from_people_of(session, case, referral.organisation)
    if referral.state in OVER or may_refer(user):
        settle_keys(session, user, case, referral)
    if referral.state == S.ACCEPTED:
        tell_reporters(session, case)
    tell_of_referral(session, case, referral, by=user)


def change_disclosure(
    session: Session, user: User, referral_id: uuid.UUID, disclosure: Disclosure
) -> Referral:
    """Show the receiving organisation more, as far as the reporters allow, or less.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `conflict`, `not_allowed`, `identity_not_allowed`,
    `referral_state`, and those of `settle_keys`.
    """
    referral = session.get(Referral, referral_id)
    if referral is None:
        raise CaseworkError(NOT_FOUND)
    case = desk_case(session, user, referral.case_id, Permission.REFER_CASES)
    if referral.state in OVER:
        raise CaseworkError("referral_state")
    if disclosure is not Disclosure.SUMMARY and not _is_overridden_within(referral, disclosure):
        refuse(session, case, referral.organisation, disclosure)
    before, referral.disclosure = referral.disclosure, disclosure
    settle_keys(session, user, case, referral)
    detail = {
        "organisation": str(referral.organisation_id),
        "disclosure": str(disclosure),
        "disclosure_before": str(before),
    }
    history.write(session, user, case, EventKind.REFERRAL_CHANGED, detail=detail)
    return referral


def _is_overridden_within(referral: Referral, disclosure: Disclosure) -> bool:
    """Whether an override, which never holds identities, covers it."""
    return referral.consent_overridden_by_id is not None and disclosure is Disclosure.ANONYMISED


def _send(session: Session, user: User, case: Case, referral: Referral) -> None:
    """A proposal's deadline runs from the moment it is sent."""
    _receiver(session, referral.organisation_id)
    refuse(session, case, referral.organisation, Disclosure(referral.disclosure))
    referral.deadline_at = utcnow() + (referral.deadline_at - referral.created_at)
    referral.created_by_id = user.id
    begin_deadline(referral)
