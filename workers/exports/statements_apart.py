"""What is selected for the tables beside that of cases: acts, persons, involvements, referrals, reports.

Columns only, each statement with a case's number first and its rows in the order of these.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.models import (
    Act,
    Case,
    Involvement,
    Organisation,
    Person,
    Referral,
    Report,
    ReportState,
    SourceAssessment,
)
from workers.exports.statement_columns import Statement, as_text, moment


def acts() -> Statement:
    """Acts on record, the main one of a case first."""
    return acts_of_cases(
        Case.number,
        as_text(Act.id, "id"),
        Act.violation_code,
        Act.is_main,
        Act.state,
        Act.occurred_from,
        Act.occurred_to,
        Act.region_code,
        Act.cercle_code,
        Act.method,
    )


def acts_of_cases(*columns: Any) -> Statement:
    """The main one first, the others by their codes."""
    return (
        select(*columns)
        .join_from(Act, Case, Case.id == Act.case_id)
        .where(Act.removed_at.is_(None))
        .order_by(Case.number, Act.is_main.desc(), Act.violation_code, Act.id)
    )


def persons() -> Statement:
    """Persons on record, known and unknown, single and in groups."""
    return (
        select(
            Case.number,
            as_text(Person.id, "id"),
            Person.kind,
            Person.label,
            Person.sex,
            Person.age_group,
            Person.state,
            as_text(Person.characteristics, "characteristics"),
            Person.women,
            Person.men,
            Person.girls,
            Person.boys,
            Person.unknown,
            Person.is_at_least,
            Person.actor_code,
            Person.actor_category,
            Person.has_acquiescence,
        )
        .join(Case, Case.id == Person.case_id)
        .where(Person.removed_at.is_(None))
        .order_by(Case.number, Person.created_at, Person.id)
    )


def involvements() -> Statement:
    """Of persons and acts that are still on record."""
    return (
        select(
            Case.number,
            as_text(Involvement.person_id, "person_id"),
            as_text(Act.id, "act_id"),
            Involvement.role,
            Involvement.certainty,
        )
        .join(Case, Case.id == Involvement.case_id)
        .join(Person, Person.id == Involvement.person_id)
        .outerjoin(Act, (Act.id == Involvement.act_id) & Act.removed_at.is_(None))
        .where(Involvement.removed_at.is_(None), Person.removed_at.is_(None))
        .order_by(Case.number, Involvement.created_at, Involvement.id)
    )


def referrals() -> Statement:
    """Organisations that a case was handed to, and what became of it."""
    return (
        select(
            Case.number,
            Organisation.name,
            Organisation.kind,
            Referral.state,
            moment(Referral.created_at),
            moment(Referral.deadline_at),
            moment(Referral.decided_at),
        )
        .join(Case, Case.id == Referral.case_id)
        .join(Organisation, Organisation.id == Referral.organisation_id)
        .order_by(Case.number, Referral.created_at, Referral.id)
    )


def reports() -> Statement:
    """Reports of a case that nobody withdrew, with how their source was assessed."""
    return (
        select(
            Case.number,
            as_text(Report.id, "id"),
            Report.channel,
            moment(Report.received_at),
            SourceAssessment.reliability,
            SourceAssessment.credibility,
        )
        .join(Case, Case.id == Report.case_id)
        .outerjoin(SourceAssessment, SourceAssessment.report_id == Report.id)
        .where(Report.state != ReportState.WITHDRAWN)
        .order_by(Case.number, Report.received_at, Report.id)
    )
