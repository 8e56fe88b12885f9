"""Keeping the figures: what changed is counted again, span by span, from the cases themselves.

Which spans changed is told by three things: cases changed since the last look (with an hour's overlap, for
transactions that were open then), a number of rows that isn't what it was (cases erased, or written with old dates),
and in turn the spans that were counted longest ago, so that nothing that escaped the first two stays for long: one case
erased and another one written with an old date into the same span, a column changed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, insert_unless_there, transaction
from app.figures.counting import Counts, count
from app.figures.facts import Scope, read
from app.figures.spans import day_of, midnight, next_span, span_of, spans
from app.models import Case, FigureCell, FigureDuration, FigureRefresh, FigureSpan

logger = structlog.get_logger()

OVERLAP = timedelta(hours=1)
IN_TURN = 4  # spans counted again at each refresh whether or not they changed: five years in six hours
_THE_ROW = 1


def refresh() -> int:
    """Count again what may have changed since the last refresh; how many spans that were."""
    started, looked_until = utcnow(), _looked_until()
    done = _recount(_all_spans() if looked_until is None else _changed_since(looked_until - OVERLAP))
    done |= _recount(_miscounted() - done)
    done |= _recount(_oldest() - done)
    _note_look(started)
    return len(done)


def rebuild() -> int:
    """Count every span anew, those without cases any more too; how many they were."""
    started = utcnow()
    done = _recount(_all_spans() | _kept_spans())
    _note_look(started)
    logger.info("figures_rebuilt", count=len(done))
    return len(done)


def _recount(wanted: Iterable[date]) -> set[date]:
    """Each in a transaction of its own: pages read on, and what is done stays done."""
    done = set()
    for span in sorted(wanted):
        recount_span(span)
        done.add(span)
    return done


def recount_span(span: date) -> None:
    """Replace what is kept of one span by what its cases say now.

    Counting holds nothing: a case that changes meanwhile is younger than this look, and is counted again by the next.
    """
    case_rows = _rows_of(span)
    counts = count(read(db.session(), Scope(), midnight(span), midnight(next_span(span))))
    db.session.rollback()
    with transaction() as session:
        _hold(session)
        for table in (FigureCell, FigureDuration, FigureSpan):
            session.execute(delete(table).where(table.span == span))
        write(session, counts)
        session.add(FigureSpan(span=span, case_rows=case_rows, counted_at=utcnow()))


def write(session: Session, counts: Counts) -> None:
    """Add rows to the kept figures."""
    cells = [{**key._asdict(), "count": number} for key, number in counts.cells.items()]
    durations = [{**key._asdict(), "count": number} for key, number in counts.durations.items()]
    if cells:
        session.execute(insert(FigureCell), cells)
    if durations:
        session.execute(insert(FigureDuration), durations)


def _hold(session: Session) -> None:
    """Nobody else counts until this transaction ends."""
    row = {"id": _THE_ROW, "looked_until": None}
    session.execute(insert_unless_there(session, FigureRefresh, [row], known_by="id"))
    session.scalars(select(FigureRefresh).where(FigureRefresh.id == _THE_ROW).with_for_update()).one()


def _looked_until() -> datetime | None:
    found = db.session.scalar(select(FigureRefresh.looked_until).where(FigureRefresh.id == _THE_ROW))
    db.session.rollback()  # nothing was changed, and nothing is held
    return found


def _note_look(started: datetime) -> None:
    with transaction() as session:
        _hold(session)
        session.get_one(FigureRefresh, _THE_ROW).looked_until = started


def _all_spans() -> set[date]:
    first, last = db.session.execute(select(func.min(Case.received_at), func.max(Case.received_at))).one()
    db.session.rollback()
    return set(spans(day_of(first), day_of(last))) if first else set()


def _kept_spans() -> set[date]:
    found = set(db.session.scalars(select(FigureSpan.span)))
    db.session.rollback()
    return found


def _changed_since(moment: datetime) -> set[date]:
    changed = db.session.scalars(select(Case.received_at).where(Case.updated_at >= moment))
    found = {span_of(day_of(at)) for at in changed}
    db.session.rollback()
    return found


def _miscounted() -> set[date]:
    """Spans that hold another number of cases than when they were counted. The index on the day tells it."""
    kept = dict(db.session.execute(select(FigureSpan.span, FigureSpan.case_rows)).all())
    found = {span for span in _all_spans() | set(kept) if _rows_of(span) != kept.get(span, 0)}
    db.session.rollback()
    return found


def _rows_of(span: date) -> int:
    first, until = midnight(span), midnight(next_span(span))
    rows = select(func.count()).where(Case.received_at >= first, Case.received_at < until)
    return db.session.scalar(rows) or 0


def _oldest() -> set[date]:
    found = set(db.session.scalars(select(FigureSpan.span).order_by(FigureSpan.counted_at).limit(IN_TURN)))
    db.session.rollback()
    return found
