"""A desk with a safe: its key, and a member who can open."""

from __future__ import annotations

import uuid

from nacl.public import PrivateKey
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.models import KeyGrant, OrganisationKey, ReportKey, ReportKeyShare, User, UserKey
from app.safe.boxes import open_key, seal_key
from app.safe.holding import Unlocked

MEMBER = PrivateKey(b"\x0b" * 32)
DESK = PrivateKey(b"\x0d" * 32)


def make_safe(user: User, private: PrivateKey = DESK, member: PrivateKey = MEMBER) -> Unlocked:
    """Give a person's organisation a key in use, and them a grant on it; what they can open while it is unlocked."""
    with transaction() as session:
        key = OrganisationKey(
            id=uuid.uuid4(),
            organisation_id=user.organisation_id,
            generation=1,
            public_key=bytes(private.public_key),
            ready_at=utcnow(),
        )
        own = UserKey(
            user_id=user.id,
            public_key=bytes(member.public_key),
            sealed_private=b"under a password",
            salt=bytes(16),
            operations=1,
            memory_bytes=8192,
        )
        session.add_all([key, own])
        session.flush()
        session.add(
            KeyGrant(
                organisation_key_id=key.id,
                user_id=user.id,
                sealed_private=seal_key(private, bytes(member.public_key)),
            )
        )
    return Unlocked(user.id, member, is_strong=True)


def report_private(private: PrivateKey = DESK) -> PrivateKey:
    """The private key of the only report, as the organisation with this key opens its share."""
    db.session.rollback()
    db.session.expire_all()
    key = db.session.scalars(select(ReportKey)).one()
    organisation = select(OrganisationKey.id).where(OrganisationKey.public_key == bytes(private.public_key))
    share = db.session.scalars(
        select(ReportKeyShare).where(
            ReportKeyShare.report_key_id == key.id, ReportKeyShare.organisation_key_id.in_(organisation)
        )
    ).one()
    return open_key(bytes(share.sealed_private), private, public_key=bytes(key.public_key))
