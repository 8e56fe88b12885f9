"""A case as an organisation would see it if it were sent: read as one of its people would, and nothing kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework.errors import FORBIDDEN, CaseworkError
from app.casework.referral_states import may_refer
from app.casework.visibility import has_conflict, workable_case
from app.clock import utcnow
from app.models import Case, Disclosure, Organisation, OrganisationKind, Referral, ReferralState, Role, User


@contextmanager
def seen_by(
    session: Session,
    user: User,
    case_id: uuid.UUID,
    organisation_id: uuid.UUID,
    *,
    disclosure: Disclosure,
    note: str,
) -> Iterator[tuple[User, Case]]:
    """A made-up person of the organisation, and the case as they would find it. What is done within is rolled back.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `organisation_unknown`, `conflict`.
    """
    case = workable_case(session, user, case_id, Permission.REFER_CASES)
    if not may_refer(user):
        raise CaseworkError(FORBIDDEN)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or organisation.kind == OrganisationKind.DESK:
        raise CaseworkError("organisation_unknown")
    if has_conflict(session, case.id, organisation):
        raise CaseworkError("conflict")
    try:
        with session.no_autoflush:
            _send(case, organisation, disclosure, note)
            yield _reader_of(organisation), case
    finally:
        session.rollback()


def _send(case: Case, organisation: Organisation, disclosure: Disclosure, note: str) -> None:
    referral = next((each for each in case.referrals if each.organisation_id == organisation.id), None)
    if referral is None:
        referral = Referral(
            id=uuid.uuid4(),
            organisation=organisation,
            organisation_id=organisation.id,
            deadline_at=utcnow(),
            created_at=utcnow(),
            reasons=[],
        )
        case.referrals.append(referral)
    referral.state, referral.disclosure, referral.note = ReferralState.SENT, disclosure, note
    referral.answer_note, referral.decided_at, referral.decided_by_id = "", None, None


def _reader_of(organisation: Organisation) -> User:
    return User(
        id=uuid.uuid4(),
        organisation=organisation,
        organisation_id=organisation.id,
        display_name="",
        email="",
        role=Role.MONITOR,
        is_active=True,
    )
