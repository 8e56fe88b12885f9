"""How much of a case a person is shown: all of it at the desk, elsewhere what the referral to their organisation says.

Where nothing says how much, it is the least: the summary.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session

from app.intake.consent import read
from app.models import (
    LIVE_STATES,
    Case,
    Disclosure,
    Organisation,
    Referral,
    Report,
    ReportState,
    User,
)

_ORDER = tuple(Disclosure)
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Summary:
    """All that `Disclosure.SUMMARY` shows of a case itself; what is asked stands on the referral."""

    id: uuid.UUID
    reference: str
    violations: tuple[str, ...]
    region_code: str | None
    cercle_code: str | None
    week_from: date | None
    week_to: date | None
    urgency: int


def disclosed(user: User, case: Case) -> Disclosure:
    """How much of a case that this person may see they are shown."""
    if user.organisation.sees_every_case:
        return Disclosure.WITH_IDENTITY
    own = next((each for each in case.referrals if _is_live_for(each, user.organisation_id)), None)
    return Disclosure(own.disclosure) if own else Disclosure.SUMMARY


def _is_live_for(referral: Referral, organisation_id: uuid.UUID) -> bool:
    return referral.organisation_id == organisation_id and referral.state in LIVE_STATES


def is_at_least(given: Disclosure, wanted: Disclosure) -> bool:
    """Whether one disclosure holds what another holds."""
    return _ORDER.index(given) >= _ORDER.index(wanted)


def may_read_account(user: User) -> ColumnElement[bool]:
    """The condition on cases that this person is shown more of than the summary, for queries about what stands in
    them: what may not be read can't be searched, filtered or exported either.
    """
    if user.organisation.sees_every_case:
        return true()
    return exists().where(
        Referral.case_id == Case.id,
        Referral.organisation_id == user.organisation_id,
        Referral.state.in_(LIVE_STATES),
        Referral.disclosure != Disclosure.SUMMARY,
    )


def may_open_identities(session: Session, user: User, case: Case) -> bool:
    """Whether somebody outside the desk may ask for identities of a case to be opened.

    Their organisation holds a live referral with identity, and every reporter of the case allows that today.
    """
    referral = next((each for each in case.referrals if _is_live_for(each, user.organisation_id)), None)
    if referral is None or referral.disclosure != Disclosure.WITH_IDENTITY or case.is_withdrawn:
        return False
    return identity_is_allowed(session, case, referral.organisation)


def identity_is_allowed(session: Session, case: Case, organisation: Organisation) -> bool:
    """Whether everybody who reported allows this kind of organisation to know who they are.

    Who was not asked, as by SMS, has not allowed it.
    """
    records = session.scalars(
        select(Report.consent).where(Report.case_id == case.id, Report.state != ReportState.WITHDRAWN)
    ).all()
    consents = [read(record) for record in records]
    return bool(consents) and all(
        consent is not None and consent.with_identity and consent.allows(organisation.kind)
        for consent in consents
    )


def summary_of(case: Case) -> Summary:
    """A case as far as its summary goes: the place to the cercle, the time to whole weeks."""
    acts = sorted(case.acts, key=lambda act: (not act.is_main, act.violation_code))
    first, last = weeks_around(case.occurred_from, case.occurred_to)
    return Summary(
        id=case.id,
        reference=case.reference,
        violations=tuple(act.violation_code for act in acts),
        region_code=case.region_code,
        cercle_code=case.cercle_code,
        week_from=first,
        week_to=last,
        urgency=case.urgency,
    )


def weeks_around(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """The Monday before a period and the Sunday after it; nothing for no period."""
    if first is None:
        return None, None
    end = max(first, last or first)
    return first - timedelta(days=first.weekday()), end + timedelta(days=_SUNDAY - end.weekday())
