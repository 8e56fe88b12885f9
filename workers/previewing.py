"""Working out what a rule would have done: past cases in portions, with progress that the waiting page can show."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.visibility import visible_cases
from app.clock import utcnow
from app.database import db, transaction
from app.models import Case, Organisation, PreviewState, RoutingRule, RulePreview, User
from app.rules.content import content_of, from_record
from app.rules.previews import PREVIEWED
from workers.routable import routable_cases, routable_organisations, routable_rule
from workers.routing.comparison import Comparison

CASES_AT_A_TIME = 500
NEW = "new"  # in the place of an id, for a rule that isn't in the table yet


def work_out_preview(preview_id: uuid.UUID) -> None:
    """Work out one preview. One that is done or gone is left alone; one that was broken off begins anew."""
    since = utcnow() - PREVIEWED
    begun = _begin(preview_id, since)
    if begun is None:
        return
    comparison, case_ids = begun
    for start in range(0, len(case_ids), CASES_AT_A_TIME):
        _add(comparison, case_ids[start : start + CASES_AT_A_TIME])
        _keep(preview_id, cases_done=comparison.cases)
    _keep(preview_id, cases_done=len(case_ids), state=PreviewState.DONE, result=_result(comparison, since))


def _begin(preview_id: uuid.UUID, since: datetime) -> tuple[Comparison, list[uuid.UUID]] | None:
    """What to compare and over which cases, the newest first: those that whoever asked may see."""
    with transaction() as session:
        preview = session.get(RulePreview, preview_id)
        if preview is None or preview.state == PreviewState.DONE:
            return None
        user = session.get_one(User, preview.asked_by_id)
        seen = visible_cases(user).where(Case.received_at >= since).order_by(Case.received_at.desc())
        case_ids = list(session.scalars(seen.with_only_columns(Case.id)))
        preview.state, preview.cases_total, preview.cases_done = PreviewState.RUNNING, len(case_ids), 0
        return _comparison(session, preview), case_ids


def _comparison(session: Session, preview: RulePreview) -> Comparison:
    """The table as it stands, and with the proposal in it: one that is switched off as if it were on."""
    present = session.scalars(select(RoutingRule).where(RoutingRule.is_active)).unique()
    rules = {rule.id: routable_rule(str(rule.id), content_of(rule)) for rule in present}
    return Comparison(
        proposed=routable_rule(str(preview.rule_id or NEW), from_record(preview.content)),
        present=list(rules.values()),
        replaced=rules.get(preview.rule_id) if preview.rule_id else None,
        organisations=routable_organisations(session.scalars(select(Organisation)).all()),
    )


def _add(comparison: Comparison, case_ids: list[uuid.UUID]) -> None:
    """Read a portion, without holding back anybody who writes."""
    session = db.session()
    found = routable_cases(session, case_ids)
    session.rollback()
    for case_id in case_ids:
        if case := found.get(case_id):
            comparison.add(str(case_id), case)


def _keep(preview_id: uuid.UUID, **columns: Any) -> None:
    with transaction() as session:
        preview = session.get(RulePreview, preview_id)
        for name, value in columns.items() if preview else ():
            setattr(preview, name, value)


def _result(comparison: Comparison, since: datetime) -> dict[str, Any]:
    """Counts and ids, as app/rules/previews.py reads them."""
    ids = sorted(set(comparison.before) | set(comparison.after))
    return {
        "since": since.isoformat(timespec="seconds"),
        "cases": comparison.cases,
        "referred": comparison.referred,
        "sent_at_once": comparison.sent_at_once,
        "gained": comparison.gained,
        "lost": comparison.lost,
        "withheld": {str(why): count for why, count in comparison.withheld.items()},
        "organisations": [
            {"id": each, "before": comparison.before[each], "after": comparison.after[each]} for each in ids
        ],
        "examples": comparison.examples,
    }
