"""Taking a wrong mask away: only a worker can open the words that stand behind it."""

from __future__ import annotations

import uuid

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.masking import put_back
from app.database import transaction
from app.models import Case, CorrectionState, MaskChange, MaskCorrection, Message, Report, ReportState
from app.safe.resealing import owe_resealing
from app.sealing import seal
from workers.opening import CannotOpen, keys_of_report, open_sealed
from workers.processing import Keys
from workers.settings import WorkerSettings

logger = structlog.get_logger()


def unmask(keys: Keys, correction_id: uuid.UUID) -> None:
    """Put the words of one mask back into its message. A second run changes nothing."""
    with transaction() as session:
        correction = session.get_one(MaskCorrection, correction_id)
        if correction.state != CorrectionState.PENDING:
            return
        try:
            is_done = _put_back(session, keys, correction)
        except CannotOpen:
            is_done = False
        if not is_done:
            correction.state = CorrectionState.FAILED
            logger.warning("unmasking_failed", correction_id=str(correction_id))


def _put_back(session: Session, keys: Keys, correction: MaskCorrection) -> bool:
    message = session.get_one(Message, correction.message_id)
    report = session.get_one(Report, message.report_id)
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None or report.state == ReportState.WITHDRAWN:
        return False
    session.refresh(
        message
    )  # as it stands since the case was read: a change from now on makes us start again
    ring = keys_of_report(session, keys.workers, report.id)
    tokens = open_sealed(ring, message.sealed_tokens) if message.sealed_tokens else {}
    words = _masked_by_a_person(session, ring, correction) or tokens.get(correction.token)
    if words is None or not put_back(session, correction, case, message, words):
        return False
    public_key = keys.settings.intake_public_key
    left = {token: original for token, original in tokens.items() if token != correction.token}
    message.sealed_tokens = seal(left, public_key)
    correction.sealed_words = seal({correction.token: words}, public_key)
    owe_resealing(session, report.id)
    return True


def _masked_by_a_person(session: Session, ring: WorkerSettings, correction: MaskCorrection) -> str | None:
    """The words, if a person had put this mask."""
    sealed = session.scalar(
        select(MaskCorrection.sealed_words).where(
            MaskCorrection.message_id == correction.message_id,
            MaskCorrection.token == correction.token,
            MaskCorrection.change == MaskChange.ADDED,
            MaskCorrection.state == CorrectionState.DONE,
        )
    )
    return str(open_sealed(ring, sealed)[correction.token]) if sealed else None
