"""What the web form needs beside the report: unfinished forms, and the questions it puts."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class Draft(Identified, Base):
    """A report whose writer may still be filling in pages. The report itself is accepted already.

    `encrypted_answers` is what was given so far, for the pages that show it again, under a key that is only in the
    writer's own page; what the workers read is sealed with the report's message.
    """

    __tablename__ = "draft"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), unique=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    encrypted_answers: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class QuestionnaireState(StrEnum):
    """A questionnaire is seen by reporters only while it is live; at most one is."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"


class Questionnaire(Identified, Base):
    """One version of the questions behind "what happened". Never changed once made: a report keeps its version.

    Version 0 is the one that ships with the project and has no row. `definition` is as in
    app/questionnaires/definition.py; `problems` say what an XLSForm held that isn't supported.
    """

    __tablename__ = "questionnaire"

    version: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default=QuestionnaireState.DRAFT, index=True)
    definition: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]


class QuestionnaireFile(Identified, Base):
    """An XLSForm that an administrator sent, until a worker has read it."""

    __tablename__ = "questionnaire_file"

    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    questionnaire_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("questionnaire.id"))
