"""What may become of a referral, and by whom."""

from __future__ import annotations

from app.accounts.permissions import Permission, may
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.models import Referral, ReferralState, User

S = ReferralState
BY_THE_DESK = {(S.PROPOSED, S.SENT), (S.PROPOSED, S.REVOKED), (S.SENT, S.REVOKED), (S.ACCEPTED, S.REVOKED)}
BY_THE_RECEIVER = {(S.SENT, S.ACCEPTED), (S.SENT, S.DECLINED), (S.ACCEPTED, S.DECLINED), (S.ACCEPTED, S.DONE)}
OVER = (S.DECLINED, S.REVOKED)


def next_states(user: User, referral: Referral) -> tuple[ReferralState, ...]:
    """What this person may make of a referral."""
    if not may(user.role, Permission.ANSWER_REFERRALS):
        return ()
    return tuple(state for state in S if (referral.state, state) in _steps(user, referral))


def may_refer(user: User) -> bool:
    """Whether a person sends cases to organisations: the desk's people who refer."""
    return user.organisation.sees_every_case and may(user.role, Permission.REFER_CASES)


def check_step(user: User, referral: Referral, state: ReferralState) -> None:
    """Refuse what the state doesn't allow; a referral to others doesn't exist for a partner.

    Raises CaseworkError: `not_found`, `referral_state`, `forbidden`.
    """
    if not user.organisation.sees_every_case and referral.organisation_id != user.organisation_id:
        raise CaseworkError(NOT_FOUND)
    step = (ReferralState(referral.state), state)
    if step not in BY_THE_DESK | BY_THE_RECEIVER:
        raise CaseworkError("referral_state")
    if step not in _steps(user, referral):
        raise CaseworkError(FORBIDDEN)


def _steps(user: User, referral: Referral) -> set[tuple[ReferralState, ReferralState]]:
    by_desk = BY_THE_DESK if may_refer(user) else set()
    by_receiver = BY_THE_RECEIVER if referral.organisation_id == user.organisation_id else set()
    return by_desk | by_receiver
