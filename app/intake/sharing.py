"""What the holder of a code lets us do with a report, changed afterwards: taking consent back works at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake.consent import SHAREABLE_WITH, Consent, read
from app.models import (
    Case,
    CaseEvent,
    Organisation,
    Referral,
    ReferralState,
    Report,
    ReportState,
    User,
)
from app.queue import JobName, owe_again

REVOCABLE = (ReferralState.PROPOSED, ReferralState.SENT)
CONSENT_CHANGED = "consent_changed"  # a line of the case's history

# Who wrote by SMS is told that messages are passed on without names, and isn't asked.
UNASKED = Consent(may_ask=True, share_with=frozenset(str(kind) for kind in SHAREABLE_WITH))


def consent_of(report: Report) -> Consent:
    """What is allowed as things stand."""
    return read(report.consent) or UNASKED


def change(report_id: uuid.UUID, consent: Consent) -> bool:
    """Keep what is allowed from now on, and revoke what was only asked; False for a withdrawn report.

    Whoever has begun to act can't be made to forget: the desk is told how many those are.
    """
    with transaction() as session:
        report = session.get_one(Report, report_id, with_for_update={"key_share": True})
        if report.state == ReportState.WITHDRAWN:
            return False
        before = consent_of(report)
        is_change = report.consent is None or before != consent
        report.consent = consent.as_record()
        if is_change:
            _follow(session, report, consent)
        if report.case_id is not None and not consent.share_with <= before.share_with:
            owe_again(session, JobName.PROCESS_REPORT, report.id)  # rules may refer it now
    return True


def _follow(session: Session, report: Report, consent: Consent) -> None:
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is not None:
        _tell_desk(session, case, consent)
        revoke(session, case, lambda kind: not consent.allows(kind))
    audit.record(
        session,
        Action.CONSENT_CHANGED,
        f"report:{report.id}",
        actor="reporter",
        detail=consent.as_record(),
    )


def _tell_desk(session: Session, case: Case, consent: Consent) -> None:
    acting = [
        referral
        for referral in _referrals(session, case, (ReferralState.ACCEPTED,))
        if not consent.allows(referral.organisation.kind)
    ]
    detail = {**consent.as_record(), "no_longer_allowed": [str(each.organisation_id) for each in acting]}
    session.add(CaseEvent(case_id=case.id, kind=CONSENT_CHANGED, detail=detail))
    case.updated_at = utcnow()


def revoke(session: Session, case: Case, concerns: Callable[[str], bool] = lambda _kind: True) -> None:
    """Take back what was proposed or sent to organisations of the kinds concerned, and the case from their people."""
    for referral in _referrals(session, case, REVOCABLE):
        if concerns(referral.organisation.kind):
            referral.state, referral.decided_at = ReferralState.REVOKED, utcnow()
            take_from_people_of(session, case, referral.organisation)


def _referrals(session: Session, case: Case, states: Sequence[ReferralState]) -> list[Referral]:
    found = select(Referral).where(Referral.case_id == case.id, Referral.state.in_(states))
    return list(session.scalars(found.with_for_update(of=Referral)))


def take_from_people_of(session: Session, case: Case, organisation: Organisation) -> None:
    """Whoever is no longer asked to act no longer holds the case."""
    assignee = session.get(User, case.assigned_to_id) if case.assigned_to_id else None
    if assignee and assignee.organisation_id == organisation.id and not organisation.sees_every_case:
        case.assigned_to_id = None
