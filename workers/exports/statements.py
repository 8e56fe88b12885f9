"""What is selected of cases for an export: columns only, never objects. Each statement begins with a case's number,
and its rows come in the order of these.

The table of cases needs little of what belongs to a case; the other tables need all of it and read it by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Row,
    Select,
    String,
    case,
    cast,
    exists,
    false,
    func,
    not_,
    select,
    type_coerce,
)

from app.models import (
    GOES_OUT,
    Act,
    Case,
    Finding,
    FindingState,
    Involvement,
    InvolvementRole,
    Organisation,
    Person,
    Referral,
    ReleaseText,
    Report,
    ReportState,
    SourceAssessment,
)
from workers.exports.text_digests import TextDigest

Statement = Select[*tuple[Any, ...]]
Facts = Row[*tuple[Any, ...]]  # a row of one


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


def _moment(column: Any) -> Any:
    """A moment as the driver hands it over, UTC where it has no zone: only its day is wanted."""
    return type_coerce(column, DateTime(timezone=True)).label(column.key)


def _words(column: Any, name: str) -> Any:
    """An id or a list as text: half a million objects would take as long as all the rest."""
    return cast(column, String).label(name)


def cases(parts: frozenset[Part]) -> Statement:
    """The cases' own columns, with the account, or what goes out of it, where these are among the parts."""
    own = select(
        Case.number,
        Case.status,
        Case.verification,
        _moment(Case.verified_at),
        Case.channel,
        Case.language,
        _moment(Case.received_at),
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
    return _acts_of_cases(Case.number, Act.violation_code)


def _acts() -> Statement:
    return _acts_of_cases(
        Case.number,
        _words(Act.id, "id"),
        Act.violation_code,
        Act.is_main,
        Act.state,
        Act.occurred_from,
        Act.occurred_to,
        Act.region_code,
        Act.cercle_code,
        Act.method,
    )


def _acts_of_cases(*columns: Any) -> Statement:
    """The main one first, the others by their codes."""
    return (
        select(*columns)
        .join_from(Act, Case, Case.id == Act.case_id)
        .where(Act.removed_at.is_(None))
        .order_by(Case.number, Act.is_main.desc(), Act.violation_code, Act.id)
    )


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


def _persons() -> Statement:
    return (
        select(
            Case.number,
            _words(Person.id, "id"),
            Person.kind,
            Person.label,
            Person.sex,
            Person.age_group,
            Person.state,
            _words(Person.characteristics, "characteristics"),
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


def _involvements() -> Statement:
    """Of persons and acts that are still on record."""
    return (
        select(
            Case.number,
            _words(Involvement.person_id, "person_id"),
            _words(Act.id, "act_id"),
            Involvement.role,
            Involvement.certainty,
        )
        .join(Case, Case.id == Involvement.case_id)
        .join(Person, Person.id == Involvement.person_id)
        .outerjoin(Act, (Act.id == Involvement.act_id) & Act.removed_at.is_(None))
        .where(Involvement.removed_at.is_(None), Person.removed_at.is_(None))
        .order_by(Case.number, Involvement.created_at, Involvement.id)
    )


def _referrals() -> Statement:
    return (
        select(
            Case.number,
            Organisation.name,
            Organisation.kind,
            Referral.state,
            _moment(Referral.created_at),
            _moment(Referral.deadline_at),
            _moment(Referral.decided_at),
        )
        .join(Case, Case.id == Referral.case_id)
        .join(Organisation, Organisation.id == Referral.organisation_id)
        .order_by(Case.number, Referral.created_at, Referral.id)
    )


def _reports() -> Statement:
    return (
        select(
            Case.number,
            _words(Report.id, "id"),
            Report.channel,
            _moment(Report.received_at),
            SourceAssessment.reliability,
            SourceAssessment.credibility,
        )
        .join(Case, Case.id == Report.case_id)
        .outerjoin(SourceAssessment, SourceAssessment.report_id == Report.id)
        .where(Report.state != ReportState.WITHDRAWN)
        .order_by(Case.number, Report.received_at, Report.id)
    )


PARTS: Mapping[Part, Callable[[], Statement]] = {
    Part.HELD: _held,
    Part.VIOLATIONS: _violations,
    Part.ACTORS: _actors,
    Part.VICTIMS: _victims,
    Part.SOURCES: _sources,
    Part.ACTS: _acts,
    Part.PERSONS: _persons,
    Part.INVOLVEMENTS: _involvements,
    Part.REFERRALS: _referrals,
    Part.REPORTS: _reports,
}
