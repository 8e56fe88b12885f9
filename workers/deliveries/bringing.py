"""Bringing what is held: claimed, brought with no transaction open, marked. What fails is tried for about a day."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import after_commit, db, transaction
from app.deliveries import schedules
from app.exports.downloading import OUTDATED
from app.exports.standing import is_outdated
from app.models import (
    CARRYING,
    OPEN_STATES,
    DeliveryTarget,
    ExportDelivery,
    ExportDeliveryState,
    ExportRecord,
    ExportSchedule,
    ExportState,
    TargetKind,
    TargetState,
)
from workers.deliveries import object_store, sftp, telling
from workers.deliveries.checking import note_state
from workers.deliveries.holding import erase_orphans, held_path, let_go
from workers.deliveries.opened_target import CannotDeliver, OpenedTarget, opened_target

if TYPE_CHECKING:
    from pathlib import Path

    from workers.processing import Keys

logger = structlog.get_logger()

CLAIM = timedelta(minutes=15)  # longer than a server is waited for
MOST_SECONDS = 120  # of one run: what is left is found again a minute later
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 5 * 60, 8 * 60, 10 * 60))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this worker's alone. Never shown: it holds the secrets."""

    delivery_id: uuid.UUID
    claimed_until: datetime
    path: Path | None  # None where nothing is carried
    name: str
    target: OpenedTarget = field(repr=False)


def deliver_exports(keys: Keys) -> None:
    """Bring what is due."""
    begun = time.monotonic()
    erase_orphans(keys.settings, db.session())
    db.session.rollback()
    while time.monotonic() - begun < MOST_SECONDS:
        claimed = _claim(keys)
        if claimed is None:
            return
        try:
            _bring(keys, claimed)
        except CannotDeliver as error:
            _mark(keys, claimed, error)
        else:
            _mark(keys, claimed, None)


def _bring(keys: Keys, claimed: Claimed) -> None:
    """Raises CannotDeliver."""
    if claimed.target.kind == TargetKind.EMAIL:
        telling.mail(keys, claimed.delivery_id, claimed.target)
    elif claimed.target.kind == TargetKind.WEBHOOK:
        telling.owe_webhooks(claimed.target)
    elif claimed.path is None or not claimed.path.is_file():
        raise CannotDeliver("gone", is_final=True)
    else:
        bring = sftp.bring if claimed.target.kind == TargetKind.SFTP else object_store.bring
        bring(claimed.target, claimed.path, claimed.name, allows_loopback=keys.settings.demonstration)


def _claim(keys: Keys) -> Claimed | None:
    """The oldest delivery that is due and still makes sense."""
    with transaction() as session:
        while (delivery := _oldest(session)) is not None:
            objection = _objection(session, delivery)
            if not objection:
                try:
                    return _begin(keys, session, delivery)
                except CannotDeliver as error:
                    objection = error.code
            _end(keys, session, delivery, ExportDeliveryState.CANCELLED, objection)
            session.flush()
    return None


def _begin(keys: Keys, session: Session, delivery: ExportDelivery) -> Claimed:
    """Raises CannotDeliver where the secret doesn't open."""
    target = opened_target(keys, delivery.target)
    exported = session.get_one(ExportRecord, delivery.export_id)
    delivery.state = ExportDeliveryState.SENDING
    delivery.claimed_until = utcnow() + CLAIM
    delivery.attempts += 1
    path = held_path(keys.settings, delivery.token) if delivery.token else None
    name = f"{exported.reference}.zip" + (".pgp" if delivery.target.certificate else "")
    return Claimed(delivery.id, delivery.claimed_until, path, name, target)


def _objection(session: Session, delivery: ExportDelivery) -> str:
    """Why it isn't to be brought any more, by a code."""
    target, exported = delivery.target, session.get_one(ExportRecord, delivery.export_id)
    schedule = session.get_one(ExportSchedule, delivery.schedule_id)
    if target.removed_at is not None or schedule.removed_at is not None:
        return "removed"
    if exported.state in {ExportState.CANCELLED, ExportState.FAILED}:
        return "cancelled"
    if delivery.failure and not delivery.token and target.kind in CARRYING:
        return delivery.failure  # nothing could be held for it
    if target.state == TargetState.REFUSED:
        return "refused"
    if not target.organisation.is_active:
        return "recipient_closed"
    return OUTDATED if is_outdated(session, exported) else ""


def _mark(keys: Keys, claimed: Claimed, error: CannotDeliver | None) -> None:
    """What became of it; a claim that ran out meanwhile is somebody else's to mark."""
    with transaction() as session:
        delivery = session.get_one(
            ExportDelivery, claimed.delivery_id, with_for_update={"of": ExportDelivery}
        )
        if delivery.claimed_until != claimed.claimed_until:
            return
        if error is None:
            _end(keys, session, delivery, ExportDeliveryState.SENT)
        elif error.is_final or delivery.attempts > len(PAUSES):
            _refuse(session, delivery, error)
            _end(keys, session, delivery, ExportDeliveryState.FAILED, error.code)
        else:
            delivery.state, delivery.claimed_until = ExportDeliveryState.QUEUED, None
            delivery.failure = error.code
            delivery.available_at = utcnow() + PAUSES[delivery.attempts - 1]
    logger.info("export_delivered") if error is None else logger.warning(
        "export_not_delivered", error=error.code
    )


def _refuse(session: Session, delivery: ExportDelivery, error: CannotDeliver) -> None:
    """Where trying again would do harm, nothing goes there until an administrator has looked."""
    if error.is_final:
        target = session.get_one(DeliveryTarget, delivery.target_id)
        target.state, target.problem = TargetState.REFUSED, error.code
        note_state(session, target)


def _end(
    keys: Keys, session: Session, delivery: ExportDelivery, state: ExportDeliveryState, failure: str = ""
) -> None:
    """Write down the end of it, tell, and delete what was held. A file that outlives a crash is an orphan, and goes."""
    delivery.state, delivery.failure = state, failure
    delivery.claimed_until, delivery.ended_at = None, utcnow()
    is_sent = state == ExportDeliveryState.SENT
    action = Action.EXPORT_DELIVERED if is_sent else Action.EXPORT_NOT_DELIVERED
    detail = {"target": str(delivery.target_id), "failure": failure}
    audit.record(session, action, f"export:{delivery.export_id}", actor="worker", detail=detail)
    schedule = session.get_one(ExportSchedule, delivery.schedule_id)
    if is_sent:
        schedule.failures = 0
    elif schedule.removed_at is None:
        schedules.count_failure(session, schedule, failure)
    after_commit(session, partial(let_go, keys.settings, delivery.token))
    delivery.token = ""


def _oldest(session: Session) -> ExportDelivery | None:
    oldest = _due().order_by(ExportDelivery.available_at).limit(1)
    return session.scalars(oldest.with_for_update(of=ExportDelivery, skip_locked=True)).unique().first()


def _due() -> Select[ExportDelivery]:
    """What waits, and what a worker that died had begun: a file is whole there or goes on where it stopped."""
    now = utcnow()
    is_queued = and_(ExportDelivery.state == ExportDeliveryState.QUEUED, ExportDelivery.available_at <= now)
    is_left = and_(ExportDelivery.state == ExportDeliveryState.SENDING, ExportDelivery.claimed_until < now)
    is_made = ExportRecord.state.not_in(OPEN_STATES)  # it is held a moment before it is said to be ready
    due = select(ExportDelivery).join(ExportRecord, ExportRecord.id == ExportDelivery.export_id)
    return due.where(or_(is_queued, is_left), is_made)
