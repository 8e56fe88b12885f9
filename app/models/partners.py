"""How partner organisations hand in reports of their own: tokens for their programs, and tables to import."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation


class AccessToken(Identified, Base):
    """What a partner's program signs in with. Only a keyed digest is kept; the token is shown once."""

    __tablename__ = "access_token"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    field_map: Mapped[dict[str, Any]] = mapped_column(default=dict)  # Kobo's question names by ours
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    last_used_on: Mapped[datetime | None]  # to the day
    revoked_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class ImportState(StrEnum):
    """How far a table of reports is."""

    READING = "reading"  # a worker looks for its columns
    READ = "read"  # the columns wait to be mapped
    CHECKING = "checking"  # a dry run is under way
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"


class ReportImport(Identified, Base):
    """A CSV or XLSX file of reports, from its sending to a row-by-row answer. The rows themselves stay sealed.

    `columns` are the headings with how many rows have something in them; `mapping` gives the column for each field;
    `problems` name a row, a field and a code, never what stood there.
    """

    __tablename__ = "report_import"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    upload_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    label: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(15), default=ImportState.READING)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    rows: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)  # of the run under way
    accepted: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    done_at: Mapped[datetime | None]
