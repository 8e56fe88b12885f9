"""Where a page's figures come from: what workers keep of all cases, or a count made now of those a person may read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.casework.visibility import readable_cases
from app.figures.breakdowns import Breakdown
from app.figures.counting import Counts, count
from app.figures.durations import Measure
from app.figures.facts import Scope, read
from app.figures.periods import Period
from app.figures.spans import midnight
from app.models import FigureCell, FigureDuration, FigureRefresh, User

Sums = Mapping[tuple[Any, ...], int]
Histograms = Mapping[date, Mapping[int, int]]


class Figures(Protocol):
    """Sums of what is counted. `axes` are columns of FigureCell: `span`, `first`, `second`, `verification`, `on_day`.

    Without a period everything is added up that came in until now.
    """

    def sums(self, breakdown: Breakdown, axes: Sequence[str], period: Period | None = None) -> Sums:
        """How many there are for each combination of the axes' values, in their order."""

    def histograms(self, measure: Measure, period: Period) -> Histograms:
        """How many took how long, bucket by bucket, for each span."""


class KeptFigures:
    """Figures of all cases, as they were when a worker last counted."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def sums(self, breakdown: Breakdown, axes: Sequence[str], period: Period | None = None) -> Sums:
        """See Figures."""
        columns = [getattr(FigureCell, axis) for axis in axes]
        statement = select(*columns, func.sum(FigureCell.count)).where(FigureCell.breakdown == breakdown)
        if period:
            statement = statement.where(FigureCell.span.between(period.first, period.last))
        return {
            tuple(key): int(number) for *key, number in self._session.execute(statement.group_by(*columns))
        }

    def histograms(self, measure: Measure, period: Period) -> Histograms:
        """See Figures."""
        statement = select(FigureDuration.span, FigureDuration.bucket, FigureDuration.count).where(
            FigureDuration.measure == measure, FigureDuration.span.between(period.first, period.last)
        )
        found: dict[date, dict[int, int]] = defaultdict(dict)
        for span, bucket, number in self._session.execute(statement):
            found[span][bucket] = number
        return found


class CountedFigures:
    """Figures of some cases, counted in memory."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def sums(self, breakdown: Breakdown, axes: Sequence[str], period: Period | None = None) -> Sums:
        """See Figures."""
        found: Counter[tuple[Any, ...]] = Counter()
        for key, number in self._counts.cells.items():
            if key.breakdown == breakdown and (period is None or period.holds(key.span)):
                found[tuple(getattr(key, axis) for axis in axes)] += number
        return found

    def histograms(self, measure: Measure, period: Period) -> Histograms:
        """See Figures."""
        found: dict[date, dict[int, int]] = defaultdict(dict)
        for key, number in self._counts.durations.items():
            if key.measure == measure and period.holds(key.span):
                found[key.span][key.bucket] = number
        return found


def figures_for(session: Session, user: User, period: Period) -> Figures:
    """The desk is shown what is kept of all cases; anybody else what was referred to them, counted now, with their
    own organisation's answers only.
    """
    if user.organisation.sees_every_case:
        return KeptFigures(session)
    scope = Scope(readable_cases(user), user.organisation_id)
    until = midnight(period.last + timedelta(days=1))
    return CountedFigures(count(read(session, scope, midnight(period.first), until)))


def counted_at(session: Session) -> datetime | None:
    """Until when what is kept holds; None before the first count."""
    return session.scalar(select(FigureRefresh.looked_until))
