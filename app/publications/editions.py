"""What was last handed out of a period: put there when a snapshot is published, compared with by workers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import Publication, PublishedTable

_CODE = "figures:{}"


def last_of(session: Session, period: str, *, is_locked: bool = False) -> PublishedTable | None:
    """The counts behind what was last handed out of a period, to be replaced where `is_locked`."""
    found = select(PublishedTable).where(PublishedTable.code == _CODE.format(period))
    return session.scalar(found.with_for_update() if is_locked else found)


def put(session: Session, period: str, counts: bytes) -> None:
    """Keep the counts behind what is handed out now; the same ones are no other edition."""
    last = last_of(session, period, is_locked=True)
    if last is None:
        session.add(PublishedTable(code=_CODE.format(period), version=1, counts=counts))
    elif last.counts != counts:
        last.counts, last.version, last.published_at = counts, last.version + 1, utcnow()
    session.flush()


def is_overtaken(session: Session, publication: Publication) -> bool:
    """Whether other figures of its days were handed out since this was counted: it was not compared with them."""
    last, counted_at = last_of(session, publication.period, is_locked=True), publication.counted_at
    if last is None or counted_at is None or last.counts == publication.leaves:
        return False
    return last.published_at > counted_at
