"""Referrals as the case page shows them, and to whom the desk may still send a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conflicts import conflicts_of, possible_concerned
from app.casework.disclosure import is_at_least
from app.casework.overriding import ground_label, may_override
from app.casework.referral_states import OVER, may_refer, next_states
from app.casework.sharing import may_be_disclosed_to, may_be_shared_with
from app.casework.visibility import has_conflict
from app.models import (
    Case,
    CaseConflict,
    ConflictSource,
    Disclosure,
    Organisation,
    OrganisationKind,
    Referral,
    ReferralState,
    User,
)


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral, what this person may make of it, and what the desk may let its organisation see instead."""

    referral: Referral
    next_states: tuple[ReferralState, ...]
    disclosures: tuple[Disclosure, ...] = ()
    decided_by: str = ""
    overridden_by: str = ""
    reasons: Sequence[str] = ()

    @property
    def ground(self) -> str:
        """On what ground the reporter's wishes were set aside, in words."""
        return ground_label(self.referral.override_ground)


@dataclass(frozen=True, slots=True)
class Unoffered:
    """An organisation that can't get the case; `why` is a code of the table `unoffered`."""

    organisation: Organisation
    why: str


@dataclass(frozen=True, slots=True)
class Receivers:
    """To whom the desk may send a case; `against_wishes` only with an override."""

    offered: Sequence[Organisation] = ()
    against_wishes: Sequence[Organisation] = ()
    unoffered: Sequence[Unoffered] = ()
    may_override: bool = False


@dataclass(frozen=True, slots=True)
class ConflictsView:
    """Whom a case concerns, for the desk, and whom a supervisor can name besides."""

    standing: Sequence[CaseConflict] = ()
    organisations: Sequence[Organisation] = ()
    people: Sequence[User] = field(default=())

    @property
    def may_change(self) -> bool:
        """Whether this person says whom a case concerns."""
        return bool(self.people)


def referral_views(session: Session, user: User, case: Case) -> list[ReferralView]:
    """All of them for the desk; a partner learns nothing of other organisations, nor who set wishes aside."""
    is_desk = user.organisation.sees_every_case
    shown = [each for each in case.referrals if is_desk or each.organisation_id == user.organisation_id]
    names = _names(session, shown)
    return [_view(session, user, case, each, names) for each in shown]


def _view(
    session: Session, user: User, case: Case, referral: Referral, names: Mapping[UUID, str]
) -> ReferralView:
    is_desk = user.organisation.sees_every_case
    overrider = referral.consent_overridden_by_id if is_desk else None
    return ReferralView(
        referral,
        next_states(user, referral) if not case.is_withdrawn else (),
        _other_disclosures(session, user, case, referral),
        names.get(referral.decided_by_id, "") if referral.decided_by_id else "",
        names.get(overrider, "") if overrider else "",
        referral.reasons
        if is_desk or referral.disclosure != Disclosure.SUMMARY
        else (),  # rules name authors
    )


def _other_disclosures(
    session: Session, user: User, case: Case, referral: Referral
) -> tuple[Disclosure, ...]:
    if not may_refer(user) or case.is_withdrawn or referral.state in OVER:
        return ()
    most = Disclosure.ANONYMISED if referral.consent_overridden_by_id else None
    return tuple(
        each
        for each in Disclosure
        if each != referral.disclosure
        and (
            (most is not None and is_at_least(most, each))
            or may_be_disclosed_to(session, case, referral.organisation, each)
        )
    )


def _names(session: Session, referrals: Collection[Referral]) -> Mapping[UUID, str]:
    ids = {each.decided_by_id for each in referrals} | {each.consent_overridden_by_id for each in referrals}
    people = session.scalars(select(User).where(User.id.in_(ids - {None}))).unique()
    return {each.id: f"{each.display_name} ({each.organisation.short_name})" for each in people}


def receivers(session: Session, user: User, case: Case) -> Receivers:
    """To whom this person may still refer a case, to whom not, and why; nothing for who doesn't refer."""
    if not may_refer(user):
        return Receivers()
    candidates = _candidates(session, case)
    unoffered = [
        Unoffered(each, _why(session, case, each))
        for each in candidates
        if has_conflict(session, case.id, each)
    ]
    kept = {each.organisation.id for each in unoffered}
    free = [each for each in candidates if each.id not in kept]
    against = [each for each in free if not may_be_shared_with(session, case, each)]
    return Receivers([each for each in free if each not in against], against, unoffered, may_override(user))


def _candidates(session: Session, case: Case) -> Sequence[Organisation]:
    asked = {each.organisation_id for each in case.referrals if each.state not in OVER}
    active = select(Organisation).where(
        Organisation.is_active, Organisation.kind != OrganisationKind.DESK, Organisation.id.not_in(asked)
    )
    return session.scalars(active.order_by(Organisation.name)).all()


def _why(session: Session, case: Case, organisation: Organisation) -> str:
    named = [each for each in conflicts_of(session, case) if each.organisation_id == organisation.id]
    if not named:
        return "actor"
    return "named" if named[0].source == ConflictSource.MACHINE else "stated"


def conflicts_view(session: Session, user: User, case: Case) -> ConflictsView | None:
    """Whom a case concerns: for the desk only."""
    if not user.organisation.sees_every_case:
        return None
    organisations, people = ((), ()) if case.is_withdrawn else possible_concerned(session, user)
    return ConflictsView(conflicts_of(session, case), organisations, people)
