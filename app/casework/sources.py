"""Whose word a case rests on: how many sources there are that don't depend on one another."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Report, ReportState, SameSource


def independent_sources(session: Session, case: Case) -> int:
    """How many different sources told of a case."""
    return len(set(sources_of(session, case).values()))


def sources_of(session: Session, case: Case) -> dict[uuid.UUID, uuid.UUID]:
    """By the id of each report that counts, the oldest first, by what its source is known.

    Reports of one phone are one source, however many and over whatever channel; so are those that one organisation
    passed on, for nobody can tell who stood behind them: unsure counts as the same. A report whose sender can't be
    recognised (the web) is a source of its own, unless a person said that it is another one sent again. Withdrawn
    reports count for nothing.
    """
    sources = {report.id: source_of(report) for report in standing_reports(session, case)}
    pairs = select(SameSource.report_id, SameSource.same_as_id).where(SameSource.report_id.in_(sources))
    for report_id, same_as_id in session.execute(pairs):
        again, first = sources[report_id], sources.get(same_as_id, sources[report_id])
        sources = {report: first if source == again else source for report, source in sources.items()}
    return sources


def source_of(report: Report) -> uuid.UUID:
    """By what a report's source is recognised: its phone, else the organisation that passed it on, else itself."""
    return report.contact_id or report.submitted_by_id or report.id


def standing_reports(session: Session, case: Case) -> list[Report]:
    """The reports of a case that weren't withdrawn, the oldest first."""
    statement = select(Report).where(Report.case_id == case.id, Report.state != ReportState.WITHDRAWN)
    return list(session.scalars(statement.order_by(Report.received_at, Report.id)))
