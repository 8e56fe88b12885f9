"""What falls due until a moment, by rule: what is under a legal hold never does.

A case's period runs from the last thing that was done to it; merged cases fall due with the one they went into.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.clock import utcnow
from app.intake.holds import held_cases
from app.models import (
    Act,
    Attachment,
    Case,
    CaseStatus,
    Contact,
    Message,
    NoticePhone,
    Report,
    ReportKey,
    ReportKeyShare,
)
from app.retention.periods import days, period
from app.retention.rules import Rule, Subject, rules_of

Due = tuple[uuid.UUID, datetime]  # what, and since when its time is over
Source = tuple[InstrumentedAttribute[uuid.UUID], Select[uuid.UUID, datetime]]


def rule_of(session: Session, found: Case) -> tuple[str, datetime] | None:
    """The rule that a case falls under and when it is due by it; None where it is never erased by itself."""
    code = session.scalar(select(_rule_code()).where(Case.id == found.id))
    kept = period(days(session)[code]) if code else None
    return (code, found.updated_at + kept) if code and kept else None


def due(
    session: Session, rule: Rule, kept: timedelta, until: datetime, only: uuid.UUID | None = None
) -> Sequence[Due]:
    """What is due by a rule until a moment, with when it was; of one thing only with `only`."""
    key, statement = _SOURCES[rule.subject](rule, until - kept)
    if only is not None:
        statement = statement.where(key == only)
    return [(row[0], row[1] + kept) for row in session.execute(statement)]


def _cases(rule: Rule, before: datetime) -> Source:
    statement = select(Case.id, Case.updated_at).where(
        _rule_code() == rule.code,
        Case.updated_at <= before,
        Case.merged_into_id.is_(None),
        Case.id.not_in(held_cases(utcnow())),
    )
    return Case.id, statement


def _rule_code() -> ColumnElement[Any]:
    return case(*((_conditions(each), each.code) for each in rules_of(Subject.CASE)), else_=None)


def _conditions(rule: Rule) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if rule.status:
        found.append(Case.status == rule.status)
    if rule.closed_as:
        found.append(Case.closed_as == rule.closed_as)
    if rule.verification:
        found.append(Case.verification.in_(rule.verification))
    if rule.has_act is not None:
        has_act = exists().where(Act.case_id == Case.id, Act.removed_at.is_(None))
        found.append(has_act if rule.has_act else ~has_act)
    if rule.is_withdrawn is not None:
        found.append(Case.is_withdrawn.is_(rule.is_withdrawn))
    return and_(*found)


def _reports(rule: Rule, before: datetime) -> Source:
    """Reports of closed cases of which something can still be opened."""
    statement = (
        select(Report.id, Case.updated_at)
        .join(Case, Case.id == Report.case_id)
        .where(
            Case.status == CaseStatus.CLOSED,
            Case.verification.in_(rule.verification),
            Case.updated_at <= before,
            Case.id.not_in(held_cases(utcnow())),
            Report.erased_at.is_(None),
            _can_be_opened(),
        )
    )
    return Report.id, statement


def _can_be_opened() -> ColumnElement[bool]:
    shared = exists().where(ReportKey.report_id == Report.id, ReportKeyShare.report_key_id == ReportKey.id)
    sealed = or_(Message.sealed_content.is_not(None), Message.sealed_tokens.is_not(None))
    return or_(
        shared,
        exists().where(Message.report_id == Report.id, sealed),
        exists().where(Attachment.report_id == Report.id),
    )


def _contacts(_rule: Rule, before: datetime) -> Source:
    """Phones of whose reports none is open, or of which there are none."""
    last_done = func.coalesce(func.max(Case.updated_at), Contact.created_at, type_=Case.updated_at.type)
    other = aliased(Report)
    open_report = exists().where(
        other.contact_id == Contact.id,
        or_(other.case_id.is_(None), other.case_id.in_(_open_or_held())),
    )
    statement = (
        select(Contact.id, last_done)
        .outerjoin(Report, Report.contact_id == Contact.id)
        .outerjoin(Case, Case.id == Report.case_id)
        .where(~open_report, func.length(Contact.sealed_address) > 0)
        .where(~exists().where(NoticePhone.contact_id == Contact.id))
        .group_by(Contact.id, Contact.created_at)
        .having(last_done <= before)
    )
    return Contact.id, statement


def _open_or_held() -> Select[uuid.UUID]:
    other = aliased(Case)
    held = other.id.in_(held_cases(utcnow()))
    return select(other.id).where(or_(other.status != CaseStatus.CLOSED, held))


_SOURCES = {Subject.CASE: _cases, Subject.REPORT: _reports, Subject.CONTACT: _contacts}
