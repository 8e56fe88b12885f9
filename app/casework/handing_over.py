"""Keys to identities follow the referrals: an organisation has them while it holds a live referral with identity."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.disclosure import identity_is_allowed
from app.casework.errors import CaseworkError
from app.casework.visibility import has_conflict
from app.models import (
    LIVE_STATES,
    Case,
    Disclosure,
    Organisation,
    OrganisationKey,
    OrganisationKind,
    Referral,
    Report,
    ReportKey,
    ReportKeyShare,
    User,
)
from app.safe.errors import SafeError
from app.safe.shares import holders, organisations_with_keys, share_onward, withdraw_shares
from app.safe.unlocking import must_be_unlocked


def settle_keys(session: Session, user: User, case: Case, referral: Referral) -> None:
    """After a referral was sent or changed: let its organisation open the case's reports, or no longer.

    What is not sealed to keys of its own yet is left to the worker that seals it. Raises CaseworkError with the safe's
    code: `safe_locked`, `factor_missing`, `not_granted`, `not_shared`, and `receiver_has_no_safe`.
    """
    session.flush()
    if _gives_identity(referral):
        _share(session, user, case, referral.organisation)
    else:
        withdraw_shares(session, _reports(session, case), referral.organisation_id, actor=f"user:{user.id}")


def _gives_identity(referral: Referral) -> bool:
    return referral.state in LIVE_STATES and referral.disclosure == Disclosure.WITH_IDENTITY


def _share(session: Session, user: User, case: Case, organisation: Organisation) -> None:
    held = holders(session, _reports(session, case))
    lacking = [report_id for report_id, by in held.items() if organisation.id not in by]
    if not lacking:
        return
    if not organisations_with_keys(session, [organisation.id]):
        raise CaseworkError("receiver_has_no_safe")
    try:
        share_onward(session, user, must_be_unlocked(), lacking, organisation.id)
    except SafeError as error:
        raise CaseworkError(error.code) from error


def _reports(session: Session, case: Case) -> list[uuid.UUID]:
    return list(session.scalars(select(Report.id).where(Report.case_id == case.id)))


def take_unfounded_keys(session: Session) -> int:
    """Take back every key that no referral gives any more; how many. Whatever ended the referral, or the consent:

    a reporter who took it back, a conflict of interest, a merge, a report that went to another case.
    """
    taken = 0
    for case, organisation in _held_outside_the_desk(session):
        referral = next((each for each in case.referrals if each.organisation_id == organisation.id), None)
        is_founded = referral is not None and _gives_identity(referral)
        is_allowed = identity_is_allowed(session, case, organisation)
        if not (is_founded and is_allowed) or has_conflict(session, case.id, organisation):
            reports = _reports(session, case)
            taken += withdraw_shares(session, reports, organisation.id, actor="worker")
    return taken


def _held_outside_the_desk(session: Session) -> list[tuple[Case, Organisation]]:
    statement = (
        select(Case, Organisation)
        .join(Report, Report.case_id == Case.id)
        .join(ReportKey, ReportKey.report_id == Report.id)
        .join(ReportKeyShare, ReportKeyShare.report_key_id == ReportKey.id)
        .join(OrganisationKey, OrganisationKey.id == ReportKeyShare.organisation_key_id)
        .join(Organisation, Organisation.id == OrganisationKey.organisation_id)
        .where(Organisation.kind != OrganisationKind.DESK)
    )
    found = {
        (case.id, organisation.id): (case, organisation) for case, organisation in session.execute(statement)
    }
    return list(found.values())
