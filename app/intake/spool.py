"""Where accepted messages wait when the database refuses: sealed, in `var/spool/`, on the disk before we answer.

One file a message, written whole and synced, then renamed, so that no half of one is ever taken up. File names are
random. Taking one up twice does no harm: its reference is unique in the database.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.intake.arrivals import SealedArrival, store
from app.settings import Settings

logger = structlog.get_logger()

FOLDER = "spool"
SUFFIX = ".arrival"
DAMAGED = ".damaged"


def keep(settings: Settings, arrivals: Iterable[SealedArrival]) -> None:
    """Put arrivals on the disk, durably. Raises OSError when even that fails."""
    folder = settings.var / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for arrival in arrivals:
        _write(folder / f"{uuid.uuid4().hex}{SUFFIX}", json.dumps(_encode(arrival)).encode())
    _sync_folder(folder)


def take_up(settings: Settings) -> int:
    """Store what waits, oldest first, and how many that was; stops at the first refusal. Needs a context."""
    taken = 0
    for path in waiting(settings):
        arrival = _read(path)
        if arrival is not None:
            try:
                store([arrival])
            except SQLAlchemyError as error:
                logger.warning("spool_not_taken_up", error=type(error).__name__, count=taken)
                return taken
            path.unlink(missing_ok=True)
            taken += 1
    return taken


def waiting(settings: Settings) -> list[Path]:
    """The files that wait, oldest first."""
    try:
        found = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(settings.var / FOLDER)]
    except FileNotFoundError:
        return []
    return [Path(path) for _, path in sorted(found) if path.endswith(SUFFIX)]


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> SealedArrival | None:
    """The arrival in a file; None when somebody else took it up, or when it is damaged (then it is set aside)."""
    try:
        return _decode(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        path.rename(path.with_suffix(DAMAGED))
        logger.error("spool_file_damaged", error=type(error).__name__)  # noqa: TRY400 - a traceback may hold data
        return None


def _encode(arrival: SealedArrival) -> dict[str, Any]:
    return asdict(arrival) | {
        "id": str(arrival.id),
        "reference": base64.b64encode(arrival.reference).decode(),
        "received_at": arrival.received_at.isoformat(),
        "sealed_content": base64.b64encode(arrival.sealed_content).decode(),
    }


def _decode(values: dict[str, Any]) -> SealedArrival:
    return SealedArrival(
        **values
        | {
            "id": uuid.UUID(values["id"]),
            "reference": base64.b64decode(values["reference"]),
            "received_at": datetime.fromisoformat(values["received_at"]),
            "sealed_content": base64.b64decode(values["sealed_content"]),
        }
    )
