"""Looking at a file that came from the web, and making its copy anew. A second run of either does nothing more.

The work itself is done with no transaction open; what it rests on is looked at again before it is kept.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeGuard

import structlog

from app import audit
from app.audit import Action
from app.database import transaction
from app.models import Attachment, AttachmentState
from app.safe.resealing import owe_resealing
from workers.attachments import copies, sandbox
from workers.attachments.originals import Damaged, Original, original_of
from workers.decoding.findings import Caution, Findings
from workers.opening import CannotOpen

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

UNREADABLE, DAMAGED = "unreadable", "damaged"


def examine_attachment(keys: Keys, attachment_id: uuid.UUID) -> None:
    """Look at one file, make its copy, keep what its metadata said. FAILED if what came isn't whole."""
    if not _has_arrived(attachment_id):
        return
    try:
        original = original_of(keys.workers, attachment_id)
        found = copies.sealed(sandbox.examined(original), keys.settings.intake_public_key)
    except (CannotOpen, Damaged) as problem:
        _give_up(attachment_id, UNREADABLE if isinstance(problem, CannotOpen) else DAMAGED)
        return
    _keep(attachment_id, original, found)


def _has_arrived(attachment_id: uuid.UUID) -> bool:
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id)
        return attachment is not None and attachment.state == AttachmentState.ARRIVED


def _keep(attachment_id: uuid.UUID, original: Original, found: copies.SealedFindings) -> None:
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id, with_for_update=True)
        if attachment is None or attachment.state != AttachmentState.ARRIVED:
            return
        attachment.state, attachment.failure = AttachmentState.KEPT, None
        copies.put_all(attachment, original, found)
        owe_resealing(session, attachment.report_id)
        audit.record(
            session,
            Action.ATTACHMENT_KEPT,
            f"attachment:{attachment_id}",
            actor="worker",
            detail=kept_detail(attachment),
        )


def kept_detail(attachment: Attachment) -> dict[str, Any]:
    """What the chain says of a file that was looked at: codes and counts. No digest: who holds the same file could
    tell by it, long after the report was erased, that it was sent.
    """
    detail: dict[str, Any] = {
        "type": attachment.content_type,
        "size": attachment.size,
        "has_copy": attachment.sealed_copy is not None,
    }
    if attachment.caution:
        detail["caution"] = attachment.caution
    if attachment.face_count:
        detail["faces"] = attachment.face_count
    return detail


def _give_up(attachment_id: uuid.UUID, failure: str) -> None:
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id, with_for_update=True)
        if attachment is None or attachment.state != AttachmentState.ARRIVED:
            return
        attachment.state, attachment.failure = AttachmentState.FAILED, failure
        owe_resealing(session, attachment.report_id)
        audit.record(
            session,
            Action.ATTACHMENT_FAILED,
            f"attachment:{attachment_id}",
            actor="worker",
            detail={"failure": failure},
        )
    logger.warning("attachment_failed", error=failure)


def remake_copy(keys: Keys, attachment_id: uuid.UUID) -> None:
    """Make the copy of one file anew, with what people said is to be hidden hidden.

    An original that isn't the one whose digest is on record is not copied.
    """
    wanted = _wanted(attachment_id)
    if wanted is None:
        return
    rectangles, digest = wanted
    try:
        original = original_of(keys.workers, attachment_id)
    except (CannotOpen, Damaged):
        _fail_copy(attachment_id, rectangles)
        return
    if original.sha256 != digest:
        _fail_copy(attachment_id, rectangles)
        return
    found = copies.sealed(sandbox.examined(original, rectangles), keys.settings.intake_public_key)
    _keep_copy(attachment_id, rectangles, found)


def _wanted(attachment_id: uuid.UUID) -> tuple[list[list[float]], bytes | None] | None:
    """What is to be hidden, and the digest on record; None where no copy waits to be made."""
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id)
        if not _awaits_copy(attachment):
            return None
        return [list(each) for each in attachment.blurred], attachment.sha256


def _awaits_copy(attachment: Attachment | None) -> TypeGuard[Attachment]:
    is_kept = attachment is not None and attachment.state == AttachmentState.KEPT
    return is_kept and attachment is not None and attachment.caution == Caution.REMAKING


def _keep_copy(attachment_id: uuid.UUID, rectangles: list[list[float]], found: copies.SealedFindings) -> None:
    """Unless somebody asked for something else meanwhile, for which there is a job of its own."""
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id, with_for_update=True)
        if _awaits_copy(attachment) and attachment.blurred == rectangles:
            copies.put_copy(attachment, found)
            owe_resealing(session, attachment.report_id)
            audit.record(
                session,
                Action.COPY_REMADE,
                f"attachment:{attachment_id}",
                actor="worker",
                detail={"hidden": len(rectangles), "has_copy": found.copy is not None},
            )


def _fail_copy(attachment_id: uuid.UUID, rectangles: list[list[float]]) -> None:
    nothing = copies.SealedFindings(Findings(caution=Caution.DAMAGED), None, None, None)
    _keep_copy(attachment_id, rectangles, nothing)
    logger.warning("copy_failed", error=DAMAGED)
