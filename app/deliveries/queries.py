"""What the pages of scheduled exports show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import DeliveryTarget, ExportDelivery, ExportRecord, ExportSchedule

SHOWN = 10


def schedules(session: Session) -> Sequence[ExportSchedule]:
    """Those that are there, by name."""
    statement = select(ExportSchedule).where(ExportSchedule.removed_at.is_(None))
    loaded = statement.options(selectinload(ExportSchedule.targets))
    return session.scalars(loaded.order_by(ExportSchedule.name, ExportSchedule.id)).unique().all()


def targets(session: Session) -> Sequence[DeliveryTarget]:
    """Those that are there, by name."""
    statement = select(DeliveryTarget).where(DeliveryTarget.removed_at.is_(None))
    return session.scalars(statement.order_by(DeliveryTarget.name, DeliveryTarget.id)).unique().all()


def exports_of(session: Session, schedule_id: uuid.UUID) -> Sequence[ExportRecord]:
    """What a schedule made lately, the newest first."""
    statement = select(ExportRecord).where(ExportRecord.schedule_id == schedule_id)
    return session.scalars(statement.order_by(ExportRecord.number.desc()).limit(SHOWN)).unique().all()


def deliveries_of(
    session: Session, exports: Sequence[ExportRecord]
) -> Mapping[uuid.UUID, Sequence[ExportDelivery]]:
    """How the bringing of these exports stands, by export."""
    chosen = [each.id for each in exports]
    statement = select(ExportDelivery).where(ExportDelivery.export_id.in_(chosen))
    found = session.scalars(statement.order_by(ExportDelivery.created_at)).unique().all()
    return {each: [one for one in found if one.export_id == each] for each in chosen}
