"""The generations of an organisation's key: which is in use, and making another with its recovery code."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.public import PrivateKey
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.models import KeyGrant, Organisation, OrganisationKey
from app.safe.boxes import ClosedKey, close_with
from app.safe.recovery_codes import new_recovery_code, plain


@dataclass(frozen=True, slots=True)
class PreparedGeneration:
    """A fresh key pair of an organisation with its recovery code in written form, which is kept nowhere."""

    private: PrivateKey
    code: str
    closed: ClosedKey


def prepare() -> PreparedGeneration:
    """A fresh key pair, closed under a fresh recovery code. Slow: call it with no transaction open."""
    private, code = PrivateKey.generate(), new_recovery_code()
    return PreparedGeneration(private, code, close_with(plain(code) or "", private))


def add(
    session: Session, organisation_id: uuid.UUID, prepared: PreparedGeneration, *, actor: str
) -> OrganisationKey:
    """Keep a prepared pair as the organisation's next generation, not in use yet.

    One that was made before and never put to use is thrown away: its code was not typed back.
    """
    lock_organisation(session, organisation_id)
    _drop_unready(session, organisation_id)
    closed = prepared.closed
    key = OrganisationKey(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        generation=_newest_generation(session, organisation_id) + 1,
        public_key=bytes(prepared.private.public_key),
        recovery_sealed=closed.sealed,
        recovery_salt=closed.salt,
        recovery_operations=closed.operations,
        recovery_memory_bytes=closed.memory_bytes,
    )
    session.add(key)
    session.flush()
    note(session, Action.ORGANISATION_KEY_MADE, key, actor=actor)
    return key


def lock_organisation(session: Session, organisation_id: uuid.UUID) -> None:
    """One change of an organisation's keys at a time, until the transaction ends."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def _drop_unready(session: Session, organisation_id: uuid.UUID) -> None:
    unready = select(OrganisationKey.id).where(
        OrganisationKey.organisation_id == organisation_id, OrganisationKey.ready_at.is_(None)
    )
    ids = list(session.scalars(unready))
    session.execute(delete(KeyGrant).where(KeyGrant.organisation_key_id.in_(ids)))
    session.execute(delete(OrganisationKey).where(OrganisationKey.id.in_(ids)))


def _newest_generation(session: Session, organisation_id: uuid.UUID) -> int:
    newest = select(func.max(OrganisationKey.generation))
    return session.scalar(newest.where(OrganisationKey.organisation_id == organisation_id)) or 0


def put_to_use(session: Session, key: OrganisationKey, *, actor: str) -> Sequence[OrganisationKey]:
    """From now on reports are sealed to this generation; the earlier ones, which it gives back, are retired."""
    now = utcnow()
    earlier = [each for each in usable_keys(session, key.organisation_id) if each.id != key.id]
    for each in earlier:
        each.retired_at = each.retired_at or now
    key.ready_at = now
    session.flush()
    note(session, Action.ORGANISATION_KEY_READY, key, actor=actor)
    return earlier


def note(session: Session, action: Action, key: OrganisationKey, *, actor: str, **detail: int) -> None:
    """An entry about one generation in the audit trail."""
    audit.record(
        session,
        action,
        f"organisation:{key.organisation_id}",
        actor=actor,
        detail={"generation": key.generation, **detail},
    )


def current_key(session: Session, organisation_id: uuid.UUID) -> OrganisationKey | None:
    """The generation in use: the one that reports are sealed to now."""
    return session.scalar(
        select(OrganisationKey).where(
            OrganisationKey.organisation_id == organisation_id,
            OrganisationKey.ready_at.is_not(None),
            OrganisationKey.retired_at.is_(None),
        )
    )


def usable_keys(session: Session, organisation_id: uuid.UUID) -> Sequence[OrganisationKey]:
    """Every generation that still opens something, the newest first: more than one while a rotation goes on."""
    return session.scalars(
        select(OrganisationKey)
        .where(
            OrganisationKey.organisation_id == organisation_id,
            OrganisationKey.ready_at.is_not(None),
            OrganisationKey.discarded_at.is_(None),
        )
        .order_by(OrganisationKey.generation.desc())
    ).all()


def all_keys(session: Session, organisation_id: uuid.UUID) -> Sequence[OrganisationKey]:
    """Every generation there ever was, the newest first; the last made may not be in use yet."""
    return session.scalars(
        select(OrganisationKey)
        .where(OrganisationKey.organisation_id == organisation_id)
        .order_by(OrganisationKey.generation.desc())
    ).all()


def unready_key(session: Session, organisation_id: uuid.UUID) -> OrganisationKey | None:
    """The generation whose recovery code was not typed back yet."""
    return session.scalar(
        select(OrganisationKey).where(
            OrganisationKey.organisation_id == organisation_id, OrganisationKey.ready_at.is_(None)
        )
    )


def add_grant(
    session: Session, key: OrganisationKey, user_id: uuid.UUID, sealed: bytes, *, by: uuid.UUID | None
) -> KeyGrant:
    """Let a person have one generation, as it was sealed to their own public key."""
    granted = KeyGrant(
        id=uuid.uuid4(),
        organisation_key_id=key.id,
        user_id=user_id,
        sealed_private=sealed,
        granted_by_id=by,
    )
    session.add(granted)
    session.flush()
    return granted
