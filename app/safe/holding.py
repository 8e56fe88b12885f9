"""What a signed-in member can open while their own private key is open: for one request, never longer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from nacl.public import PrivateKey
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.models import KeyGrant, OrganisationKey, ReportKey, ReportKeyShare, User
from app.safe.boxes import open_key
from app.safe.errors import FACTOR_MISSING, NOT_GRANTED, NOT_SHARED, SafeError


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A person's open private key. `is_strong`: a second factor was given in this session; without it nothing opens."""

    user_id: uuid.UUID
    private: PrivateKey = field(repr=False)
    is_strong: bool

    def private_key_of(self, session: Session, organisation_key_id: uuid.UUID) -> PrivateKey:
        """The private half of one generation of the own organisation's key.

        Raises SafeError: `factor_missing`, `not_granted`, `unreadable`.
        """
        self.check_strong()
        granted = session.execute(
            _own_grants(self.user_id).where(OrganisationKey.id == organisation_key_id)
        ).first()
        if granted is None:
            raise SafeError(NOT_GRANTED)
        return self._opened(granted)

    def report_key(self, session: Session, report_id: uuid.UUID) -> PrivateKey:
        """The private half of a report's key, if the own organisation has it and this person the organisation's.

        Whether the person may see the case is the caller's to check before.
        Raises SafeError: `factor_missing`, `not_shared`, `not_granted`, `unreadable`.
        """
        self.check_strong()
        shares = _shares_of(session, self.user_id, report_id)
        if not shares:
            raise SafeError(NOT_SHARED)
        grants = _own_grants(self.user_id).where(
            OrganisationKey.id.in_([share.organisation_key_id for share in shares])
        )
        granted = session.execute(grants.order_by(OrganisationKey.generation.desc())).first()
        if granted is None:
            raise SafeError(NOT_GRANTED)
        share = next(each for each in shares if each.organisation_key_id == granted.id)
        return open_key(share.sealed_private, self._opened(granted), public_key=share.public_key)

    def check_strong(self) -> None:
        """Raises SafeError(`factor_missing`) unless a second factor was given in this session."""
        if not self.is_strong:
            raise SafeError(FACTOR_MISSING)

    def _opened(self, granted: Row[uuid.UUID, bytes, bytes]) -> PrivateKey:
        return open_key(granted.sealed_private, self.private, public_key=granted.public_key)


def _own_grants(user_id: uuid.UUID) -> Select[uuid.UUID, bytes, bytes]:
    """The grants of a person on keys of the organisation they are in now; of one they have left, nothing."""
    return (
        select(OrganisationKey.id, OrganisationKey.public_key, KeyGrant.sealed_private)
        .join(KeyGrant, KeyGrant.organisation_key_id == OrganisationKey.id)
        .join(User, User.id == KeyGrant.user_id)
        .where(User.id == user_id, User.organisation_id == OrganisationKey.organisation_id, User.is_active)
    )


def _shares_of(
    session: Session, user_id: uuid.UUID, report_id: uuid.UUID
) -> list[Row[uuid.UUID, bytes, bytes]]:
    """A report's key as it was sealed to the keys of this person's organisation, with its public half."""
    return list(
        session.execute(
            select(ReportKeyShare.organisation_key_id, ReportKeyShare.sealed_private, ReportKey.public_key)
            .join(ReportKey, ReportKey.id == ReportKeyShare.report_key_id)
            .join(OrganisationKey, OrganisationKey.id == ReportKeyShare.organisation_key_id)
            .join(User, User.organisation_id == OrganisationKey.organisation_id)
            .where(ReportKey.report_id == report_id, User.id == user_id)
        )
    )
