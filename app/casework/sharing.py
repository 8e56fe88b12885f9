"""With whom a case may be shared: only as far as everybody who reported it allowed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake.consent import read
from app.models import Case, Organisation, Report, ReportState

WITHHELD = (
    "referral_withheld"  # a line of the history: a rule asked for it, and the reporter had not allowed it
)


def may_be_shared_with(session: Session, case: Case, organisation: Organisation) -> bool:
    """Whether each writer of the case's reports allowed this kind of organisation.

    Who wrote by SMS was told that messages are passed on without names, and wasn't asked: that stands in nobody's way.
    """
    records = session.scalars(
        select(Report.consent).where(
            Report.case_id == case.id,
            Report.state != ReportState.WITHDRAWN,
            Report.consent.is_not(None),
        )
    )
    consents = [read(record) for record in records]
    return all(consent is None or consent.allows(organisation.kind) for consent in consents)
