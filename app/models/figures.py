"""Figures kept ready: counts of cases by when they came in, so that years are added up, not counted.

A span is a week, cut in two where a month begins: whole weeks, months, quarters and years are all sums of spans.

Nothing here says who: each row is a number of cases. A worker writes them (workers/figures), and nobody else.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class FigureCell(Base):
    """How many cases that came in within one span share the same values of one breakdown.

    `span` is its first day. What `first` and `second` are, each breakdown says (app/figures/breakdowns.py); `on_day` is
    an ISO day where the breakdown has one, else empty. A value that isn't known is empty too.
    """

    __tablename__ = "figure_cell"

    breakdown: Mapped[str] = mapped_column(String(20), primary_key=True)
    span: Mapped[date] = mapped_column(primary_key=True, index=True)
    first: Mapped[str] = mapped_column(String(40), primary_key=True)
    second: Mapped[str] = mapped_column(String(40), primary_key=True)
    verification: Mapped[str] = mapped_column(String(20), primary_key=True)
    on_day: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]


class FigureDuration(Base):
    """How many cases of one span took about so long until something was done; see app/figures/durations.py."""

    __tablename__ = "figure_duration"

    measure: Mapped[str] = mapped_column(String(20), primary_key=True)
    span: Mapped[date] = mapped_column(primary_key=True, index=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class FigureSpan(Base):
    """One span that was counted: how many rows of cases it had then, counted or not, and when."""

    __tablename__ = "figure_span"

    span: Mapped[date] = mapped_column(primary_key=True)
    case_rows: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(index=True)


class FigureRefresh(Base):
    """The one row that says until when changed cases were looked for; holding it keeps two refreshes apart."""

    __tablename__ = "figure_refresh"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    looked_until: Mapped[datetime | None]
