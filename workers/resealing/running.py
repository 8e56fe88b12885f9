"""One report, sealed to a key of its own. Whoever is killed half-way leaves what the next run goes on from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from nacl.public import PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.models import Attachment, Direction, Message, Report, ReportKey
from app.safe.returning import take_back
from app.safe.shares import share_report
from workers.opening import keys_of_report, open_sealed_bytes
from workers.resealing.files import reseal_file
from workers.resealing.messages import reseal_message
from workers.resealing.recipients import recipients
from workers.resealing.settling import FILES_COME_FOR, files_on_their_way, unsettled_until
from workers.resealing.values import Turning

if TYPE_CHECKING:
    from workers.processing import Keys


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be put under which key."""

    turning: Turning
    messages: list[uuid.UUID]
    files: list[uuid.UUID]


def reseal_report(keys: Keys, report_id: uuid.UUID) -> datetime | None:
    """Seal all of a report that workers can open to its own key, which only organisations can open; then forget it.

    A moment means: it hasn't settled, come back then. As long as the desk has no key nothing is done. A second run
    does nothing.
    """
    plan = _begin(keys, report_id)
    if not isinstance(plan, _Plan):
        return plan
    count = sum(reseal_message(plan.turning, each) for each in plan.messages)
    count += sum(reseal_file(plan.turning, each) for each in plan.files)
    return _finish(report_id, count)


def _begin(keys: Keys, report_id: uuid.UUID) -> _Plan | datetime | None:
    with transaction() as session:
        report = session.get(Report, report_id, with_for_update={"key_share": True})
        if report is None or report.erased_at is not None:
            return None
        if later := unsettled_until(session, report_id):
            return later
        public_key = _public_key(session, keys, report)
        if public_key is None:
            return None
        ring = keys_of_report(session, keys.workers, report_id)
        return _Plan(Turning(ring, public_key), *_belongings(session, report_id))


def _public_key(session: Session, keys: Keys, report: Report) -> bytes | None:
    """The report's own public key, made and given to its organisations the first time; None while there is none to
    give it to.
    """
    key = session.scalar(select(ReportKey).where(ReportKey.report_id == report.id))
    if key is not None:
        _share_returned(session, keys, report, key)
        return bytes(key.public_key)
    private = PrivateKey.generate()
    key = ReportKey(id=uuid.uuid4(), report_id=report.id, public_key=bytes(private.public_key))
    return bytes(key.public_key) if _share(session, report, key, private) else None


def _share(session: Session, report: Report, key: ReportKey, private: PrivateKey) -> bool:
    """Give the private half to each organisation that may open the report; False while there is none."""
    found = recipients(session, report)
    if found:
        session.add(key)
        session.flush()
    for organisation_key in found:
        share_report(session, key, private, organisation_key)
    return bool(found)


def _share_returned(session: Session, keys: Keys, report: Report, key: ReportKey) -> None:
    """Whom the case was given to since can have the key too, while a member has handed it back."""
    if key.returned_private and key.returned_until and key.returned_until > utcnow():
        private = PrivateKey(open_sealed_bytes(keys.workers, key.returned_private))
        _share(session, report, key, private)


def _belongings(session: Session, report_id: uuid.UUID) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    messages = select(Message.id).where(
        Message.report_id == report_id, Message.direction == Direction.INBOUND
    )
    files = select(Attachment.id).where(Attachment.report_id == report_id)
    return list(session.scalars(messages)), list(session.scalars(files))


def _finish(report_id: uuid.UUID, count: int) -> datetime | None:
    """Say what was done; a key that was handed back is erased, unless something waits for it still."""
    with transaction() as session:
        later = unsettled_until(session, report_id)
        if later is None:
            take_back(session, report_id)
        if count:
            audit.record(
                session,
                Action.REPORT_RESEALED,
                f"report:{report_id}",
                actor="worker",
                detail={"values": count},
            )
        if later is None and files_on_their_way(session, report_id):
            return utcnow() + FILES_COME_FOR
    return later
