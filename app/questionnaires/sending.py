"""An administrator's XLSForm on its way to a worker: sealed as it comes in, never opened here."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.database import transaction
from app.intake.uploads import ByteSource, append, begin
from app.models import QuestionnaireFile, UploadPurpose, User
from app.queue import JobName, owe
from app.settings import Settings

LARGEST_FILE_BYTES = 2 * 1024 * 1024
FILES_SHOWN = 5


def send(settings: Settings, user_id: uuid.UUID, source: ByteSource, size: int) -> uuid.UUID:
    """Take a file of so many bytes and have it read; its id. Opens its own transactions. Raises UploadRefused."""
    upload = begin(settings, size, purpose=UploadPurpose.QUESTIONNAIRE)
    append(settings, upload.token, 0, source)
    file = QuestionnaireFile(id=uuid.uuid4(), upload_id=upload.id, user_id=user_id)
    identifier = file.id
    with transaction() as session:
        session.add(file)
        session.flush()
        owe(session, JobName.READ_QUESTIONNAIRE, identifier)
        subject = f"questionnaire_file:{identifier}"
        audit.record(session, Action.QUESTIONNAIRE_LOADED, subject, actor=f"user:{user_id}")
    return identifier


def newest_files(session: Session) -> list[tuple[QuestionnaireFile, User]]:
    """The files sent last, with who sent them, the newest first."""
    statement = (
        select(QuestionnaireFile, User)
        .join(User, User.id == QuestionnaireFile.user_id)
        .order_by(QuestionnaireFile.created_at.desc())
        .limit(FILES_SHOWN)
    )
    return [(file, user) for file, user in session.execute(statement).unique()]
