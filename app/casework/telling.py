"""Who is told that something about a case waits: only people who may see it, now and when they are shown it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework.visibility import has_conflict, visible_cases
from app.models import (
    Case,
    Disclosure,
    Notification,
    Organisation,
    OrganisationKind,
    Referral,
    ReferralState,
    User,
)
from app.notifications import webhooks
from app.notifications.kinds import NoticeKind, facts
from app.notifications.service import notify, people_of

URGENT = 2  # of the scale of urgency: from here on the desk is told at once
_OF_REFERRALS = {
    ReferralState.SENT: NoticeKind.REFERRAL_WAITING,
    ReferralState.ACCEPTED: NoticeKind.REFERRAL_ACCEPTED,
    ReferralState.DECLINED: NoticeKind.REFERRAL_DECLINED,
    ReferralState.DONE: NoticeKind.REFERRAL_DONE,
}


def tell(
    session: Session,
    kind: NoticeKind,
    case: Case,
    *,
    organisation: Organisation | None = None,
    user: User | None = None,
    permission: Permission | None = None,
    by: User | None = None,
    detail: Mapping[str, Any] | None = None,
) -> list[uuid.UUID]:
    """Tell a person, or an organisation's people with a permission, or else the desk's; the ids of what is new.

    Without `permission` the kind says who of an organisation gets it. `by`, who caused it, knows already. Nobody hears
    of a case that they may not see as this transaction stands. An organisation's webhooks hear of it too.
    """
    session.flush()
    homes = [organisation] if organisation is not None else _desks(session) if user is None else []
    wanted = permission or facts(kind).permission
    candidates = (
        [user] if user is not None else [each for home in homes for each in people_of(session, home, wanted)]
    )
    if organisation is not None and not has_conflict(session, case.id, organisation):
        webhooks.owe_deliveries(session, kind, case, organisation)
    told = [each for each in candidates if each != by and may_hear_of(session, each, case.id)]
    return notify(session, kind, told, case=case, detail=detail)


def may_hear_of(session: Session, user: User, case_id: uuid.UUID) -> bool:
    """Whether a person may be told of a case: whether they may see it."""
    found = visible_cases(user).where(Case.id == case_id).with_only_columns(Case.id)
    return session.scalar(found) is not None


def is_visible_to(user: User) -> ColumnElement[bool]:
    """What a person may still be shown of what waits for them: about no case, or about one that they may see."""
    seen = visible_cases(user).with_only_columns(Case.id).order_by(None)
    return or_(Notification.case_id.is_(None), Notification.case_id.in_(seen))


def _desks(session: Session) -> Sequence[Organisation]:
    statement = select(Organisation).where(Organisation.kind == OrganisationKind.DESK, Organisation.is_active)
    return session.scalars(statement.order_by(Organisation.id)).all()


def tell_assignee(session: Session, case: Case, by: User) -> None:
    """Tell the person whom a colleague just gave a case."""
    session.flush()
    assignee = session.get(User, case.assigned_to_id) if case.assigned_to_id else None
    if assignee is not None:
        tell(session, NoticeKind.ASSIGNED, case, user=assignee, by=by)


def tell_of_referral(session: Session, case: Case, referral: Referral, by: User | None = None) -> None:
    """Tell whoever has to act on a referral as it stands now: its organisation, or whoever of the desk sent it."""
    kind = _OF_REFERRALS.get(ReferralState(referral.state))
    if kind is None:
        return
    if kind is NoticeKind.REFERRAL_WAITING:
        organisation = session.get_one(Organisation, referral.organisation_id)
        tell(session, kind, case, organisation=organisation, by=by)
        return
    sender = session.get(User, referral.created_by_id) if referral.created_by_id else None
    tell(session, kind, case, user=sender if sender and sender.is_active else None, by=by)


def tell_of_answer(session: Session, case: Case) -> None:
    """Tell of something new from the reporter: whoever works on the case, else the desk, and who accepted it."""
    session.flush()
    kind = NoticeKind.REPORTER_ANSWERED
    assignee = session.get(User, case.assigned_to_id) if case.assigned_to_id else None
    tell(session, kind, case, user=assignee if assignee and assignee.is_active else None)
    accepted = select(Referral).where(
        Referral.case_id == case.id,
        Referral.state == ReferralState.ACCEPTED,
        Referral.disclosure != Disclosure.SUMMARY,  # who is shown no account needn't know that it grows
    )
    for referral in session.scalars(accepted).unique():
        tell(session, kind, case, organisation=referral.organisation)


def tell_if_urgent(session: Session, case: Case, urgency_before: int) -> None:
    """Tell the desk of a case that has become urgent just now."""
    if urgency_before < URGENT <= case.urgency:
        tell(session, NoticeKind.URGENT_CASE, case)
