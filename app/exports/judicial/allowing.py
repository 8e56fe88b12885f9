"""Whether identities of a case may go to justice: what its reporters said, who asks, and whom the case concerns.

Who wrote that institutions must not know them is never overruled. Who was not asked, as by SMS, has not said so: there
a supervisor of the desk can go on, with a ground and a reason that stay on record.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework.errors import FORBIDDEN, CaseworkError
from app.casework.overriding import SHORTEST_REASON, Override, grounds, may_override
from app.casework.visibility import desk_case, has_conflict
from app.intake.consent import read
from app.models import Case, Organisation, OrganisationKind, Report, ReportState, User
from app.openings.subjects import may_open

CHANGED = "judicial_changed"


class Consented(StrEnum):
    """What the writers of a case's reports said about justice knowing who they are."""

    ALLOWED = "allowed"  # everybody allowed it
    UNASKED = "unasked"  # nobody refused, but somebody was not asked
    REFUSED = "refused"


def case_for_justice(session: Session, user: User, case_id: uuid.UUID) -> Case:
    """A case that this person may open. Raises CaseworkError: `not_found`, `forbidden` or `withdrawn`."""
    case = desk_case(session, user, case_id, Permission.OPEN_SEALED)
    if not may_open(user):
        raise CaseworkError(FORBIDDEN)
    return case


def standing_reports(session: Session, case: Case) -> Sequence[Report]:
    """The reports of a case that nobody withdrew or had deleted, the oldest first."""
    standing = select(Report).where(
        Report.case_id == case.id, Report.state != ReportState.WITHDRAWN, Report.erased_at.is_(None)
    )
    return session.scalars(standing.order_by(Report.received_at, Report.id)).all()


def consented(reports: Sequence[Report]) -> Consented:
    """What they said together; of no reports at all, a refusal."""
    consents = [read(each.consent) for each in reports]
    if not consents or any(
        each is not None and not (each.with_identity and each.allows(OrganisationKind.INSTITUTION))
        for each in consents
    ):
        return Consented.REFUSED
    return Consented.UNASKED if None in consents else Consented.ALLOWED


def check_consent(user: User, reports: Sequence[Report], override: Override | None) -> None:
    """Whether identities may go out, where `user` is who asks.

    Raises CaseworkError: `judicial_refused` (somebody said no), `judicial_unasked`, and of an override `forbidden`,
    `ground_unknown`, `override_reason_short`.
    """
    found = consented(reports)
    if found is Consented.REFUSED:
        raise CaseworkError("judicial_refused")
    if found is Consented.ALLOWED:
        return
    if override is None:
        raise CaseworkError("judicial_unasked")
    if not may_override(user):
        raise CaseworkError(FORBIDDEN)
    if override.ground not in grounds():
        raise CaseworkError("ground_unknown")
    if len(override.reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("override_reason_short")


def check_recipient(session: Session, case: Case, organisation_id: uuid.UUID | None) -> None:
    """Raises CaseworkError: `organisation_unknown`, or `conflict` where the case concerns the recipient's house."""
    if organisation_id is None:
        return
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not organisation.is_active:
        raise CaseworkError("organisation_unknown")
    if has_conflict(session, case.id, organisation):
        raise CaseworkError("conflict")


def check_same_reports(reports: Sequence[Report], asked: Sequence[str]) -> None:
    """Raises CaseworkError(`judicial_changed`) unless every report that was asked for still stands in the case, and
    no other one came to it.
    """
    if {str(each.id) for each in reports} != set(asked):
        raise CaseworkError(CHANGED)
