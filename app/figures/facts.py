"""What is read of cases to be counted: columns in batches, never whole cases, and no text of any of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.casework.findings import BY_A_PERSON
from app.casework.history import EventKind
from app.casework.verifying import END_STATES
from app.casework.visibility import ACTOR
from app.figures.breakdowns import is_counted
from app.figures.durations import Measure
from app.models import (
    Act,
    Case,
    CaseEvent,
    CaseStatus,
    DeliveryState,
    Direction,
    Finding,
    FindingState,
    Message,
    Referral,
    Report,
    VerificationStep,
)

_DECIDED = (FindingState.ACCEPTED, FindingState.CORRECTED, FindingState.REJECTED)
Moments = Mapping[uuid.UUID, datetime]


class CaseRow(NamedTuple):
    """What is counted of a case itself."""

    id: uuid.UUID
    received_at: datetime
    updated_at: datetime
    channel: str
    language: str
    region_code: str | None
    cercle_code: str | None
    verification: str
    status: str


class ReferralRow(NamedTuple):
    """What is counted of a referral."""

    case_id: uuid.UUID
    organisation_id: uuid.UUID
    state: str
    created_at: datetime
    decided_at: datetime | None


class DecidedRow(NamedTuple):
    """A machine's finding that a person decided."""

    case_id: uuid.UUID
    kind: str
    state: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which cases: all, or those of a statement; referrals of all organisations, or of one."""

    cases: Select[Any] | None = None
    organisation_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is counted of the cases of some time."""

    cases: Sequence[CaseRow]
    violations: Sequence[tuple[uuid.UUID, str]] = ()
    actors: Sequence[tuple[uuid.UUID, str]] = ()
    referrals: Sequence[ReferralRow] = ()
    decided: Sequence[DecidedRow] = ()
    closed: Moments = field(default_factory=dict)
    moments: Mapping[Measure, Moments] = field(default_factory=dict)


def read(session: Session, scope: Scope, first: datetime, until: datetime) -> Facts:
    """The facts of the cases that came in from `first` until before `until`."""
    reader = _Reader(session, scope, (Case.received_at >= first, Case.received_at < until))
    return Facts(
        cases=reader.cases(),
        violations=reader.violations(),
        actors=reader.actors(),
        referrals=reader.referrals(),
        decided=reader.decided(),
        closed=reader.closed(),
        moments={
            Measure.TRIAGE: reader.first_touch(),
            Measure.FIRST_ANSWER: reader.first_answer(),
            Measure.VERIFICATION: reader.verified(),
        },
    )


class _Reader:
    """One statement for each kind of fact, all with the same conditions on the case."""

    def __init__(self, session: Session, scope: Scope, period: tuple[ColumnElement[bool], ...]) -> None:
        self._session, self._scope = session, scope
        self._conditions = (*is_counted(), *period)
        if scope.cases is not None:
            reached = scope.cases.with_only_columns(Case.id).order_by(None)
            self._conditions += (Case.id.in_(reached),)
        counted = select(Case.id, Case.verification).where(*self._conditions)
        self._counted = counted.cte("counted").prefix_with("MATERIALIZED")

    def cases(self) -> Sequence[CaseRow]:
        columns = [getattr(Case, name) for name in CaseRow._fields]
        return [CaseRow(*row) for row in self._session.execute(select(*columns).where(*self._conditions))]

    def violations(self) -> Sequence[tuple[uuid.UUID, str]]:
        statement = self._of(Act.case_id, Act.violation_code).where(Act.removed_at.is_(None)).distinct()
        return [(case_id, code) for case_id, code in self._session.execute(statement)]

    def actors(self) -> Sequence[tuple[uuid.UUID, str]]:
        category = func.coalesce(
            Finding.corrected_value["category"].as_string(), Finding.value["category"].as_string(), ""
        )
        is_standing = (Finding.kind == ACTOR, Finding.state != FindingState.REJECTED)
        statement = self._of(Finding.case_id, category).where(*is_standing).distinct()
        return [(case_id, code) for case_id, code in self._session.execute(statement)]

    def referrals(self) -> Sequence[ReferralRow]:
        statement = self._of(*(getattr(Referral, name) for name in ReferralRow._fields))
        if self._scope.organisation_id is not None:
            statement = statement.where(Referral.organisation_id == self._scope.organisation_id)
        return [ReferralRow(*row) for row in self._session.execute(statement)]

    def decided(self) -> Sequence[DecidedRow]:
        statement = self._of(*(getattr(Finding, name) for name in DecidedRow._fields)).where(
            Finding.state.in_(_DECIDED), Finding.rule != BY_A_PERSON, Finding.decided_at.is_not(None)
        )
        return [DecidedRow(*row) for row in self._session.execute(statement)]

    def closed(self) -> Moments:
        """When each was last closed, as its history has it."""
        is_closing = (
            CaseEvent.kind == EventKind.STATUS_CHANGED,
            CaseEvent.detail["to"].as_string() == CaseStatus.CLOSED,
        )
        return self._each(max, self._of(CaseEvent.case_id, CaseEvent.at).where(*is_closing))

    def first_touch(self) -> Moments:
        statement = self._of(CaseEvent.case_id, CaseEvent.at).where(CaseEvent.user_id.is_not(None))
        return self._each(min, statement)

    def first_answer(self) -> Moments:
        is_answer = (
            Message.direction == Direction.OUTBOUND,
            Message.written_by_id.is_not(None),
            Message.state != DeliveryState.CANCELLED,
        )
        statement = self._of(Report.case_id, Message.created_at)
        return self._each(min, statement.join(Message, Message.report_id == Report.id).where(*is_answer))

    def verified(self) -> Moments:
        is_last = VerificationStep.after == self._counted.c.verification
        ended = self._counted.c.verification.in_(END_STATES)
        statement = self._of(VerificationStep.case_id, VerificationStep.at).where(is_last, ended)
        return self._each(max, statement)

    def _of(self, case_id: InstrumentedAttribute[Any], *columns: Any) -> Select[Any]:
        """From the counted cases to what belongs to each: the database is kept from going through all of it."""
        counted = self._counted
        return select(case_id, *columns).select_from(counted).join(case_id.class_, case_id == counted.c.id)

    def _each(self, which: Callable[[datetime, datetime], datetime], statement: Select[Any]) -> Moments:
        """The first or last moment of each case; folded here, or databases go by the cases' order instead."""
        found: dict[uuid.UUID, datetime] = {}
        for case_id, at in self._session.execute(statement):
            found[case_id] = which(found.get(case_id, at), at)
        return found
