"""What the case page shows about cases that were put together: the merges, the reports, and what can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, session
from sqlalchemy import select

from app.accounts.permissions import Permission, may
from app.accounts.session import current_user
from app.casework.merged import reports_of, standing_merges
from app.casework.presence import Present, visit
from app.casework.presence import summary as presence_summary
from app.casework.sources import independent_sources, standing_reports
from app.casework.visibility import visible_cases
from app.current import current_settings
from app.database import db
from app.models import Case, CaseMerge, CaseStatus, Report, User, Verification
from app.queue import connection

_OFFER = "merge_offer"


@dataclass(frozen=True, slots=True)
class MergeView:
    """One case that was merged into another, by whom, and how many of its reports are still there."""

    merge: CaseMerge
    reference: str
    by: str
    report_count: int


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report, and the reference of the merged case it came with."""

    report: Report
    came_with: str


@dataclass(frozen=True, slots=True)
class Together:
    """What is together in one case, for the desk's people who may take it apart."""

    merges: Sequence[MergeView]
    reports: Sequence[ReportView]
    sources: int
    may_have_left: bool  # it is closed or verified: copies of it may be elsewhere


@dataclass(frozen=True, slots=True)
class Offer:
    """What was done just now and can be undone: a merge, or (with `other`) a case that was taken out."""

    merge_id: uuid.UUID | None
    other: Case | None


def together(case: Case) -> Together | None:
    """For the part of the page about merging; None for whoever has no say in it."""
    user = current_user()
    is_allowed = user.organisation.sees_every_case and may(user.role, Permission.WORK_ON_CASES)
    if not is_allowed or case.is_withdrawn:
        return None
    merges = standing_merges(db.session(), case)
    views = [_merge_view(merge) for merge in merges]
    came_with = {report: view.reference for view in views for report in reports_of(db.session(), view.merge)}
    reports = standing_reports(db.session(), case)
    return Together(
        merges=views,
        reports=[ReportView(each, came_with.get(each.id, "")) for each in reports],
        sources=independent_sources(db.session(), case),
        may_have_left=case.status == CaseStatus.CLOSED or case.verification == Verification.VERIFIED,
    )


def _merge_view(merge: CaseMerge) -> MergeView:
    case, by = db.session.get_one(Case, merge.case_id), db.session.get_one(User, merge.merged_by_id)
    return MergeView(merge, case.reference, by.display_name, len(reports_of(db.session(), merge)))


def offer_undoing(
    case_id: uuid.UUID, *, merge_id: uuid.UUID | None = None, other_id: uuid.UUID | None = None
) -> None:
    """Have the case's page, shown next, offer to undo what was just done. Ids only, in the session."""
    session[_OFFER] = {"case": str(case_id), "merge": str(merge_id or ""), "other": str(other_id or "")}


def taken_offer(case: Case) -> Offer | None:
    """What to offer on a case's page, once."""
    offered: Mapping[str, Any] = session.get(_OFFER) or {}
    if offered.get("case") != str(case.id):
        return None
    session.pop(_OFFER)
    merge_id = uuid.UUID(offered["merge"]) if offered["merge"] else None
    other = _visible(uuid.UUID(offered["other"])) if offered["other"] else None
    return Offer(merge_id, other) if merge_id or other else None


def _visible(case_id: uuid.UUID) -> Case | None:
    return db.session.scalar(visible_cases(current_user()).where(Case.id == case_id))


def people_here(case: Case, *, is_writing: bool = False) -> list[Present]:
    """Who else has the case open; whoever asks has it open from now on."""
    client = connection(current_settings().redis_url)
    return visit(client, db.session(), current_user(), case.id, is_writing=is_writing)


def reference_of(case_id: uuid.UUID) -> str:
    """What people call a case."""
    number = db.session.scalar(select(Case.number).where(Case.id == case_id))
    return Case(number=number).reference if number else ""


def init_merge_views(blueprint: Blueprint) -> None:
    """Give templates what they show about merging and presence."""
    for function in (together, taken_offer, people_here, presence_summary):
        blueprint.add_app_template_global(function)
