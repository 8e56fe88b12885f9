"""What was released before, in the form that a new release is compared with.

There is no value of any case in here: a member is a case's number, a group only says who looked alike.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class ReleaseLedger(Identified, Base):
    """What one audience was given so far: which cases, and which of them it can't tell apart.

    `members` is the packed form of workers.exports.ledger_packing: one row for an audience however many releases it
    had, a few bytes for each case that it ever got. `version` counts the releases; who writes names the one he read.
    """

    __tablename__ = "release_ledger"

    audience: Mapped[str] = mapped_column(String(60), unique=True)
    version: Mapped[int] = mapped_column(default=0)
    members: Mapped[bytes] = mapped_column(LargeBinary)
    member_count: Mapped[int] = mapped_column(default=0)
    group_count: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)


class ReleaseEntry(Identified, Base):
    """That an export was entered into the ledger of its audience, and as which version: an export enters once."""

    __tablename__ = "release_entry"

    export_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("export_record.id", ondelete="CASCADE"), unique=True
    )
    audience: Mapped[str] = mapped_column(String(60), index=True)
    version: Mapped[int]
    row_count: Mapped[int]
    noted_at: Mapped[datetime] = mapped_column(default=utcnow)


class PublishedTable(Identified, Base):
    """The counts behind a table as it was last published, before suppression: the next edition is compared with them.

    `code` says of which figures (app/publications/editions.py). `counts` is packed (workers/publications/editions.py);
    only counts of cases, no case, can be read out of it.
    """

    __tablename__ = "published_table"

    code: Mapped[str] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=0)
    counts: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime] = mapped_column(default=utcnow)
