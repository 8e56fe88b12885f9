"""Exports: what was asked for, by whom, for whom and why; how far it is; and what went out."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation, User
from app.models.rules import PreviewState


class ExportKind(StrEnum):
    """What a file is made of."""

    CASES = "cases"
    CASE = "case"  # one, as a file for people to read
    JUDICIAL = "judicial"  # one, with identities that two people opened
    REGISTER = "register"  # of the exports themselves
    REPORT = "report"  # of a quarter or a year


class ExportState(StrEnum):
    """Where an export is on its way."""

    ASKED = "asked"
    MAKING = "making"
    READY = "ready"
    TAKEN = "taken"  # whole, at least once; the sealed file goes a day later
    EXPIRED = "expired"  # nobody took it in time
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({ExportState.ASKED, ExportState.MAKING})
HELD_STATES = frozenset({ExportState.READY, ExportState.TAKEN})  # of which a sealed file may lie there


class ExportRecord(Identified, Base):
    """One export. The row stays for ever; the sealed file under the random name `folder` only for days.

    `filters` is as app/exports/selection.py writes it, `withheld` a list of {reason, count, field}, `risks` the
    figures of workers/exports/release.py. `failure` is a code, never an error's text. `sealed_key` holds the key of
    the file, sealed to the person who asked. Digest and size are those of the file that they get. `members` are the
    numbers of the cases in it as app/exports/members.py packs them, as long as it may be handed out.
    """

    __tablename__ = "export_record"
    __table_args__ = (
        Index("ix_export_record_state_expires_at", "state", "expires_at"),
        Index("ix_export_record_asked_at", "asked_at"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )  # theirs then
    kind: Mapped[str] = mapped_column(String(20), default=ExportKind.CASES)
    level: Mapped[str] = mapped_column(String(10))
    file_format: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="fr")
    filters: Mapped[dict[str, Any]]
    purpose: Mapped[str] = mapped_column(Text, default="")
    recipient: Mapped[str] = mapped_column(String(200), default="")
    recipient_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("casefile.id"), index=True)
    schedule_id: Mapped[uuid.UUID | None] = mapped_column(index=True)

    state: Mapped[str] = mapped_column(String(10), default=ExportState.ASKED)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int] = mapped_column(default=0)
    row_count: Mapped[int | None]  # None until it is ready
    withheld: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    risks: Mapped[dict[str, Any] | None]
    manifest: Mapped[dict[str, Any] | None]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    byte_count: Mapped[int | None]
    failure: Mapped[str] = mapped_column(String(60), default="")

    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    made_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    folder: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)  # how often a worker began it since it was asked for
    members: Mapped[bytes | None] = mapped_column(LargeBinary)

    user: Mapped[User] = relationship(lazy="joined")
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id], lazy="joined")
    recipient_organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[recipient_organisation_id], lazy="joined"
    )

    @property
    def reference(self) -> str:
        """How people call it."""
        return f"E-{self.number:06d}"


class ExportPreview(Identified, Base):
    """An export as somebody means to ask for it, and what a worker found would be withheld and is risky.

    `asked` is the form as app/exports/schemas.py loads it; `result` holds counts and codes. Kept for a day.
    """

    __tablename__ = "export_preview"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    level: Mapped[str] = mapped_column(String(10))
    recipient_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    asked: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=PreviewState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    cases_total: Mapped[int] = mapped_column(default=0)
    cases_done: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)  # how often a worker began it
    export_id: Mapped[uuid.UUID | None]  # what was asked for from it: it can't be asked for twice
