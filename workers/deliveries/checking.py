"""Whether something can be brought to a target: its certificate, its address, its host key, its secret."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import db, transaction
from app.models import DeliveryTarget, TargetKind, TargetState
from workers.deliveries import object_store, sftp
from workers.deliveries.opened_target import CannotDeliver, OpenedTarget, opened_target
from workers.notifications.mail_keys import OPENPGP, KeyRefused, examine

if TYPE_CHECKING:
    from workers.processing import Keys

_PRIVATE = "key_private"
_LOOKS = {TargetKind.SFTP: sftp.look, TargetKind.S3: object_store.look}


def check_delivery_target(keys: Keys, target_id: uuid.UUID) -> None:
    """Look, and write down what was found; one that was taken away is left alone."""
    target = db.session.get(DeliveryTarget, target_id)
    if target is None or target.removed_at is not None:
        return
    certificate, fingerprint, problem = target.certificate, "", ""
    try:
        opened = opened_target(keys, target)
        db.session.rollback()  # nothing is held while a server is waited for
        fingerprint = _fingerprint(certificate)
        _look(keys, opened)
    except CannotDeliver as error:
        problem = error.code
    with transaction() as session:
        found = session.get_one(DeliveryTarget, target_id)
        found.state = TargetState.REFUSED if problem else TargetState.USABLE
        found.problem, found.fingerprint, found.checked_at = problem, fingerprint, utcnow()
        if problem == _PRIVATE:
            found.certificate = None  # somebody's secret, given by mistake
        note_state(session, found)


def note_state(session: Session, target: DeliveryTarget) -> None:
    """Put on record whether things may be brought to a target from now on, by codes."""
    detail = {"state": str(target.state), "problem": target.problem}
    audit.record(
        session, Action.TARGET_CHANGED, f"delivery_target:{target.id}", actor="worker", detail=detail
    )


def _fingerprint(certificate: bytes | None) -> str:
    """Raises CannotDeliver for one to which nothing can be encrypted."""
    try:
        return examine(OPENPGP, certificate).fingerprint if certificate else ""
    except KeyRefused as error:
        raise CannotDeliver(f"key_{error.code}", is_final=True) from error


def _look(keys: Keys, target: OpenedTarget) -> None:
    look = _LOOKS.get(TargetKind(target.kind))
    if look is not None:
        look(target, allows_loopback=keys.settings.demonstration)
