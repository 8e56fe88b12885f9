"""Erasing whole cases: every row and text of them, leaving a line for figures that leads back to nobody."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.intake.erasing import erase_source
from app.models import Arrival, Case, Message, OwedWork, Report, Tombstone
from workers.retention import rows


def erase_case(session: Session, case_id: uuid.UUID) -> Counter[str]:
    """Erase a case and those that were merged into it, with their reports; how many rows of each table."""
    ids = [case_id, *session.scalars(select(Case.id).where(Case.merged_into_id == case_id))]
    reports = session.scalars(select(Report).where(Report.case_id.in_(ids))).all()
    session.add_all(_tombstones(session.get_one(Case, case_id)))
    _erase_work(session, [report.id for report in reports])
    for report in reports:
        erase_source(session, report)
    return rows.erase(session, "casefile", ids)


def is_newest(session: Session, case_id: uuid.UUID) -> bool:
    """Whether a case has the highest number: erased, the next case would get its number."""
    return session.scalar(select(Case.id).order_by(Case.number.desc()).limit(1)) == case_id


def _tombstones(case: Case) -> Sequence[Tombstone]:
    codes = [(act.violation_code, act.is_main) for act in case.acts] or [("", True)]
    has_main = any(is_main for _, is_main in codes)
    return [
        Tombstone(
            month=case.received_at.date().replace(day=1),
            region_code=case.region_code,
            violation_code=code,
            is_main=is_main or (place == 0 and not has_main),
            verification=case.verification,
            is_demonstration=case.is_demonstration,
        )
        for place, (code, is_main) in enumerate(codes)
    ]


def _erase_work(session: Session, report_ids: Sequence[uuid.UUID]) -> None:
    """What was owed and done about a report and its messages, and what gateways handed over for them."""
    messages = select(Message.id).where(Message.report_id.in_(report_ids))
    session.execute(
        update(Arrival)
        .where(Arrival.message_id.in_(messages))
        .values(sealed_content=b"", contact_id=None, text_digest=None, part_reference=None)
    )
    session.execute(
        delete(OwedWork).where(OwedWork.subject_id.in_(report_ids) | OwedWork.subject_id.in_(messages))
    )
