"""A snapshot for everybody: counted by a worker, compared with what was public of the same days, and proposed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import BAMAKO, utcnow
from app.database import db, transaction
from app.models import Publication, PublicationState
from app.publications import document, editions, queries, service
from app.publications.periods import Period
from app.publications.rules import latest_due, rules
from app.publications.tables import FigureTable, PeriodFigures
from app.queue import JobName, owe_again
from workers.disclosure.cells import TOTAL
from workers.publications.arranging import PUBLIC, arrange
from workers.publications.editions import next_edition, packed

TOO_CLOSE = "too_close"  # to what was public before: the difference would show fewer than may be shown
TOO_FEW = "too_few"  # not even the sum of all may be shown


def count_publication(publication_id: uuid.UUID) -> datetime | None:
    """Count what was asked for, and put it before people's eyes. A second run finds nothing to do."""
    found = db.session.get(Publication, publication_id)
    if found is None or found.state != PublicationState.ASKED:
        return None
    period = Period.parse(found.period)
    edition = next_edition(db.session(), period, rules().threshold)
    figures = arrange(edition.counts, period, rules().threshold, PUBLIC)
    failure = _objection(db.session(), figures)
    db.session.rollback()  # nothing was changed, and nothing is held while it is written
    with transaction() as session:
        asked = session.get_one(Publication, publication_id, with_for_update={"of": Publication})
        if asked.state == PublicationState.ASKED:
            _keep(session, asked, figures, failure)
            asked.leaves = packed(edition.counts)
    return None


def _objection(session: Session, figures: PeriodFigures) -> str:
    """Why these figures can't be public, if there is a reason."""
    if figures.tables["regions"].total is None:
        return TOO_FEW
    earlier = (
        document.read(each.document) for each in queries.earlier_of(session, Period.parse(figures.period))
    )
    return TOO_CLOSE if any(too_close(figures, each) for each in earlier) else ""


def too_close(now: PeriodFigures, before: PeriodFigures) -> bool:
    """Whether a figure that both show differs by so few that the difference tells of them."""
    return any(
        0 < abs(new - old) < now.threshold
        for code, table in now.tables.items()
        if code in before.tables
        for new, old in _pairs(table, before.tables[code])
        if new is not None and old is not None
    )


def _pairs(now: FigureTable, before: FigureTable) -> list[tuple[int | None, int | None]]:
    """The figures of the same place in two versions of a table, totals too."""
    new, old = _by_place(now), _by_place(before)
    return [(new[place], old[place]) for place in new.keys() & old.keys()]


def _by_place(table: FigureTable) -> dict[tuple[str, str], int | None]:
    found = {(row, column): table.figure(row, column) for row in table.rows for column in table.columns}
    found |= {(row, TOTAL): figure for row, figure in zip(table.rows, table.row_totals, strict=False)}
    found |= {
        (TOTAL, column): figure for column, figure in zip(table.columns, table.column_totals, strict=False)
    }
    return {**found, (TOTAL, TOTAL): table.total if table.has_total else None}


def _keep(session: Session, asked: Publication, figures: PeriodFigures, failure: str) -> None:
    asked.counted_at = utcnow()
    if failure:
        asked.state, asked.failure = PublicationState.FAILED, failure
        _put_on_record(session, asked)
        return
    asked.document = document.write(figures, asked.number)
    asked.digest, asked.suppressed_count = document.digest_of(asked.document), figures.hidden
    asked.state = PublicationState.PROPOSED


def _put_on_record(session: Session, failed: Publication) -> None:
    detail = {"number": failed.number, "period": failed.period, "code": failed.failure}
    audit.record(
        session, Action.FIGURES_FAILED, f"publication:{failed.id}", actor=service.CLOCK, detail=detail
    )


def propose_due() -> None:
    """Where the rules say so: have the period counted whose delay is over, and publish what the desk let pass."""
    if not rules().is_automatic:
        return
    now = utcnow()
    period = latest_due(now.astimezone(BAMAKO).date())
    with transaction() as session:
        if not queries.is_taken(session, period) and not queries.was_tried(session, period):
            service.ask(session, None, period)
        for each in _let_pass(session, now):
            if editions.is_overtaken(session, each):  # by a report that somebody was handed meanwhile
                each.state = PublicationState.ASKED
                owe_again(session, JobName.COUNT_PUBLICATION, each.id)
            else:
                service.publish(session, None, each.id, digest=each.digest)


def _let_pass(session: Session, now: datetime) -> list[Publication]:
    """Proposals that the clock asked for and that nobody of the desk objected to within their days."""
    waiting = select(Publication).where(
        Publication.state == PublicationState.PROPOSED,
        Publication.asked_by_id.is_(None),
        Publication.counted_at <= now - timedelta(days=rules().days_to_look),
    )
    return list(session.scalars(waiting))
