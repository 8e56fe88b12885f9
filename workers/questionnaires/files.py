"""From a sealed file to a draft of a questionnaire: opened, read in a process apart, kept with what was found."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake.uploads import erase
from app.models import QuestionnaireFile, Upload
from app.questionnaires.reading import load
from app.questionnaires.sending import LARGEST_FILE_BYTES
from app.questionnaires.service import add_draft
from workers.opening import CannotOpen
from workers.questionnaires.apart import read_apart
from workers.questionnaires.problems import Problem
from workers.whole_files import opened, sealed_pieces

if TYPE_CHECKING:
    from workers.processing import Keys

Outcome = tuple[dict[str, Any] | None, list[dict[str, Any]]]


def read_file(keys: Keys, file_id: uuid.UUID) -> None:
    """Read one file that an administrator sent. A second run finds that it was read."""
    with transaction() as session:
        file = session.get(QuestionnaireFile, file_id)
        if file is None or file.read_at is not None:
            return
        upload, sealed = _sealed(session, file)
    outcome = _outcome(keys, upload, sealed)
    with transaction() as session:
        _keep(session, file_id, outcome)


def _sealed(session: Session, file: QuestionnaireFile) -> tuple[Upload | None, list[bytes]]:
    upload = session.get(Upload, file.upload_id) if file.upload_id else None
    if upload is None or not upload.is_complete or upload.received > LARGEST_FILE_BYTES:
        return upload, []
    return upload, sealed_pieces(session, upload.id)


def _outcome(keys: Keys, upload: Upload | None, sealed: list[bytes]) -> Outcome:
    if upload is None or not upload.is_complete:
        return _only("incomplete")
    if upload.received > LARGEST_FILE_BYTES:
        return _only("too_large")
    try:
        return read_apart(opened(keys.workers, sealed, upload.chain_digest))
    except CannotOpen:
        return _only("unreadable")


def _only(code: str) -> Outcome:
    return None, [Problem(code).as_record()]


def _keep(session: Session, file_id: uuid.UUID, outcome: Outcome) -> None:
    """Store what was found, and throw the file away: what it held is in the draft, or of no use."""
    file = session.get_one(QuestionnaireFile, file_id, with_for_update=True)
    if file.read_at is not None:
        return
    document, problems = outcome
    if document is not None:
        draft = add_draft(session, load(document), created_by_id=file.user_id, notes=problems)
        file.questionnaire_id = draft.id
        detail = {"version": draft.version, "file": str(file.id)}
        subject = f"questionnaire:{draft.id}"
        audit.record(session, Action.QUESTIONNAIRE_LOADED, subject, actor="worker", detail=detail)
    file.problems, file.read_at = problems, utcnow()
    upload_id, file.upload_id = file.upload_id, None
    session.flush()
    if upload_id is not None:
        erase(session, [upload_id])
