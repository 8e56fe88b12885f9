"""Whether a case is established: who may say what when, on which ground, and two people for "verified"."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework import history
from app.casework.checklist import missing_for_verification, verifiable_case
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.clock import utcnow
from app.current import current_settings
from app.models import Case, User, Verification, VerificationStep
from app.queue import JobName, owe_again

SHORTEST_GROUND = 10
V = Verification
# Every end state is left by reopening, with a ground like any other change.
_FOLLOWING: Mapping[Verification, tuple[Verification, ...]] = {
    V.UNVERIFIED: (V.PENDING, V.NOT_SUBSTANTIATED, V.FALSE),
    V.PENDING: (V.VERIFIED, V.NOT_SUBSTANTIATED, V.FALSE, V.UNVERIFIED),
    V.VERIFIED: (V.PENDING, V.UNVERIFIED),
    V.NOT_SUBSTANTIATED: (V.PENDING, V.UNVERIFIED),
    V.FALSE: (V.PENDING, V.UNVERIFIED),
}
END_STATES = frozenset({V.VERIFIED, V.NOT_SUBSTANTIATED, V.FALSE})


def verify(
    session: Session, user: User, case_id: uuid.UUID, verification: Verification, *, reason: str
) -> Case:
    """Say whether a case is established, and on what ground (at least 10 characters).

    `pending` on a complete checklist proposes it as verified; `verified` takes a complete checklist and, where the
    installation asks for two people, somebody else's proposal. Raises CaseworkError: `not_found`, `forbidden`,
    `withdrawn`, `reason_short`, `verification_order`, `checklist_incomplete`, `nobody_proposed`, `same_person`.
    """
    case = verifiable_case(session, user, case_id)
    if len(reason.strip()) < SHORTEST_GROUND:
        raise CaseworkError("reason_short")
    before = Verification(case.verification)
    if verification not in next_verifications(session, case):
        raise CaseworkError("verification_order")
    is_complete = not missing_for_verification(session, case)
    if verification is V.VERIFIED:
        _check_confirmation(session, user, case, is_complete=is_complete)
    step = VerificationStep(
        id=uuid.uuid4(),
        case_id=case.id,
        before=before,
        after=verification,
        ground=reason.strip(),
        is_proposal=verification is V.PENDING and is_complete and before not in END_STATES,
        by_id=user.id,
    )
    session.add(step)
    if verification is V.VERIFIED:
        owe_again(session, JobName.PREPARE_RELEASE_TEXT, case.id)
    _set(session, user, case, step)
    return case


def next_verifications(session: Session, case: Case) -> tuple[Verification, ...]:
    """What may be said of a case next. "Being verified" may be said again, to propose it on a checklist that is
    complete by now. Without the rule of two people, "verified" may follow at once.
    """
    current = Verification(case.verification)
    following = _FOLLOWING[current]
    if current is V.PENDING and standing_proposal(session, case) is None:
        following = (V.PENDING, *following)
    if current is V.UNVERIFIED and not current_settings().is_verified_by_two:
        following = (V.VERIFIED, *following)
    return following


def standing_proposal(session: Session, case: Case) -> VerificationStep | None:
    """The proposal to call a case verified that waits for somebody else to confirm it, if there is one."""
    latest = steps_of(session, case)[-1:]
    is_standing = bool(latest) and latest[0].is_proposal and case.verification == V.PENDING
    return latest[0] if is_standing else None


def steps_of(session: Session, case: Case) -> list[VerificationStep]:
    """Every change of a case's verification, the oldest first."""
    statement = select(VerificationStep).where(VerificationStep.case_id == case.id)
    return list(session.scalars(statement.order_by(VerificationStep.at)))


def _check_confirmation(session: Session, user: User, case: Case, *, is_complete: bool) -> None:
    if not is_complete:
        raise CaseworkError("checklist_incomplete")
    if not current_settings().is_verified_by_two:
        return
    proposal = standing_proposal(session, case)
    if proposal is None:
        raise CaseworkError("nobody_proposed")
    if proposal.by_id == user.id:
        raise CaseworkError("same_person")


def _set(session: Session, user: User, case: Case, step: VerificationStep) -> None:
    step.at = utcnow()
    case.verification = step.after
    case.verified_at = step.at if step.after == V.VERIFIED else None
    detail = {"from": str(step.before), "to": str(step.after)}
    history.write(session, user, case, EventKind.VERIFICATION_CHANGED, detail=detail, reason=step.ground)
