"""How the work goes: how long people waited, what is open, what organisations answered, how right the machine was."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from flask_babel import format_date, gettext

from app.casework.wording import word
from app.figures.breakdowns import Breakdown
from app.figures.case_panels import step_labels
from app.figures.charts import Series, bars, lines
from app.figures.durations import MEDIAN, MOST, Measure, percentile
from app.figures.periods import Period
from app.figures.sources import Figures
from app.figures.tables import Cell, Panel, Table
from app.languages import words_language
from app.models import FindingState, ReferralState

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
_IN_DAYS_FROM = timedelta(days=4)  # longer waits are told in days, shorter ones in hours
_MOST_DAILY = timedelta(days=120)
_JUDGED = (FindingState.ACCEPTED, FindingState.CORRECTED, FindingState.REJECTED)


def waiting(figures: Figures, period: Period, measure: Measure, heading: str, lead: str) -> Panel:
    """Median and ninth tenth of a time, for the cases that came in within each week or month."""
    by_step = _by_step(figures, period, measure)
    medians, most = ([percentile(each, share) for each in by_step] for share in (MEDIAN, MOST))
    unit, name = _unit([*medians, *most])
    series = [
        Series(gettext("Half within"), _in(medians, unit)),
        Series(gettext("Nine in ten within"), _in(most, unit)),
    ]
    labels = step_labels(period)
    whole: Counter[int] = Counter()
    for each in by_step:
        whole.update(each)
    overall = [_in([percentile(whole, share)], unit)[0] for share in (MEDIAN, MOST)]
    rows = [
        [label, sum(each.values()), *(line.values[at] for line in series)]
        for at, (label, each) in enumerate(zip(labels, by_step, strict=True))
    ]
    headings = [_step_name(period), gettext("How many"), *(f"{each.name} ({name})" for each in series)]
    chart = lines(
        labels,
        series,
        title=heading,
        description=lead,
        element_id=f"chart-{measure}",
        language=words_language(),
        unit=name,
    )
    rows.append([gettext("The whole period"), whole.total(), *overall])
    return Panel(str(measure), heading, lead, Table(headings, rows if whole else []), chart)


def _by_step(figures: Figures, period: Period, measure: Measure) -> Sequence[Counter[int]]:
    found: dict[date, Counter[int]] = defaultdict(Counter)
    for span, histogram in figures.histograms(measure, period).items():
        found[period.step_of(span)].update(histogram)
    return [found[step] for step in period.steps()]


def _step_name(period: Period) -> str:
    return gettext("Month") if period.is_monthly else gettext("Week of")


def _unit(times: Sequence[timedelta | None]) -> tuple[timedelta, str]:
    longest = max((time for time in times if time), default=timedelta())
    return (_DAY, gettext("days")) if longest >= _IN_DAYS_FROM else (_HOUR, gettext("hours"))


def _in(times: Sequence[timedelta | None], unit: timedelta) -> list[float | None]:
    return [None if time is None else round(time / unit, 1) for time in times]


def backlog(figures: Figures, period: Period, today: date) -> Panel:
    """How many cases were open at the end of each day; each seventh where days are too many."""
    days = list(_days(period.first, min(period.last, today)))
    came, closed = (_until(figures, each, days) for each in (Breakdown.RECEIVED, Breakdown.CLOSED))
    values = [came[day] - closed[day] for day in days]
    heading = gettext("Open cases")
    lead = gettext(
        "At the end of the day. A case that was opened again counts as open until it was last closed."
    )
    chart = lines(
        [format_date(day, "d MMM") for day in days],
        [Series(heading, values)],
        title=heading,
        description=lead,
        element_id="chart-backlog",
        language=words_language(),
        unit=gettext("cases"),
    )
    rows = [[format_date(day, "d MMM y"), value] for day, value in zip(days, values, strict=True)]
    return Panel("backlog", heading, lead, Table([gettext("Day"), heading], rows), chart)


def _days(first: date, last: date) -> Iterator[date]:
    step = _DAY if last - first <= _MOST_DAILY else _WEEK
    while first <= last:
        yield first
        first += step


def _until(figures: Figures, breakdown: Breakdown, days: Sequence[date]) -> Mapping[date, int]:
    """How many there were until each day, from the very beginning."""
    by_day = sorted((day, number) for (day,), number in figures.sums(breakdown, ("on_day",)).items())
    found, reached, at = {}, 0, 0
    for day in days:
        while at < len(by_day) and by_day[at][0] <= day.isoformat():
            reached, at = reached + by_day[at][1], at + 1
        found[day] = reached
    return found


def referrals(figures: Figures, period: Period, names: Mapping[uuid.UUID, str]) -> Panel:
    """What became of referrals of the cases of a period, organisation by organisation."""
    sums = figures.sums(Breakdown.REFERRAL, ("first", "second"), period)
    states = [state for state in ReferralState if any(first == state for first, _ in sums)]
    totals = [sum(number for (first, _), number in sums.items() if first == state) for state in states]
    words = [word(state, "referral") for state in states]
    heading = gettext("Referrals")
    lead = gettext("Of cases that came in within the period, as they stand now.")
    rows: list[list[Cell]] = [
        [names[organisation], *(sums.get((state, str(organisation)), 0) for state in states)]
        for organisation in sorted(names, key=lambda each: names[each])
        if any(second == str(organisation) for _, second in sums)
    ]
    if rows:
        rows.append([gettext("All"), *totals])
    chart = bars(
        words,
        totals,
        title=heading,
        description=lead,
        element_id="chart-referrals",
        language=words_language(),
    )
    return Panel("referrals", heading, lead, Table([gettext("Organisation"), *words], rows), chart)


def score(figures: Figures, month: date) -> Panel:
    """How often people found the machine right, of what they decided within one month, kind by kind."""
    sums = figures.sums(Breakdown.FINDING, ("first", "second", "on_day"))
    decided: dict[str, Counter[str]] = defaultdict(Counter)
    for (kind, state, on_day), number in sums.items():
        if on_day == month.replace(day=1).isoformat():
            decided[kind][state] += number
    kinds = sorted(decided, key=lambda each: -decided[each].total())
    words = [word(kind, "finding_kind") for kind in kinds]
    shares = [round(100 * decided[kind][FindingState.ACCEPTED] / decided[kind].total(), 1) for kind in kinds]
    heading = gettext("How right the machine was, %(month)s", month=format_date(month, "MMMM y"))
    lead = gettext(
        "Of the machine’s findings that people decided in that month, the share they accepted as it stood. "
        "What nobody decided says nothing."
    )
    chart = bars(
        words,
        shares,
        title=heading,
        description=lead,
        element_id="chart-score",
        language=words_language(),
        unit="%",
    )
    headings = [
        gettext("Finding"),
        *(word(state, "finding_state") for state in _JUDGED),
        gettext("Right (%)"),
    ]
    rows: list[list[Cell]] = [
        [told, *(decided[kind][state] for state in _JUDGED), share]
        for kind, told, share in zip(kinds, words, shares, strict=True)
    ]
    return Panel("score", heading, lead, Table(headings, rows), chart)
