"""What figures are made of: spans that add up, times read out of buckets, cases counted once."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.figures.breakdowns import Breakdown
from app.figures.counting import CellKey, count
from app.figures.durations import Measure, bucket, percentile
from app.figures.facts import CaseRow, Facts
from app.figures.periods import Choice, asked_period, whole
from app.figures.spans import last_day, monday, next_span, span_of, spans

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(DAYS)
def test_a_span_lies_within_one_week_and_one_month(day: date) -> None:
    span = span_of(day)
    assert span <= day <= last_day(span)
    assert (monday(span), span.month) == (monday(day), day.month)
    assert monday(last_day(span)) == monday(day)
    assert last_day(span).month == day.month
    assert span_of(next_span(span)) == next_span(span)


@given(DAYS, st.integers(0, 3000))
def test_a_period_is_made_of_whole_spans_and_steps(first: date, days: int) -> None:
    period = whole(first + timedelta(days=days), first)
    held = list(spans(period.first, period.last))
    assert period.first == held[0]
    assert period.last == last_day(held[-1])
    assert {period.step_of(span) for span in held} == set(period.steps())
    assert len(period.steps()) <= 62


@given(st.lists(st.floats(1, 10**8), min_size=1, max_size=80), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_within_two_and_a_half_percent(seconds: list[float], share: float) -> None:
    histogram: dict[int, int] = {}
    for each in seconds:
        at = bucket(timedelta(seconds=each))
        histogram[at] = histogram.get(at, 0) + 1
    exact = sorted(seconds)[max(0, math.ceil(share * len(seconds)) - 1)]
    found = percentile(histogram, share)
    assert found is not None
    assert abs(found.total_seconds() - exact) <= 0.0251 * exact
    assert percentile({}, share) is None


def test_addresses_that_make_no_sense_show_the_last_twelve_weeks() -> None:
    today = date(2026, 11, 22)
    for asked in ({}, {"period": "what"}, {"period": "dates"}, {"period": "dates", "first": "9999-99-99"}):
        assert asked_period(asked, today).choice is Choice.WEEKS or asked.get("period") == "dates"
        assert asked_period(asked, today).first == date(2026, 8, 31)
    assert asked_period({"period": "quarter"}, today).first == date(2026, 10, 1)
    quarter = asked_period({"period": "dates", "first": "2026-01-01", "last": "2026-03-31"}, today)
    assert (quarter.first, quarter.last) == (date(2026, 1, 1), date(2026, 3, 31))


def test_what_is_counted_of_one_case() -> None:
    case_id, other = uuid.uuid4(), uuid.uuid4()
    received = datetime(2026, 3, 30, 23, 30, tzinfo=UTC)
    row = CaseRow(case_id, received, received, "sms", "bam", "ML05", None, "verified", "closed")
    facts = Facts(
        cases=[row],
        violations=[(case_id, "torture"), (case_id, "pillage"), (other, "torture")],
        closed={case_id: datetime(2026, 4, 2, tzinfo=UTC)},
        moments={Measure.TRIAGE: {case_id: received + timedelta(hours=3), other: received}},
    )
    counts, span = count(facts), date(2026, 3, 30)
    assert counts.cells[CellKey(Breakdown.PLACE, span, "ML05", "", "verified")] == 1
    assert counts.cells[CellKey(Breakdown.CLOSED, span, on_day="2026-04-02")] == 1
    assert {key.first for key in counts.cells if key.breakdown is Breakdown.VIOLATION} == {
        "torture",
        "pillage",
    }
    ((key, number),) = counts.durations.items()
    assert (key.measure, key.span, number) == (Measure.TRIAGE, span, 1)
