"""The checklists that the demonstration's people filled in before they proposed a case as verified."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.orm import Session

from app.casework.checklist import Answer, assess_source, checks_of, keep_checks
from app.casework.sources import standing_reports
from app.models import Case, User


def examine(session: Session, user: User, case: Case, *, at: datetime) -> None:
    """Answer every point and assess every report, as at the moment that is told. Raises CaseworkError."""
    found = _found()
    points = {code: row for code, row in found.items() if isinstance(row, Mapping)}
    answers = {code: Answer(row["answer"], row.get("note", "")) for code, row in points.items()}
    keep_checks(session, user, case.id, answers)
    for report in standing_reports(session, case):
        assess_source(session, user, case.id, report.id, found["reliability"], found["credibility"]).at = at
    session.flush()
    for check in checks_of(session, case).values():
        check.at = at


@cache
def _found() -> dict[str, Any]:
    return tomllib.loads(resources.files("app.demonstration").joinpath("checklist.toml").read_text("utf-8"))
