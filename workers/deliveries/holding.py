"""Packages that wait to be brought: encrypted to the recipient first, or public. Nothing else of them lies on disk."""

from __future__ import annotations

import secrets
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pysequoia
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exports.levels import Level
from app.models import (
    CARRYING,
    DeliveryTarget,
    ExportDelivery,
    ExportRecord,
    ExportSchedule,
)
from app.settings import Settings
from workers.deliveries.opened_target import CannotDeliver
from workers.notifications.mail_keys import OPENPGP, KeyRefused, examine

FOLDER = "deliveries"
_ORPHANED_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Held:
    """What lies ready for one target: its name and size, or a code for why nothing does."""

    target_id: uuid.UUID
    token: str = ""
    byte_count: int = 0
    failure: str = ""


def hold(settings: Settings, session: Session, record: ExportRecord, package: Path) -> Sequence[Held]:
    """Take what is to be brought of a package that was just made, before what is plain is deleted. Reads only.

    For an export that nobody scheduled there is nothing. `owe` must follow, or what is held is an orphan.
    """
    schedule = session.get(ExportSchedule, record.schedule_id) if record.schedule_id else None
    if schedule is None or schedule.removed_at is not None:
        return ()
    return [_held(settings, target, record.level, package) for target in schedule.targets]


def owe(session: Session, record: ExportRecord, held: Sequence[Held]) -> None:
    """Owe the deliveries of what is held, in the transaction that says that the export is ready."""
    for each in held:
        delivery = ExportDelivery(
            id=uuid.uuid4(),
            export_id=record.id,
            schedule_id=record.schedule_id,
            target_id=each.target_id,
            token=each.token,
            byte_count=each.byte_count,
            failure=each.failure,
        )
        session.add(delivery)


def held_path(settings: Settings, token: str) -> Path:
    """Where a held package lies."""
    return settings.var / FOLDER / token


def let_go(settings: Settings, token: str) -> None:
    """Delete a held package; one that is gone already is no matter."""
    if token:
        held_path(settings, token).unlink(missing_ok=True)


def erase_orphans(settings: Settings, session: Session) -> None:
    """Delete what a worker left that died before it could write down what it held."""
    folder = settings.var / FOLDER
    known = set(session.scalars(select(ExportDelivery.token)))
    oldest = time.time() - _ORPHANED_SECONDS
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.name not in known and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def encrypt_to(certificate: bytes, source: Path, target: Path) -> None:
    """Encrypt a file to an OpenPGP certificate, in constant memory. Raises CannotDeliver."""
    try:
        examine(OPENPGP, certificate)  # it may have expired or been revoked since it was given
        recipient = pysequoia.Cert.from_bytes(certificate)
        pysequoia.encrypt_file(source, target, recipients=[recipient], armor=False)
    except KeyRefused as error:
        raise CannotDeliver(f"key_{error.code}", is_final=True) from error
    except Exception as error:  # the library raises Exception itself
        raise CannotDeliver("key_cannot_encrypt", is_final=True) from error


def _held(settings: Settings, target: DeliveryTarget, level: str, package: Path) -> Held:
    if target.kind not in CARRYING:
        return Held(target.id)
    token = secrets.token_urlsafe(24)
    path = held_path(settings, token)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _write(path, level, target.certificate, package)
    except CannotDeliver as error:
        path.unlink(missing_ok=True)
        return Held(target.id, failure=error.code)
    path.chmod(0o600)
    return Held(target.id, token, path.stat().st_size)


def _write(path: Path, level: str, certificate: bytes | None, package: Path) -> None:
    if certificate:
        encrypt_to(certificate, package, path)
    elif level == Level.PUBLIC:
        shutil.copyfile(package, path)
    else:
        raise CannotDeliver("key_missing", is_final=True)
