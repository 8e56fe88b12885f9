"""Whether a legal hold keeps a case from being erased. Placing and lifting them is app/retention's."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import LegalHold


def stands(now: datetime) -> ColumnElement[bool]:
    """That a hold was neither lifted nor has ended."""
    return LegalHold.lifted_at.is_(None) & or_(LegalHold.ends_at.is_(None), LegalHold.ends_at > now)


def held_cases(now: datetime) -> Select[uuid.UUID]:
    """The ids of all cases under a hold."""
    return select(LegalHold.case_id).where(stands(now))


def is_held(session: Session, case_id: uuid.UUID | None) -> bool:
    """Whether nothing of this case may be erased now."""
    found = select(LegalHold.id).where(LegalHold.case_id == case_id, stands(utcnow())).limit(1)
    return case_id is not None and session.scalar(found) is not None
