"""Which organisations a report is sealed to: the desk, and those that were given the case with identity."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.disclosure import identity_is_allowed
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
)
from app.safe.shares import organisations_with_keys


def recipients(session: Session, report: Report) -> Collection[OrganisationKey]:
    """The current key of each organisation that may open a report; none as long as the desk has no key."""
    desk = session.scalars(select(Organisation.id).where(Organisation.kind == OrganisationKind.DESK)).all()
    of_desk = organisations_with_keys(session, desk)
    if not of_desk:
        return ()
    partners = [each.id for each in _partners(session, report)]
    return [*of_desk.values(), *organisations_with_keys(session, partners).values()]


def _partners(session: Session, report: Report) -> list[Organisation]:
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None or case.is_withdrawn:
        return []
    referred = session.scalars(
        select(Organisation)
        .join(Referral, Referral.organisation_id == Organisation.id)
        .where(
            Referral.case_id == case.id,
            Referral.state.in_(LIVE_STATES),
            Referral.disclosure == Disclosure.WITH_IDENTITY,
            Organisation.kind != OrganisationKind.DESK,
        )
    ).all()
    return [
        each
        for each in referred
        if identity_is_allowed(session, case, each) and not has_conflict(session, case.id, each)
    ]
