"""Going through the whole trail: entries, and signed heads beside them; and what workers found when they last did."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.chain import Break, verify
from app.audit.heads import verify_heads
from app.models import AuditCheck, AuditEntry


def verify_whole(session: Session) -> Iterator[Break]:
    """Every place where the chain, or a signed head of it, doesn't hold."""
    yield from verify(session)
    yield from verify_heads(session)


def count_entries(session: Session) -> int:
    """How many entries there are."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def last_check(session: Session) -> AuditCheck | None:
    """The newest check that workers made."""
    return session.scalar(select(AuditCheck).order_by(AuditCheck.checked_at.desc()).limit(1))
