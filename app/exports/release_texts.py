"""The accounts that may leave the house: how they are owed, and what a person who read one says about it."""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.masking import mask_words
from app.casework.tokens import MaskLabel
from app.casework.visibility import visible_case, visible_cases
from app.clock import utcnow
from app.models import (
    Case,
    Direction,
    Message,
    ReleaseState,
    ReleaseText,
    Report,
    ReportState,
    User,
    Verification,
)
from app.queue import JobName, owe_again

SHORTEST_REASON = 10
_DECISIONS = {
    ReleaseState.READ: Action.RELEASE_ALLOWED,
    ReleaseState.REFUSED: Action.RELEASE_REFUSED,
    ReleaseState.WAITING: Action.RELEASE_TAKEN_BACK,
}
_READABLE = {
    ReleaseState.WAITING: (ReleaseState.READ, ReleaseState.REFUSED),
    ReleaseState.CLEAR: (ReleaseState.READ, ReleaseState.REFUSED),
    ReleaseState.READ: (ReleaseState.WAITING,),
    ReleaseState.REFUSED: (ReleaseState.WAITING,),
}


def digest_of(text: str) -> bytes:
    """By which an account is known to be the one that was read: SHA-256 of it."""
    return hashlib.sha256(text.encode()).digest()


def may_go_out() -> ColumnElement[bool]:
    """The condition on cases whose account may be made ready: established, and nobody withdrew or merged it."""
    return (
        (Case.verification == Verification.VERIFIED)
        & Case.is_withdrawn.is_(False)
        & Case.merged_into_id.is_(None)
    )


def not_ready(engine: str, limit: int) -> Select[uuid.UUID]:
    """Ids of cases whose account was never made ready, that changed since it was last looked at, or whose text another
    engine made and nobody read; the longest established first.
    """
    is_unread = ReleaseText.state.in_([ReleaseState.CLEAR, ReleaseState.WAITING])
    is_of_another = and_(ReleaseText.engine != engine, is_unread)
    return (
        select(Case.id)
        .outerjoin(ReleaseText, ReleaseText.case_id == Case.id)
        .where(
            may_go_out(),
            or_(ReleaseText.id.is_(None), ReleaseText.checked_at < Case.updated_at, is_of_another),
        )
        .order_by(Case.verified_at, Case.id)
        .limit(limit)
    )


def owe_text(session: Session, case_id: uuid.UUID) -> None:
    """Have a case's account made ready."""
    owe_again(session, JobName.PREPARE_RELEASE_TEXT, case_id)


def decide(
    session: Session, user: User, text_id: uuid.UUID, state: ReleaseState, *, digest: str, reason: str = ""
) -> ReleaseText:
    """Say that a text may go out (`READ`), that it must not (`REFUSED`, with a reason), or take that back (`WAITING`).

    `digest` is that of the account as the page showed it. Raises CaseworkError: `not_found`, `forbidden`,
    `reason_short`, `release_changed`.
    """
    text = text_for(session, user, text_id)
    if state is ReleaseState.REFUSED and len(reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if text.source_digest.hex() != digest or state not in _READABLE[ReleaseState(text.state)]:
        raise CaseworkError("release_changed")
    is_back = state is ReleaseState.WAITING
    text.state, text.reason = state, "" if is_back else reason.strip()
    text.read_by_id, text.read_at = (None, None) if is_back else (user.id, utcnow())
    history.tell(
        session, user, text.case, EventKind.RELEASE_DECIDED, detail={"to": str(state)}, reason=reason.strip()
    )
    text.checked_at = utcnow()
    audit.record(session, _DECISIONS[state], f"case:{text.case_id}", actor=f"user:{user.id}", detail={})
    return text


def hide_words(session: Session, user: User, text_id: uuid.UUID, words: str, label: MaskLabel) -> int:
    """Hide words in every message of the case; its account is then made ready anew. In how many messages.

    Raises CaseworkError: `not_found`, `forbidden`, `mask_short`, `mask_long`, `mask_missing`.
    """
    case = text_for(session, user, text_id).case
    hidden = 0
    for message_id in session.scalars(_messages(case)).all():
        try:
            mask_words(session, user, case.id, message_id, words, label)
            hidden += 1
        except CaseworkError as error:
            if error.code != "mask_missing":
                raise
    if not hidden:
        raise CaseworkError("mask_missing")
    owe_text(session, case.id)
    return hidden


def text_for(session: Session, user: User, text_id: uuid.UUID) -> ReleaseText:
    """A text that this person may read and decide on. Raises CaseworkError: `not_found`, `forbidden`."""
    if not may_read(user):
        raise CaseworkError(FORBIDDEN)
    text = session.get(ReleaseText, text_id)
    if text is None:
        raise CaseworkError(NOT_FOUND)
    visible_case(session, user, text.case_id)  # also refuses who may not see the case
    return text


def note_reading(session: Session, user: User, text_id: uuid.UUID) -> None:
    """Put on record that somebody reads what a case tells. Raises CaseworkError: `not_found`, `forbidden`."""
    text = text_for(session, user, text_id)
    audit.record(session, Action.CASE_READ, f"case:{text.case_id}", actor=f"user:{user.id}")


def texts_in(session: Session, user: User, state: ReleaseState, *, limit: int) -> list[ReleaseText]:
    """The texts in a state that this person may read: the riskiest first."""
    own = visible_cases(user).where(may_go_out()).with_only_columns(Case.id)
    statement = select(ReleaseText).where(ReleaseText.state == state, ReleaseText.case_id.in_(own))
    return list(
        session.scalars(
            statement.order_by(ReleaseText.residual_risk.desc(), ReleaseText.made_at, ReleaseText.id).limit(
                limit
            )
        ).unique()
    )


def may_read(user: User) -> bool:
    """Whether somebody reads what is to go out: people of the desk who may verify cases."""
    return user.organisation.sees_every_case and may(user.role, Permission.VERIFY_CASES)


def _messages(case: Case) -> Select[uuid.UUID]:
    return (
        select(Message.id)
        .join(Report, Report.id == Message.report_id)
        .where(
            Report.case_id == case.id,
            Report.state != ReportState.WITHDRAWN,
            Message.direction == Direction.INBOUND,
            Message.anonymised_text.is_not(None),
        )
        .order_by(Message.created_at)
    )
