"""Counting: from the facts of cases to the cells and histograms that are kept. Pure, so that it can be tested alone."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.figures.breakdowns import Breakdown
from app.figures.durations import Measure, bucket
from app.figures.facts import CaseRow, Facts, ReferralRow
from app.figures.spans import day_of, span_of
from app.models import CaseStatus

_NOTHING = timedelta()


class CellKey(NamedTuple):
    """What the cases of a cell have in common; see FigureCell."""

    breakdown: Breakdown
    span: date
    first: str = ""
    second: str = ""
    verification: str = ""
    on_day: str = ""


class DurationKey(NamedTuple):
    """What the times of a bucket have in common; see FigureDuration."""

    measure: Measure
    span: date
    bucket: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each occurs."""

    cells: Counter[CellKey] = field(default_factory=Counter)
    durations: Counter[DurationKey] = field(default_factory=Counter)


def count(facts: Facts) -> Counts:
    """Count everything. Facts of cases that aren't among the cases are left out."""
    known = {case.id: case for case in facts.cases}
    days = {case.id: day_of(case.received_at) for case in facts.cases}
    spans = {case_id: span_of(day) for case_id, day in days.items()}
    cells = Counter(
        cell
        for case in facts.cases
        for cell in _of_case(case, spans[case.id], days[case.id], facts.closed.get(case.id))
    )
    cells.update(_of_acts(facts, known, spans))
    cells.update(_of_others(facts, spans))
    return Counts(cells, Counter(_durations(facts, known, spans)))


def _of_case(case: CaseRow, span: date, day: date, closed_at: datetime | None) -> Iterator[CellKey]:
    yield CellKey(Breakdown.CHANNEL, span, case.channel, "", case.verification)
    yield CellKey(Breakdown.LANGUAGE, span, case.language, "", case.verification)
    place = case.region_code or "", case.cercle_code or ""
    yield CellKey(Breakdown.PLACE, span, *place, case.verification)
    yield CellKey(Breakdown.RECEIVED, span, on_day=day.isoformat())
    if case.status == CaseStatus.CLOSED:
        # A case that no line of the history closed (the machine did, or it is older than the history).
        closed_on = day_of(closed_at or case.updated_at)
        yield CellKey(Breakdown.CLOSED, span, on_day=max(day, closed_on).isoformat())


def _of_acts(
    facts: Facts, known: Mapping[uuid.UUID, CaseRow], spans: Mapping[uuid.UUID, date]
) -> Iterator[CellKey]:
    coded = {Breakdown.VIOLATION: facts.violations, Breakdown.ACTOR: facts.actors}
    for breakdown, pairs in coded.items():
        for case_id, code in pairs:
            if case_id in known:
                yield CellKey(breakdown, spans[case_id], code, "", known[case_id].verification)


def _of_others(facts: Facts, spans: Mapping[uuid.UUID, date]) -> Iterator[CellKey]:
    for referral in facts.referrals:
        if referral.case_id in spans:
            organisation = str(referral.organisation_id)
            yield CellKey(Breakdown.REFERRAL, spans[referral.case_id], referral.state, organisation)
    for finding in facts.decided:
        if finding.case_id in spans:
            month = day_of(finding.decided_at).replace(day=1).isoformat()
            span = spans[finding.case_id]
            yield CellKey(Breakdown.FINDING, span, finding.kind, finding.state, on_day=month)


def _durations(
    facts: Facts, known: Mapping[uuid.UUID, CaseRow], spans: Mapping[uuid.UUID, date]
) -> Iterator[DurationKey]:
    for measure, moments in facts.moments.items():
        for case_id, at in moments.items():
            if case_id in known:
                waited = max(_NOTHING, at - known[case_id].received_at)
                yield DurationKey(measure, spans[case_id], bucket(waited))
    for referral in facts.referrals:
        if referral.case_id in spans and (waited_for := _waited(referral)) is not None:
            yield DurationKey(Measure.REFERRAL_ANSWER, spans[referral.case_id], bucket(waited_for))


def _waited(referral: ReferralRow) -> timedelta | None:
    return None if referral.decided_at is None else max(_NOTHING, referral.decided_at - referral.created_at)
