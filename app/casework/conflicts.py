"""Whom a case concerns: an organisation or a person that it names never sees it.

Said by the machine, which found the name in the original, or by a supervisor of the desk. Only ids are kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework import history
from app.casework.conclusions import WAIT_FOR_EYES
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.visibility import desk_case
from app.clock import utcnow
from app.intake.sharing import take_from_people_of
from app.models import (
    UNSAFE_ADDITION,
    Case,
    CaseConflict,
    CaseEvent,
    ConflictSource,
    Organisation,
    OrganisationKind,
    Referral,
    ReferralState,
    User,
)

SHORTEST_REASON = 10
DESK_CONCERNED = "desk_concerned"  # a reason to need a person: nobody of the desk may see the case
CONFLICT_FOUND = "conflict_found"  # a line of the history: the machine found a name
_REVOCABLE = (ReferralState.PROPOSED, ReferralState.SENT, ReferralState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a case concerns: exactly one of the two."""

    organisation_id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None

    def detail(self) -> dict[str, str]:
        """As the history and the audit chain hold it."""
        if self.organisation_id is not None:
            return {"organisation": str(self.organisation_id)}
        return {"person": str(self.user_id)}


def conflicts_of(session: Session, case: Case) -> Sequence[CaseConflict]:
    """The conflicts that stand, the oldest first."""
    standing = select(CaseConflict).where(CaseConflict.case_id == case.id, CaseConflict.removed_at.is_(None))
    return session.scalars(standing.order_by(CaseConflict.created_at)).unique().all()


def state_conflict(
    session: Session, user: User, case_id: uuid.UUID, concerned: Concerned, *, reason: str
) -> CaseConflict:
    """Say that a case concerns an organisation or a person: they lose it at once.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `reason_short`, `concerned_unknown`,
    `conflict_there`, `nobody_left`.
    """
    case = desk_case(session, user, case_id, Permission.STATE_CONFLICTS)
    _check_reason(reason)
    _check_concerned(session, concerned)
    if any(_concerns(each, concerned) for each in conflicts_of(session, case)):
        raise CaseworkError("conflict_there")
    if concerned.user_id is not None and not _is_seen_without(session, case, {concerned.user_id}):
        raise CaseworkError("nobody_left")
    conflict = _keep(session, case, concerned, ConflictSource.PERSON)
    conflict.created_by_id, conflict.reason = user.id, reason.strip()
    history.write(
        session, user, case, EventKind.CONFLICT_STATED, detail=concerned.detail(), reason=reason.strip()
    )
    return conflict


def remove_conflict(session: Session, user: User, conflict_id: uuid.UUID, *, reason: str) -> CaseConflict:
    """Say that a case doesn't concern somebody after all. The machine won't find them in it again.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `reason_short`.
    """
    conflict = session.get(CaseConflict, conflict_id)
    if conflict is None or conflict.removed_at is not None:
        raise CaseworkError("not_found")
    case = desk_case(session, user, conflict.case_id, Permission.STATE_CONFLICTS)
    _check_reason(reason)
    conflict.removed_at, conflict.removed_by_id = utcnow(), user.id
    conflict.removal_reason = reason.strip()
    detail = Concerned(conflict.organisation_id, conflict.user_id).detail()
    history.write(session, user, case, EventKind.CONFLICT_REMOVED, detail=detail, reason=reason.strip())
    return conflict


def keep_found(session: Session, case: Case, found: Collection[Concerned]) -> bool:
    """Keep whom the machine found named in an original, except who was found or removed before.

    Whether somebody of the desk may still see the case; if nobody may, it waits as `desk_concerned`, or stays held
    where its account has to be read before any organisation reads it.
    """
    known = session.scalars(select(CaseConflict).where(CaseConflict.case_id == case.id)).unique().all()
    for concerned in found:
        if not any(_concerns(each, concerned) for each in known):
            _keep(session, case, concerned, ConflictSource.MACHINE)
            _note(session, case, concerned)
    if _is_seen_without(session, case, set()):
        return True
    case.needs_person = UNSAFE_ADDITION if case.needs_person in WAIT_FOR_EYES else DESK_CONCERNED
    return False


def carry_conflicts(session: Session, source: Case, target: Case) -> None:
    """What a case concerns, the case that takes over a part of it concerns too: of two mistakes the smaller."""
    here = list(conflicts_of(session, target))
    for each in conflicts_of(session, source):
        concerned = Concerned(each.organisation_id, each.user_id)
        if not any(_concerns(other, concerned) for other in here):
            kept = _keep(session, target, concerned, ConflictSource(each.source))
            kept.created_by_id, kept.reason = each.created_by_id, each.reason


def possible_concerned(session: Session, user: User) -> tuple[Sequence[Organisation], Sequence[User]]:
    """The organisations (never the desk: it reads every report) and the people, oneself among them, that a
    supervisor can name; none for others.
    """
    if not (user.organisation.sees_every_case and may(user.role, Permission.STATE_CONFLICTS)):
        return (), ()
    others = select(Organisation).where(Organisation.kind != OrganisationKind.DESK, Organisation.is_active)
    people = select(User).where(User.is_active)
    return (
        session.scalars(others.order_by(Organisation.name)).all(),
        session.scalars(people.order_by(User.display_name)).unique().all(),
    )


def _keep(session: Session, case: Case, concerned: Concerned, source: ConflictSource) -> CaseConflict:
    conflict = CaseConflict(
        id=uuid.uuid4(),
        case_id=case.id,
        organisation_id=concerned.organisation_id,
        user_id=concerned.user_id,
        source=source,
    )
    session.add(conflict)
    session.flush()
    if concerned.organisation_id is not None:
        _take_from_organisation(session, case, session.get_one(Organisation, concerned.organisation_id))
    elif case.assigned_to_id == concerned.user_id:
        case.assigned_to_id = None
    return conflict


def _take_from_organisation(session: Session, case: Case, organisation: Organisation) -> None:
    asked = select(Referral).where(
        Referral.case_id == case.id,
        Referral.organisation_id == organisation.id,
        Referral.state.in_(_REVOCABLE),
    )
    for referral in session.scalars(asked):
        referral.state, referral.decided_at = ReferralState.REVOKED, utcnow()
    take_from_people_of(session, case, organisation)


def _note(session: Session, case: Case, concerned: Concerned) -> None:
    detail = concerned.detail()
    case.updated_at = utcnow()
    session.add(CaseEvent(case_id=case.id, kind=CONFLICT_FOUND, detail=detail))
    audit.record(session, Action.CONFLICT_STATED, f"case:{case.id}", actor="worker", detail=detail)


def _is_seen_without(session: Session, case: Case, more: Collection[uuid.UUID]) -> bool:
    """Whether anybody of the desk who reads cases is left once those concerned, and some more, are taken out.

    True also where the desk has nobody yet: that is no matter of conflicts.
    """
    out = {each.user_id for each in conflicts_of(session, case)} | set(more)
    people = (
        select(User).join(User.organisation).where(Organisation.kind == OrganisationKind.DESK, User.is_active)
    )
    readers = [each for each in session.scalars(people).unique() if may(each.role, Permission.READ_CASES)]
    return not readers or any(each.id not in out for each in readers)


def _concerns(conflict: CaseConflict, concerned: Concerned) -> bool:
    return (conflict.organisation_id, conflict.user_id) == (concerned.organisation_id, concerned.user_id)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")


def _check_concerned(session: Session, concerned: Concerned) -> None:
    if (concerned.organisation_id is None) == (concerned.user_id is None):
        raise CaseworkError("concerned_unknown")
    organisation = session.get(Organisation, concerned.organisation_id) if concerned.organisation_id else None
    is_desk = organisation is not None and organisation.kind == OrganisationKind.DESK
    person = session.get(User, concerned.user_id) if concerned.user_id else None
    if is_desk or (organisation is None and person is None):
        raise CaseworkError("concerned_unknown")
