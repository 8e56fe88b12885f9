"""What people keep of the inbox: views with a name, and what a bulk change can be undone to."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class SavedView(Identified, Base):
    """A filter of the inbox under a name: its owner's alone, or shared with the whole organisation.

    `address` holds the filter as the inbox's address has it. A deleted view stays a while, so that it can be put back.
    """

    __tablename__ = "saved_view"

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    address: Mapped[dict[str, Any]]
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    deleted_at: Mapped[datetime | None]


class BulkChange(Identified, Base):
    """One thing done to several cases at once by one person."""

    __tablename__ = "bulk_change"
    __table_args__ = (Index("ix_bulk_change_user_id_made_at", "user_id", "made_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    undone_at: Mapped[datetime | None]


class BulkChangeItem(Identified, Base):
    """A case as it was before a bulk change, and the version that it had right after."""

    __tablename__ = "bulk_change_item"
    __table_args__ = (UniqueConstraint("bulk_change_id", "case_id"),)

    bulk_change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bulk_change.id", ondelete="CASCADE"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id", ondelete="CASCADE"), index=True)
    before: Mapped[dict[str, Any]]
    version: Mapped[int]
