"""Moving reports' keys from an organisation's earlier keys to the one in use, some at a time.

Each batch is one transaction: a share is under the new key before it is gone from under the old one, both or
neither. Whoever holds both keys can go on where another stopped. Only when nothing is left under an earlier key is
its private half thrown away.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.public import PrivateKey
from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.orm import Session

from app.audit import Action
from app.clock import utcnow
from app.models import KeyGrant, OrganisationKey, ReportKey, ReportKeyShare, User
from app.safe.boxes import open_key, seal_key
from app.safe.errors import NOT_GRANTED, UNREADABLE, SafeError
from app.safe.generations import current_key, note, usable_keys
from app.safe.grants import check_may_act
from app.safe.holding import Unlocked

BATCH = 200  # about a tenth of a second of work, so that nobody's writing waits long for ours


@dataclass(frozen=True, slots=True)
class Moved:
    """What a batch did: how many shares it moved, how many it could not read and left, how many it left for the
    next, and after which one that starts."""

    moved: int
    unreadable: int
    left: int
    after: uuid.UUID | None


def left_to_move(session: Session, organisation_id: uuid.UUID) -> int:
    """How many reports an organisation still opens by an earlier key only."""
    return session.scalar(_left(organisation_id).with_only_columns(func.count())) or 0


def is_under_way(session: Session, organisation_id: uuid.UUID) -> bool:
    """Whether an earlier key is still kept because something may lie under it."""
    return any(key.retired_at is not None for key in usable_keys(session, organisation_id))


def move_batch(
    session: Session, user: User, unlocked: Unlocked, *, after: uuid.UUID | None = None, size: int = BATCH
) -> Moved:
    """Move the next shares; when nothing is left, throw the earlier keys away.

    `after` is that of the batch before. Raises SafeError: `forbidden`, `factor_missing`, `not_granted` for who
    doesn't hold the key in use.
    """
    check_may_act(user, unlocked)
    current = current_key(session, user.organisation_id)
    if current is None:
        raise SafeError(NOT_GRANTED)
    unlocked.private_key_of(
        session, current.id
    )  # nobody moves what they could not open themselves afterwards
    rows = _next(session, user.organisation_id, after, size)
    ring = _Ring(session, unlocked)
    moved = sum(_move(session, row, current, ring, user) for row in rows)
    left = left_to_move(session, user.organisation_id)
    if moved:
        note(session, Action.REPORT_KEYS_MOVED, current, actor=f"user:{user.id}", shares=moved)
    if left == 0:
        _discard(session, user)
    has_more = len(rows) == size
    return Moved(moved, len(rows) - moved, left, rows[-1].id if has_more else None)


class _Ring:
    """The earlier keys of this batch, opened once each."""

    def __init__(self, session: Session, unlocked: Unlocked) -> None:
        self._session, self._unlocked = session, unlocked
        self._opened: dict[uuid.UUID, PrivateKey | None] = {}

    def key(self, organisation_key_id: uuid.UUID) -> PrivateKey | None:
        """The private half of an earlier key, None for one that this member doesn't hold."""
        if organisation_key_id not in self._opened:
            self._opened[organisation_key_id] = self._open(organisation_key_id)
        return self._opened[organisation_key_id]

    def _open(self, organisation_key_id: uuid.UUID) -> PrivateKey | None:
        try:
            return self._unlocked.private_key_of(self._session, organisation_key_id)
        except SafeError as error:
            if error.code in {NOT_GRANTED, UNREADABLE}:
                return None
            raise


def _next(
    session: Session, organisation_id: uuid.UUID, after: uuid.UUID | None, size: int
) -> Sequence[Row[uuid.UUID, uuid.UUID, uuid.UUID, bytes, bytes]]:
    statement = _left(organisation_id).order_by(ReportKeyShare.id).limit(size)
    if after is not None:
        statement = statement.where(ReportKeyShare.id > after)
    return session.execute(statement).all()


def _left(organisation_id: uuid.UUID) -> Select[uuid.UUID, uuid.UUID, uuid.UUID, bytes, bytes]:
    return (
        select(
            ReportKeyShare.id,
            ReportKeyShare.report_key_id,
            ReportKeyShare.organisation_key_id,
            ReportKeyShare.sealed_private,
            ReportKey.public_key,
        )
        .join(ReportKey, ReportKey.id == ReportKeyShare.report_key_id)
        .join(OrganisationKey, OrganisationKey.id == ReportKeyShare.organisation_key_id)
        .where(
            OrganisationKey.organisation_id == organisation_id,
            OrganisationKey.retired_at.is_not(None),
            OrganisationKey.discarded_at.is_(None),
        )
    )


def _move(
    session: Session,
    row: Row[uuid.UUID, uuid.UUID, uuid.UUID, bytes, bytes],
    current: OrganisationKey,
    ring: _Ring,
    user: User,
) -> bool:
    """Put one report's key under the key in use; False where it can't be read: it stays, for somebody who can."""
    earlier = ring.key(row.organisation_key_id)
    try:
        private = open_key(row.sealed_private, earlier, public_key=row.public_key) if earlier else None
    except SafeError:
        private = None
    if private is None:
        return False
    if _has_share(session, row.report_key_id, current.id):
        session.execute(delete(ReportKeyShare).where(ReportKeyShare.id == row.id))
        return True
    sealed = seal_key(private, bytes(current.public_key))
    session.execute(
        update(ReportKeyShare)
        .where(ReportKeyShare.id == row.id)
        .values(
            organisation_key_id=current.id, sealed_private=sealed, shared_by_id=user.id, shared_at=utcnow()
        )
    )
    return True


def _has_share(session: Session, report_key_id: uuid.UUID, organisation_key_id: uuid.UUID) -> bool:
    return (
        session.scalar(
            select(ReportKeyShare.id).where(
                ReportKeyShare.report_key_id == report_key_id,
                ReportKeyShare.organisation_key_id == organisation_key_id,
            )
        )
        is not None
    )


def _discard(session: Session, user: User) -> None:
    """Throw away the private halves of the earlier keys: every grant, and the box under the recovery code."""
    for key in usable_keys(session, user.organisation_id):
        if key.retired_at is None:
            continue
        session.execute(delete(KeyGrant).where(KeyGrant.organisation_key_id == key.id))
        key.recovery_sealed = key.recovery_salt = None
        key.recovery_operations = key.recovery_memory_bytes = None
        key.discarded_at = utcnow()
        note(session, Action.ORGANISATION_KEY_DISCARDED, key, actor=f"user:{user.id}")
