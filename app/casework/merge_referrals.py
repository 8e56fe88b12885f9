"""What becomes of referrals when two cases become one: never more is shown to anybody than both halves allow."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.casework.disclosure import is_at_least
from app.casework.referral_states import OVER
from app.casework.sharing import may_be_disclosed_to
from app.casework.visibility import has_conflict
from app.clock import utcnow
from app.intake.sharing import take_from_people_of
from app.models import Case, Disclosure, Organisation, Referral, ReferralState, User

S = ReferralState
# Two requests to one organisation become one: the one that is further along. What somebody took back stays so.
_ADVANCE = (S.PROPOSED, S.DECLINED, S.SENT, S.ACCEPTED, S.DONE, S.REVOKED)
_OWN = {"id", "case_id", "organisation_id"}


@dataclass(frozen=True, slots=True)
class Losing:
    """An organisation that may not have both cases and loses the one it has: a report names it, or one forbids it."""

    organisation: Organisation
    is_named: bool


def losing(session: Session, one: Case, other: Case) -> list[Losing]:
    """The organisations that are asked to act on one of the cases and may not get the other."""
    organisations = {
        each.organisation_id: each.organisation for case in (one, other) for each in _live(case.referrals)
    }
    found = (_losing(session, each, one, other) for each in organisations.values())
    return sorted((each for each in found if each), key=lambda each: each.organisation.name)


def _losing(session: Session, organisation: Organisation, one: Case, other: Case) -> Losing | None:
    cases = (one, other)
    if any(has_conflict(session, case.id, organisation) for case in cases):
        return Losing(organisation, is_named=True)
    if all(_is_allowed(session, case, organisation) for case in cases):
        return None
    return Losing(organisation, is_named=False)


def _is_allowed(session: Session, case: Case, organisation: Organisation) -> bool:
    """The reporters allow it, or somebody overrode that for this very case."""
    referral = _referral_to(case, organisation)
    is_overridden = referral is not None and referral.state not in OVER and referral.consent_overridden_by_id
    return bool(is_overridden) or may_be_disclosed_to(session, case, organisation, Disclosure.ANONYMISED)


def _referral_to(case: Case, organisation: Organisation) -> Referral | None:
    return next((each for each in case.referrals if each.organisation_id == organisation.id), None)


def _live(referrals: Sequence[Referral]) -> list[Referral]:
    return [each for each in referrals if each.state not in OVER]


def join(case: Case, other: Case) -> dict[str, Any]:
    """Let the referrals that stay with `case` be the more advanced ones, with the smaller disclosure of the two.

    Gives what `part` needs: the pairs whose contents changed places, and the disclosures as they were.
    """
    swapped, disclosures = [], {}
    for theirs in other.referrals:
        ours = _referral_to(case, theirs.organisation)
        if ours is None:
            continue
        if _ADVANCE.index(S(theirs.state)) > _ADVANCE.index(S(ours.state)):
            _swap(ours, theirs)
            swapped.append([str(ours.id), str(theirs.id)])
        if is_at_least(Disclosure(ours.disclosure), Disclosure(theirs.disclosure)):
            disclosures[str(ours.id)] = [ours.disclosure, theirs.disclosure]
            ours.disclosure = theirs.disclosure
    return {"swapped": swapped, "disclosures": disclosures}


def _swap(one: Referral, other: Referral) -> None:
    """Everything but whose they are changes places, so that nothing of it must be written down elsewhere."""
    for attribute in inspect(Referral).column_attrs:
        if attribute.key not in _OWN:
            ours, theirs = getattr(one, attribute.key), getattr(other, attribute.key)
            setattr(one, attribute.key, theirs)
            setattr(other, attribute.key, ours)


def take_back(session: Session, case: Case, losers: Sequence[Losing]) -> dict[str, Any]:
    """Revoke what those organisations were asked; gives what it was before, by the referral's id."""
    before: dict[str, Any] = {}
    for organisation in (each.organisation for each in losers):
        referral = _referral_to(case, organisation)
        if referral is not None and referral.state not in OVER:
            before |= silence([referral])
        take_from_people_of(session, case, organisation)
    return before


def silence(referrals: Sequence[Referral]) -> dict[str, Any]:
    """Revoke referrals, by nobody in particular; gives what they were before, by their ids."""
    before: dict[str, Any] = {}
    for referral in _live(referrals):
        decided_at = referral.decided_at.isoformat() if referral.decided_at else None
        decided_by = str(referral.decided_by_id) if referral.decided_by_id else None
        before[str(referral.id)] = [referral.state, decided_at, decided_by]
        referral.state, referral.decided_at, referral.decided_by_id = S.REVOKED, utcnow(), None
    return before


def _unsilence(referral: Referral, state: str, decided_at: str | None, decided_by: str | None) -> None:
    referral.state = state
    referral.decided_at = datetime.fromisoformat(decided_at) if decided_at else None
    referral.decided_by_id = uuid.UUID(decided_by) if decided_by else None


def part(session: Session, record: Mapping[str, Any], keep: Sequence[str] = ()) -> None:
    """Give referrals back what they held before a merge, except what somebody changed since then or has in `keep`."""
    for referral_id, (before, after) in record["disclosures"].items():
        referral = session.get(Referral, uuid.UUID(referral_id))
        if referral is not None and referral.disclosure == after:
            referral.disclosure = before
    for referral_id, before in record["revoked"].items():
        referral = session.get(Referral, uuid.UUID(referral_id))
        if referral is not None and referral.state == S.REVOKED and referral.decided_by_id is None:
            _unsilence(referral, *before)
    for ours, theirs in record["swapped"]:
        pair = session.get(Referral, uuid.UUID(ours)), session.get(Referral, uuid.UUID(theirs))
        if pair[0] is not None and pair[1] is not None and ours not in keep:
            _swap(pair[0], pair[1])


def review(session: Session, case: Case) -> None:
    """Take back what may no longer stand: consent, or what a report says, may have changed meanwhile."""
    for referral in _live(case.referrals):
        organisation = referral.organisation
        if has_conflict(session, case.id, organisation) or not _is_allowed(session, case, organisation):
            referral.state, referral.decided_at = S.REVOKED, utcnow()
            take_from_people_of(session, case, organisation)


def may_hold(session: Session, user_id: uuid.UUID, case: Case) -> bool:
    """Whether somebody may have a case assigned: its organisation may have it, at the desk or elsewhere."""
    organisation = session.scalar(
        select(Organisation).join(User, User.organisation_id == Organisation.id).where(User.id == user_id)
    )
    if organisation is None or has_conflict(session, case.id, organisation):
        return False
    return organisation.sees_every_case or _is_allowed(session, case, organisation)
