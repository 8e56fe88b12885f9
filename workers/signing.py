"""Checking the audit trail and signing its head once a day, with a key that only workers hold.

A trail that doesn't hold is not signed: administrators are told instead.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from nacl.signing import SigningKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import heads
from app.audit.digests import Head, sign
from app.audit.whole import count_entries, verify_whole
from app.clock import utcnow
from app.database import db, transaction
from app.models import AuditCheck, AuditEntry, SignedHead
from app.notifications.kinds import NoticeKind
from app.notifications.service import administrators, notify
from workers.processing import Keys

logger = structlog.get_logger()


def sign_head(keys: Keys) -> None:
    """Check the whole trail and sign its last entry, unless that was done today (UTC)."""
    if keys.workers.audit_key is None:
        logger.warning("audit_key_missing")
        return
    now = utcnow()
    last = _last_entry(db.session())
    if last is None or _was_signed_on(db.session(), now):
        return
    problems = sum(1 for _ in verify_whole(db.session()))
    with transaction() as session:
        session.add(AuditCheck(checked_at=now, entries=count_entries(session), problems=problems))
        if problems:
            notify(session, NoticeKind.AUDIT_BROKEN, administrators(session))
            logger.error("audit_trail_broken", count=problems)
            return
        _sign(session, keys.workers.audit_key, last, now)


def _last_entry(session: Session) -> AuditEntry | None:
    return session.scalar(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1))


def _was_signed_on(session: Session, now: datetime) -> bool:
    last = heads.last_head(session)
    return last is not None and last.signed_at.date() == now.date()


def _sign(session: Session, key: SigningKey, entry: AuditEntry, now: datetime) -> None:
    """Sign an entry up to which the trail was checked; appending waits, so that heads are numbered one by one."""
    audit.lock(session)
    if _was_signed_on(session, now):
        return
    number, previous = heads.following(session)
    head = Head(number, entry.sequence, bytes(entry.digest), now, previous)
    session.add(
        SignedHead(
            number=number,
            sequence=head.sequence,
            digest=head.digest,
            signed_at=now,
            previous=previous,
            public_key=bytes(key.verify_key),
            signature=sign(head, key),
        )
    )
