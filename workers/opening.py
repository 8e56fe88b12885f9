"""Opening what the web process sealed, with the keys that only workers hold."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from nacl.public import PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import ReportKey
from app.safe.opening import SEAL_BYTES, SEAL_HEAD_BYTES, CannotOpen, open_bytes, open_mapping
from app.safe.opening import ring as ring_of
from app.safe.returning import of_report
from workers.settings import WorkerSettings

__all__ = [
    "SEAL_BYTES",
    "SEAL_HEAD_BYTES",
    "CannotOpen",
    "keys_of_report",
    "open_sealed",
    "open_sealed_bytes",
]


def open_sealed(settings: WorkerSettings, sealed: bytes) -> dict[str, Any]:
    """The mapping that was sealed. Raises CannotOpen."""
    return open_mapping(settings.private_keys, sealed)


def open_sealed_bytes(settings: WorkerSettings, sealed: bytes) -> bytes:
    """The bytes that `app.sealing.seal_bytes` sealed. Raises CannotOpen."""
    return open_bytes(settings.private_keys, sealed)


def keys_of_report(session: Session, settings: WorkerSettings, report_id: uuid.UUID) -> WorkerSettings:
    """The workers' keys and, for what is sealed to a report's own key, those that members have handed back for it.

    A message may have come from another report of the same phone: such a one's key, if it was handed back, is there.
    """
    returned = session.scalars(
        select(ReportKey.returned_private).where(
            of_report(report_id), ReportKey.returned_private.is_not(None), ReportKey.returned_until > utcnow()
        )
    ).all()
    keys = [PrivateKey(open_sealed_bytes(settings, sealed)) for sealed in returned if sealed]
    return replace(settings, private_keys={**settings.private_keys, **ring_of(*keys)})
