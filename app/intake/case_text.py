"""The text of a case: that of its messages, as far as their writers let it stand."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.folding import fold
from app.models import Case, Message, ReleaseText, Report, ReportState


def refresh_text(session: Session, case: Case) -> None:
    """Put the case's text together anew, in order, of what was not withdrawn."""
    session.flush()
    texts = session.scalars(
        select(Message.anonymised_text)
        .join(Report, Report.id == Message.report_id)
        .where(
            Report.case_id == case.id,
            Report.state != ReportState.WITHDRAWN,
            Message.anonymised_text.is_not(None),
        )
        .order_by(Message.created_at)
    )
    before = case.anonymised_text
    case.anonymised_text = "\n\n".join(text for text in texts if text)
    if (
        case.anonymised_text != before
    ):  # what was made of it to go out may hold what was just hidden or erased
        session.execute(delete(ReleaseText).where(ReleaseText.case_id == case.id))
    case.search_text = fold(case.anonymised_text)
