"""What is selected of cases for an export: columns only, never objects. Each statement begins with a case's number,
and its rows come in the order of these.

The table of cases needs little of what belongs to a case; the other tables need all of it and read it by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from sqlalchemy import ColumnElement, case, exists, false, func, not_, select

from app.models import (
    GOES_OUT,
    Act,
    Case,
    Finding,
    FindingState,
    Involvement,
    InvolvementRole,
    Person,
    ReleaseText,
    Report,
    ReportState,
)
from workers.exports.statement_columns import Statement, moment
from workers.exports.statements_apart import (
    acts,
    acts_of_cases,
    involvements,
    persons,
    referrals,
    reports,
)
from workers.exports.text_digests import TextDigest


class Part(StrEnum):
    """What can be read of cases beyond their own columns."""

    # For the table of cases.
    TEXT = "text"  # the anonymised account: one of a case's own columns
    ACCOUNT = "account"  # what was made of it to go out: a column beside them
    HELD = "held"  # accounts of which nothing goes out as it stands
    VIOLATIONS = "violations"  # codes of acts
    ACTORS = "actors"  # findings about alleged authors that nobody rejected
    VICTIMS = "victims"  # persons on record who suffered an act
    SOURCES = "sources"  # one row for each report
    # Tables of their own.
    ACTS = "acts"
    PERSONS = "persons"
    INVOLVEMENTS = "involvements"
    REFERRALS = "referrals"
    REPORTS = "reports"


def cases(parts: frozenset[Part]) -> Statement:
    """The cases' own columns, with the account, or what goes out of it, where these are among the parts."""
    own = select(
        Case.number,
        Case.status,
        Case.verification,
        moment(Case.verified_at),
        Case.channel,
        Case.language,
        moment(Case.received_at),
        Case.urgency,
        Case.region_code,
        Case.cercle_code,
        Case.place_name,
        Case.latitude,
        Case.longitude,
        Case.occurred_from,
        Case.occurred_to,
        Case.occurred_precision,
    ).order_by(Case.number)
    if Part.TEXT in parts:
        own = own.add_columns(Case.anonymised_text)
    if Part.ACCOUNT in parts:
        own = own.add_columns(case((_goes_out(), ReleaseText.text)).label("going_text")).outerjoin(
            ReleaseText, Case.id == ReleaseText.case_id
        )
    return own


def _goes_out() -> ColumnElement[bool]:
    """The condition on a case, with what was made ready of its account, to have words that may leave."""
    return (Case.anonymised_text != "") & _is_of_account() & ReleaseText.state.in_(GOES_OUT)


def _is_of_account() -> ColumnElement[bool]:
    """Whether what was made ready is of the account as it is now; false where nothing was."""
    return func.coalesce(ReleaseText.source_digest == TextDigest(Case.anonymised_text), false())


def _held() -> Statement:
    """Accounts that are there and stay away, unless something is done about it: at most one row for each case."""
    return (
        select(
            Case.number,
            Case.language,
            Case.anonymised_text,
            _is_of_account().label("is_current"),
            ReleaseText.state,
        )
        .outerjoin(ReleaseText, Case.id == ReleaseText.case_id)
        .where(Case.anonymised_text != "", not_(func.coalesce(_goes_out(), false())))
        .order_by(Case.number)
    )


def _violations() -> Statement:
    """In the order of acts."""
    return acts_of_cases(Case.number, Act.violation_code)


def _actors() -> Statement:
    code = func.coalesce(Finding.corrected_value["code"].as_string(), Finding.value["code"].as_string())
    return (
        select(Case.number, code.label("code"))
        .join(Case, Case.id == Finding.case_id)
        .where(Finding.kind == "actor", Finding.state != FindingState.REJECTED)
        .order_by(Case.number)
    )


def _victims() -> Statement:
    """Who and how many they are."""
    suffered = exists().where(
        Involvement.person_id == Person.id,
        Involvement.case_id == Person.case_id,
        Involvement.role == InvolvementRole.VICTIM,
        Involvement.removed_at.is_(None),
    )
    return (
        select(
            Case.number,
            Person.kind,
            Person.sex,
            Person.age_group,
            Person.state,
            Person.women,
            Person.men,
            Person.girls,
            Person.boys,
            Person.unknown,
        )
        .join(Case, Case.id == Person.case_id)
        .where(Person.removed_at.is_(None), suffered)
        .order_by(Case.number)
    )


def _sources() -> Statement:
    return (
        select(Case.number)
        .join(Report, Case.id == Report.case_id)
        .where(Report.state != ReportState.WITHDRAWN)
        .order_by(Case.number)
    )


PARTS: Mapping[Part, Callable[[], Statement]] = {
    Part.HELD: _held,
    Part.VIOLATIONS: _violations,
    Part.ACTORS: _actors,
    Part.VICTIMS: _victims,
    Part.SOURCES: _sources,
    Part.ACTS: acts,
    Part.PERSONS: persons,
    Part.INVOLVEMENTS: involvements,
    Part.REFERRALS: referrals,
    Part.REPORTS: reports,
}
