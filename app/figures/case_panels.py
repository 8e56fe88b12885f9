"""What came in: how many cases by time and channel, in which languages, of what kind, against whom it is alleged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import format_date, gettext, ngettext

from app.casework.wording import actor_label, language_label, violation_label, word
from app.figures.breakdowns import Breakdown
from app.figures.charts import MOST_SERIES, Series, bars, stacked
from app.figures.periods import Period
from app.figures.sources import Figures, Sums
from app.figures.tables import Panel, Table
from app.languages import words_language
from app.models import Verification

Label = Callable[[str], str]


def step_labels(period: Period) -> list[str]:
    """What the steps of a period are called on an axis."""
    written = "MMM y" if period.is_monthly else "d MMM"
    return [format_date(step, written) for step in period.steps()]


def volumes(figures: Figures, period: Period) -> Panel:
    """Cases by week or month and channel; the rarest channels as one where there are too many."""
    by_channel = _over_time(figures, period, "first", lambda code: word(code, "channel"))
    return _columns("volumes", gettext("Cases received, by channel"), period, by_channel)


def verifications(figures: Figures, period: Period) -> Panel:
    """Cases by week or month and by whether they are established now."""
    by_state = _over_time(figures, period, "verification", lambda code: word(code, "verification"))
    order = {word(state, "verification"): at for at, state in enumerate(Verification)}
    by_state.sort(key=lambda each: order.get(each.name, len(order)))
    return _columns("verifications", gettext("Cases received, by verification"), period, by_state)


def _over_time(figures: Figures, period: Period, axis: str, label: Label) -> list[Series]:
    """A series for each value of an axis, the most frequent first."""
    at = {step: position for position, step in enumerate(period.steps())}
    found: dict[str, list[int]] = {}
    for (span, code), number in figures.sums(Breakdown.CHANNEL, ("span", axis), period).items():
        found.setdefault(code, [0] * len(at))[at[period.step_of(span)]] += number
    codes = sorted(found, key=lambda code: (-sum(found[code]), code))
    series = [Series(label(code), found[code]) for code in codes]
    return _joined(series) if len(series) > MOST_SERIES else series


def _joined(series: Sequence[Series]) -> list[Series]:
    """As many as can be told apart; the last one is all the others."""
    kept, others = series[: MOST_SERIES - 1], series[MOST_SERIES - 1 :]
    columns = zip(*(each.values for each in others), strict=True)
    return [*kept, Series(gettext("Others"), [sum(value or 0 for value in column) for column in columns])]


def _columns(code: str, heading: str, period: Period, series: Sequence[Series]) -> Panel:
    labels = step_labels(period)
    rows = [[label, *(each.values[at] for each in series)] for at, label in enumerate(labels)]
    total = int(sum(value or 0 for each in series for value in each.values))
    first = gettext("Month") if period.is_monthly else gettext("Week of")
    chart = stacked(
        labels,
        series,
        title=heading,
        description=told_total(total),
        element_id=f"chart-{code}",
        language=words_language(),
        unit=gettext("cases"),
    )
    table = Table([first, *(each.name for each in series)], rows if total else [])
    return Panel(code, heading, told_total(total), table, chart)


def told_total(total: int) -> str:
    """How many cases a chart is about."""
    return ngettext("%(num)s case", "%(num)s cases", total)


def languages(figures: Figures, period: Period) -> Panel:
    """Cases by the language they were told in."""
    sums = figures.sums(Breakdown.LANGUAGE, ("first",), period)
    return _ranked("languages", gettext("Languages"), gettext("Language"), sums, language_label)


def violations(figures: Figures, period: Period) -> Panel:
    """Cases by what is alleged to have been done."""
    sums = figures.sums(Breakdown.VIOLATION, ("first",), period)
    lead = gettext("A case counts once for each kind of violation that it has.")
    return _ranked(
        "violations", gettext("Kinds of violation"), gettext("Violation"), sums, violation_label, lead
    )


def actors(figures: Figures, period: Period) -> Panel:
    """Cases by who is alleged to have done it."""
    sums = figures.sums(Breakdown.ACTOR, ("first",), period)
    lead = gettext("As alleged. A case counts once for each category that it names.")
    return _ranked("actors", gettext("Alleged authors"), gettext("Category"), sums, _category, lead)


def _category(code: str) -> str:
    return actor_label({"category": code}) or gettext("Unknown")


def _ranked(
    code: str,
    heading: str,
    what: str,
    sums: Sums,
    label: Label,
    lead: str = "",
) -> Panel:
    """A bar for each value, the most frequent first."""
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    labels, numbers = [label(str(each)) for (each,), _ in ranked], [number for _, number in ranked]
    chart = bars(
        labels,
        numbers,
        title=heading,
        description=lead or told_total(sum(numbers)),
        element_id=f"chart-{code}",
        language=words_language(),
    )
    rows = list(zip(labels, numbers, strict=True))
    return Panel(code, heading, lead, Table([what, gettext("Cases")], rows), chart)
