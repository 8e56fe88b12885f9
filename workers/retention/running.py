"""One round of retention: announce what falls due, erase in small batches what was announced, certify each batch.

A batch is one transaction, so a round that dies half-way leaves whole things, and the next one goes on.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake.erasing import accounts_kept_by_holds, erase_account, erase_source
from app.intake.forgetting import forget_contact, forget_phone
from app.models import Case, Contact, Report
from app.models.search_index import overwrite_forgotten
from app.retention.announcing import announce, announced_rules, forget, ready
from app.retention.due import due
from app.retention.periods import current_version, days, days_for_rows, period
from app.retention.rules import Rule, Subject, rules_of
from workers.resealing.journal import empty_journal
from workers.retention.cases import erase_case, is_newest
from workers.retention.housekeeping import erase_rows

logger = structlog.get_logger()

BATCH = 20
MOST_BATCHES = 25  # of one rule in one round


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction went through: the ids that were erased, and how many rows of each table."""

    looked_at: int
    erased: Sequence[uuid.UUID]
    rows: Counter[str]


def keep() -> None:
    """Announce what falls due, and erase what was announced long enough."""
    now = utcnow()
    with transaction() as session:
        announce(session, now)
    erased = sum(_erase_by(rule, now) for rule in announced_rules())
    erased += sum(_tidy(rule, now) for rule in rules_of(Subject.ROWS))
    erased += _finish_held_accounts()
    if erased:
        _overwrite()
        logger.info("retention_erased", count=erased)


def _erase_by(rule: Rule, now: datetime) -> int:
    erased = 0
    for _ in range(MOST_BATCHES):
        with transaction() as session:
            batch = _one_batch(session, rule, now)
        erased += len(batch.erased)
        if batch.looked_at < BATCH:
            break
    return erased


_TABLES: dict[Subject, Any] = {
    Subject.CASE: Case,
    Subject.REPORT: Report,
    Subject.CONTACT: Contact,
}


def _one_batch(session: Session, rule: Rule, now: datetime) -> Batch:
    """Erase what is still due of the next things that were announced; all of them are announced no longer."""
    announced = ready(session, rule, now, BATCH)
    rows: Counter[str] = Counter()
    erased = []
    for subject_id in announced:
        if _is_still_due(session, rule, subject_id, now):
            rows += _ERASERS[rule.subject](session, subject_id)
            erased.append(subject_id)
    forget(session, announced)
    if erased:
        _certify(session, rule, erased, rows)
    return Batch(len(announced), erased, rows)


def _is_still_due(session: Session, rule: Rule, subject_id: uuid.UUID, now: datetime) -> bool:
    """Looked at again with the row held: somebody may have worked on it, or placed a hold, a moment ago."""
    table = _TABLES[rule.subject]
    session.execute(select(table.id).where(table.id == subject_id).with_for_update())
    kept = period(days(session)[rule.code])
    if kept is None or not due(session, rule, kept, now, only=subject_id):
        return False
    return rule.subject != Subject.CASE or not is_newest(session, subject_id)


def _erase_original(session: Session, report_id: uuid.UUID) -> Counter[str]:
    erase_source(session, session.get_one(Report, report_id))
    return Counter({"original": 1})


def _erase_contact(session: Session, contact_id: uuid.UUID) -> Counter[str]:
    reports = session.scalars(select(Report).where(Report.contact_id == contact_id)).all()
    for report in reports:
        forget_contact(session, report)
    if not reports:
        forget_phone(session, contact_id)
    return Counter({"contact": 1})


_ERASERS: dict[Subject, Callable[[Session, uuid.UUID], Counter[str]]] = {
    Subject.CASE: erase_case,
    Subject.REPORT: _erase_original,
    Subject.CONTACT: _erase_contact,
}


def _certify(session: Session, rule: Rule, erased: Sequence[uuid.UUID], rows: Counter[str]) -> None:
    """The certificate: who still has an id can show that it was among them; nobody learns one from it."""
    listed = sorted(str(each) for each in erased)
    detail = {
        "count": len(erased),
        "days": days(session)[rule.code],
        "version": current_version(session),
        "ids_sha256": hashlib.sha256("\n".join(listed).encode()).hexdigest(),
        "rows": dict(sorted(rows.items())),
    }
    audit.record(session, Action.RETENTION_ERASED, f"retention:{rule.code}", actor="worker", detail=detail)


def _tidy(rule: Rule, now: datetime) -> int:
    with transaction() as session:
        kept = period(days_for_rows(session, now)[rule.code])
        count = erase_rows(session, rule.code, now - kept, now) if kept else 0
        if count:
            detail = {"count": count, "days": kept.days if kept else 0, "version": current_version(session)}
            subject = f"retention:{rule.code}"
            audit.record(session, Action.RETENTION_ERASED, subject, actor="worker", detail=detail)
    return count


def _finish_held_accounts() -> int:
    """What reporters deleted while a hold stood goes once it has ended."""
    with transaction() as session:
        reports = session.scalars(select(Report).where(Report.id.in_(accounts_kept_by_holds().limit(BATCH))))
        found = reports.all()
        for report in found:
            erase_account(session, report)
    return len(found)


def _overwrite() -> None:
    """Have nothing of it left in the search index and in SQLite's journal; freed pages were overwritten already."""
    with transaction() as session:
        overwrite_forgotten(session.connection())
    empty_journal()
