"""What people corrected in the masks, opened for a second run of the machine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import Understanding
from app.casework.reapplying import OpenedCorrection, reapplied, unmasked_tokens
from app.models import CorrectionState, MaskChange, MaskCorrection, Message, Report
from workers.opening import open_sealed
from workers.pipeline import Understood
from workers.settings import WorkerSettings


def corrected_understanding(
    session: Session,
    settings: WorkerSettings,
    message_id: uuid.UUID,
    understood: Understood,
    to_understanding: Callable[[Understood], Understanding],
) -> Understanding:
    """The understanding of a message with its corrections; what was unmasked is no longer among its tokens."""
    corrections = _opened(session, settings, message_id)
    shown = unmasked_tokens(understood.tokens, corrections)
    kept = {token: words for token, words in understood.tokens.items() if token not in shown}
    return reapplied(to_understanding(replace(understood, tokens=kept)), understood.tokens, corrections)


def masks_by_people(session: Session, case_id: uuid.UUID | None) -> Sequence[bytes | None]:
    """The sealed words of all masks that people put in a case and that still stand."""
    if case_id is None:
        return []
    statement = (
        select(MaskCorrection.sealed_words)
        .join(Message, Message.id == MaskCorrection.message_id)
        .join(Report, Report.id == Message.report_id)
        .where(
            Report.case_id == case_id,
            MaskCorrection.change == MaskChange.ADDED,
            MaskCorrection.state == CorrectionState.DONE,
        )
        .order_by(MaskCorrection.made_at)
    )
    return session.scalars(statement).all()


def _opened(session: Session, settings: WorkerSettings, message_id: uuid.UUID) -> list[OpenedCorrection]:
    statement = (
        select(MaskCorrection)
        .where(MaskCorrection.message_id == message_id, MaskCorrection.state == CorrectionState.DONE)
        .order_by(MaskCorrection.made_at)
    )
    return [
        OpenedCorrection(MaskChange(each.change), each.token, words)
        for each in session.scalars(statement)
        if each.sealed_words and (words := open_sealed(settings, each.sealed_words).get(each.token))
    ]
