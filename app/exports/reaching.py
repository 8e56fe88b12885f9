"""Why a case must not reach whoever an export is for: the conditions by which one is made, and looked at again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, literal, or_

from app.casework.sharing import forbids_sharing_with
from app.exports.levels import Level
from app.models import (
    LIVE_STATES,
    UNSAFE_ADDITION,
    Case,
    ExportRecord,
    Organisation,
    OrganisationKind,
    Referral,
)

HELD, NO_CONSENT, TOO_RECENT = "held", "no_consent", "too_recent"
# Whom each level is for where no organisation is named: everybody who reported must allow that kind.
_MEANT_FOR = {
    Level.PUBLIC: OrganisationKind.CIVIL_SOCIETY,
    Level.PARTNER: OrganisationKind.CIVIL_SOCIETY,
    Level.CNDH: OrganisationKind.CNDH,
    Level.JUDICIAL: OrganisationKind.INSTITUTION,
}


def reason_against(record: ExportRecord, latest: datetime) -> ColumnElement[str]:
    """Why a case that came in by `latest` at the latest doesn't go out, by a code; empty for one that does."""
    return case(
        (Case.needs_person == UNSAFE_ADDITION, literal(HELD)),
        (is_refused(record), literal(NO_CONSENT)),
        (Case.received_at > latest, literal(TOO_RECENT)),
        else_=literal(""),
    )


def is_refused(record: ExportRecord) -> ColumnElement[bool]:
    """The condition on cases of which somebody who reported them doesn't allow that they get to the recipient."""
    recipient, level = record.recipient_organisation, Level(record.level)
    refused = forbids_sharing_with(recipient.kind if recipient else _MEANT_FOR[level])
    if (
        level is Level.PUBLIC
    ):  # whoever asked for it: everybody gets it, and nobody overruled anything for them
        return or_(refused, forbids_sharing_with(_MEANT_FOR[level]))
    return refused if recipient is None else and_(refused, ~_is_overridden_for(recipient))


def _is_overridden_for(organisation: Organisation) -> ColumnElement[bool]:
    """Whether a supervisor referred a case there against the reporter's wishes, on a ground that stands on record."""
    return exists().where(
        Referral.case_id == Case.id,
        Referral.organisation_id == organisation.id,
        Referral.state.in_(LIVE_STATES),
        Referral.consent_overridden_by_id.is_not(None),
    )
