"""With whom a case may be shared, and how much of it: only as far as everybody who reported it allowed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, cast, exists, false, func, select
from sqlalchemy.orm import Session

from app.casework.disclosure import identity_is_allowed
from app.intake.consent import read
from app.models import Case, Disclosure, Organisation, OrganisationKind, Report, ReportState

_NOBODY_ASKED = "null"  # how JSON writes it
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


def forbids_sharing_with(kind: str) -> ColumnElement[bool]:
    """The condition on cases of which some writer hasn't allowed this kind of organisation: `may_be_shared_with` for
    many cases at once. A consent that can't be read allows nothing.
    """
    if kind == OrganisationKind.DESK:
        return false()
    was_asked = func.coalesce(cast(Report.consent, Text), _NOBODY_ASKED) != _NOBODY_ASKED
    allowed = func.coalesce(Report.consent["share_with"].as_string(), "")
    return exists().where(
        Report.case_id == Case.id,
        Report.state != ReportState.WITHDRAWN,
        was_asked,
        allowed.not_like(f'%"{OrganisationKind(kind)}"%'),
    )


def may_be_disclosed_to(
    session: Session, case: Case, organisation: Organisation, disclosure: Disclosure
) -> bool:
    """Whether the reporters allow an organisation this much. With identity, everybody must have said so."""
    if not may_be_shared_with(session, case, organisation):
        return False
    return disclosure is not Disclosure.WITH_IDENTITY or identity_is_allowed(session, case, organisation)


def allowed_disclosure(
    session: Session, case: Case, organisation: Organisation, wanted: Disclosure
) -> Disclosure | None:
    """The most that may be disclosed of what is wanted; None where nothing may.

    A rule that asks for identities gets the account without names where identities aren't allowed.
    """
    for disclosure in (wanted, Disclosure.ANONYMISED):
        if may_be_disclosed_to(session, case, organisation, disclosure):
            return disclosure
    return None
