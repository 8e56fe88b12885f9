"""The learnt model that runs in this process, looked up again every half minute."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from flask import current_app

from app.database import transaction
from workers.learning import register
from workers.triage.linear_model import Model

logger = structlog.get_logger()

LOOKED_UP_EVERY_SECONDS = 30
_EXTENSION = "seere_learnt_model"


@dataclass(slots=True)
class _Held:
    """The version in memory, its model (None: the shipped one runs), and when to ask again (monotonic seconds)."""

    version: int = register.SHIPPED
    model: Model | None = None
    ask_again_at: float = 0.0


def learnt_model() -> Model | None:
    """The active model of this installation; None means the shipped one, also where the active can't be read."""
    held: _Held = current_app.extensions.setdefault(_EXTENSION, _Held())
    if time.monotonic() >= held.ask_again_at:
        held.ask_again_at = time.monotonic() + LOOKED_UP_EVERY_SECONDS
        try:
            _refresh(held)
        except Exception as error:  # noqa: BLE001 - a report is never held up by a model that can't be read
            logger.warning("learnt_model_unreadable", error=type(error).__name__)
            held.version, held.model = register.SHIPPED, None
    return held.model


def _refresh(held: _Held) -> None:
    with transaction() as session:
        version = register.active_version(session)
        if version == held.version:
            return
        found = register.active(session)
        held.model = register.from_bytes(found.data, found.digest) if found else None
        held.version = version
    logger.info("learnt_model_taken_up", version=version)
