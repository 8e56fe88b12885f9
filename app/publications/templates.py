"""The versions of the text of the periodic report: the one that comes with the software, and what people made of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, CaseworkError
from app.models import ReportTemplate, User
from app.publications.document import read
from app.publications.service import may_publish
from app.publications.telling import told
from app.publications.template_text import Block, blocks

SHORTEST_REASON = 10
EXAMPLES = "example_figures.json", "example_figures_before.json"  # invented, to look at a text with


def original(language: str) -> str:
    """The text that comes with the software."""
    return resources.files(__package__).joinpath(f"report.{language}.txt").read_text(encoding="utf-8")


def versions(session: Session, language: str) -> Sequence[ReportTemplate]:
    """What people made of it, the latest first."""
    statement = select(ReportTemplate).where(ReportTemplate.language == language)
    return session.scalars(statement.order_by(ReportTemplate.version.desc())).all()


def current_source(session: Session, language: str) -> str:
    """The text in force."""
    latest = next(iter(versions(session, language)), None)
    return latest.source if latest else original(language)


def current_version(session: Session, language: str) -> int:
    """Its number; 0 for the one that comes with the software."""
    latest = next(iter(versions(session, language)), None)
    return latest.version if latest else 0


def preview(source: str, language: str, today: date) -> list[Block]:
    """A text with invented figures in it. Raises TemplateProblem."""
    now, before = (read(resources.files(__package__).joinpath(name).read_text("utf-8")) for name in EXAMPLES)
    return blocks(source, told(now, before, language, today), language)


def save(
    session: Session, user: User, language: str, source: str, reason: str, *, seen_version: int, today: date
) -> ReportTemplate:
    """Put a text in force that can be filled in; the ones before stay. Raises CaseworkError (`forbidden`,
    `reason_short`, `changed_meanwhile`) or TemplateProblem.
    """
    if not may_publish(user):
        raise CaseworkError(FORBIDDEN)
    if len(reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if current_version(session, language) != seen_version:
        raise CaseworkError(CHANGED_MEANWHILE)
    preview(source, language, today)
    saved = ReportTemplate(
        id=uuid.uuid4(),
        language=language,
        version=seen_version + 1,
        source=source,
        reason=reason.strip(),
        saved_by_id=user.id,
    )
    session.add(saved)
    session.flush()  # the unique version settles races
    detail = {"language": language, "version": saved.version}
    audit.record(
        session,
        Action.REPORT_TEMPLATE_SAVED,
        f"report_template:{saved.id}",
        actor=f"user:{user.id}",
        detail=detail,
    )
    return saved
