"""The ledger of releases: what each audience has, read before a release and written with it.

Audiences: everybody ("public"), and each partner by organisation; partners that no organisation stands for are one
audience, as if they all showed each other what they got. A release is compared with what its own audience and every
wider one has: what is public, a partner has too. Whoever gets one without being named may be any of the partners, so
that is compared with what each of them has. (Asking for one is refused; earlier releases may stand in the ledger.)
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.exports.levels import Level
from app.models import ExportRecord, ReleaseEntry, ReleaseLedger
from workers.disclosure.deciding import Decided
from workers.disclosure.differencing import Partition
from workers.exports.ledger_packing import packed, unpacked

PUBLIC = "public"
ANY_PARTNER = "partner"
_NEVER = 0  # the version of an audience that has nothing


class LedgerMoved(Exception):
    """Another release was noted since the ledger was read: decide again, with what it says now."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was read: the audience's own partition first, then the wider ones'; and the version of each by audience."""

    audience: str
    partitions: tuple[Partition, ...]
    versions: Mapping[str, int]


def audience_of(level: Level, recipient_organisation_id: uuid.UUID | None) -> str:
    """Who gets a release. Raises ValueError for levels at which rows go out as they are: they are in no ledger."""
    if level is Level.PUBLIC:
        return PUBLIC
    if level is Level.PARTNER:
        return f"{ANY_PARTNER}:{recipient_organisation_id.hex}" if recipient_organisation_id else ANY_PARTNER
    raise ValueError("only releases of generalised rows are in the ledger")


def earlier(session: Session, level: Level, recipient_organisation_id: uuid.UUID | None) -> Earlier:
    """What a new release of this level to this recipient is to be compared with."""
    audience = audience_of(level, recipient_organisation_id)
    read = {each: _read(session, each) for each in _compared_with(session, audience)}
    return Earlier(
        audience,
        tuple(unpacked(row.members) if row else Partition.empty() for row in read.values()),
        {each: row.version if row else _NEVER for each, row in read.items()},
    )


def note(session: Session, record: ExportRecord, decided: Decided, compared: Earlier) -> None:
    """Enter a release, in the transaction that makes it ready; an export that stands there already changes nothing.

    Raises LedgerMoved if any of the partitions it was compared with has changed.
    """
    if session.scalar(select(ReleaseEntry.id).where(ReleaseEntry.export_id == record.id)):
        return
    if set(_compared_with(session, compared.audience)) != set(compared.versions):
        raise LedgerMoved
    if any(_version(session, each) != version for each, version in compared.versions.items()):
        raise LedgerMoved
    now = compared.partitions[0].after(decided.members, decided.classes)
    version = compared.versions[compared.audience]
    _write(session, compared.audience, version, now)
    session.add(
        ReleaseEntry(
            export_id=record.id,
            audience=compared.audience,
            version=version + 1,
            row_count=len(decided.members),
        )
    )
    session.flush()


def _compared_with(session: Session, audience: str) -> Sequence[str]:
    """The audience itself first, then all that may have the same readers."""
    if audience == PUBLIC:
        return [PUBLIC]
    if audience != ANY_PARTNER:
        return [audience, ANY_PARTNER, PUBLIC]
    named = select(ReleaseLedger.audience).where(ReleaseLedger.audience.like(f"{ANY_PARTNER}:%"))
    return [ANY_PARTNER, PUBLIC, *session.scalars(named.order_by(ReleaseLedger.audience))]


def _read(session: Session, audience: str) -> ReleaseLedger | None:
    statement = select(ReleaseLedger).where(ReleaseLedger.audience == audience)
    return session.scalar(statement.execution_options(populate_existing=True))


def _version(session: Session, audience: str) -> int:
    found = session.scalar(select(ReleaseLedger.version).where(ReleaseLedger.audience == audience))
    return found or _NEVER


def _write(session: Session, audience: str, seen: int, now: Partition) -> None:
    """The new partition in place of the one that was read; the version settles races."""
    values = {
        "version": seen + 1,
        "members": packed(now),
        "member_count": len(now.members),
        "group_count": int(now.groups.max(initial=0)),
        "updated_at": utcnow(),
    }
    if seen == _NEVER:
        _begin(session, ReleaseLedger(id=uuid.uuid4(), audience=audience, **values))
        return
    same = (ReleaseLedger.audience == audience, ReleaseLedger.version == seen)
    statement = update(ReleaseLedger).where(*same).values(**values).returning(ReleaseLedger.id)
    if session.scalar(statement.execution_options(synchronize_session=False)) is None:
        raise LedgerMoved


def _begin(session: Session, row: ReleaseLedger) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise LedgerMoved from error
