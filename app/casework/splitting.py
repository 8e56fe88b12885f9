"""Taking apart what was put together: a merge is undone, or one report gets a case of its own.

What was is put back from the merge's record. What people did since then stays with the case it was done to, except
what they decided about the reports that leave.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history, merge_referrals
from app.casework.conclusions import WAIT_FOR_EYES
from app.casework.conflicts import carry_conflicts, conflicts_of
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.merge_record import Step, turn_back
from app.casework.merged import reports_of, standing_merges
from app.casework.merging import TAKEN_OVER
from app.casework.moving import bring_along, keep_quiet, new_case, report_count
from app.casework.reprocessing import first_message, read_again
from app.casework.settling import settle
from app.casework.visibility import desk_case
from app.clock import utcnow
from app.intake.case_text import refresh_text
from app.intake.sharing import revoke
from app.models import (
    UNSAFE_ADDITION,
    Act,
    Case,
    CaseMerge,
    CaseStatus,
    Contact,
    Direction,
    Finding,
    FindingState,
    Likeness,
    Message,
    Report,
    ReportState,
    SameSource,
    User,
)

_SETTLED = ("violation", "place", "occurred", "urgency", "language")


def undo_merge(session: Session, user: User, case_id: uuid.UUID, merge_id: uuid.UUID) -> Case:
    """Give a merged case back its own life; `case_id` is the one that took it in.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `merge_over`.
    """
    case = desk_case(session, user, case_id, Permission.WORK_ON_CASES)
    merge = _held(session, case, merge_id)
    restored = session.get_one(Case, merge.case_id, with_for_update=True, populate_existing=True)
    later = _pairs_of_later(session, case, merge)
    leaving = reports_of(session, merge)
    turn_back(session, [Step.of_record(each) for each in merge.moved["steps"]])
    _let_follow(session, case, restored, leaving)
    session.flush()
    session.expire_all()
    restored.merged_into_id = None
    for earlier in standing_merges(session, restored):
        session.get_one(Case, earlier.case_id).merged_into_id = restored.id
    merge_referrals.part(session, merge.moved["referrals"], later)
    is_held = case.is_held
    _put_back_columns(case, merge.moved["columns"]["case"])
    _put_back_columns(restored, merge.moved["columns"]["other"])
    for each in (case, restored) if is_held else ():
        _keep_held(session, each, merge)
    _put_back_marks(session, merge)
    _settle(case, restored, merge)
    _look_again(session, case, restored, merge)
    merge.undone_at, merge.undone_by_id = utcnow(), user.id
    detail = {"from": str(case.id), "to": str(restored.id), "merge": str(merge.id)}
    for each in (case, restored):
        history.write(session, user, each, EventKind.MERGE_UNDONE, detail=detail)
    return restored


def _held(session: Session, case: Case, merge_id: uuid.UUID) -> CaseMerge:
    session.get_one(Case, case.id, with_for_update=True, populate_existing=True)
    merge = session.get(CaseMerge, merge_id, with_for_update=True, populate_existing=True)
    if merge is None or merge.into_id != case.id:
        raise CaseworkError(NOT_FOUND)
    if merge.undone_at is not None:
        raise CaseworkError("merge_over")
    return merge


def _pairs_of_later(session: Session, case: Case, merge: CaseMerge) -> list[str]:
    """Referrals that a later merge exchanged once more: they hold what that one brought, and stay as they are."""
    later = [each for each in standing_merges(session, case) if each.merged_at > merge.merged_at]
    return [pair[0] for each in later for pair in each.moved["referrals"]["swapped"]]


def _let_follow(session: Session, case: Case, restored: Case, reports: Sequence[uuid.UUID]) -> None:
    """What was concluded since then from messages of the reports that leave, leaves with them."""
    messages = select(Message.id).where(Message.report_id.in_(reports))
    for kind in (Finding, Likeness):
        session.execute(
            update(kind)
            .where(kind.case_id == case.id, kind.message_id.in_(messages))
            .values(case_id=restored.id)
            .execution_options(synchronize_session=False)
        )


def _put_back_columns(case: Case, changes: Mapping[str, Sequence[Any]]) -> None:
    """A column that somebody changed since the merge stays as it is."""
    for name, (before, after) in changes.items():
        now = getattr(case, name)
        if (str(now) if isinstance(now, uuid.UUID) else now) == after:
            setattr(case, name, uuid.UUID(before) if name == "assigned_to_id" and before else before)


def _keep_held(session: Session, case: Case, merge: CaseMerge) -> None:
    """What came in since the merge may be what the desk has to read: it isn't released by taking cases apart."""
    came_since = (
        select(Message.id)
        .join(Report, Report.id == Message.report_id)
        .where(
            Report.case_id == case.id,
            Message.direction == Direction.INBOUND,
            Message.created_at > merge.merged_at,
        )
    )
    if session.scalar(came_since.limit(1)) is not None:
        case.needs_person = UNSAFE_ADDITION


def _put_back_marks(session: Session, merge: CaseMerge) -> None:
    """The acts that had been main ones, the proposals that nobody had decided on, and who counted as one source."""
    for act_id in merge.moved["second_mains"]:
        act = session.get(Act, uuid.UUID(act_id))
        if act is not None:
            act.is_main = True
    for finding_id in merge.moved["proposals"]:
        finding = session.get(Finding, uuid.UUID(finding_id))
        if finding is not None and finding.state == FindingState.ACCEPTED:
            finding.state, finding.decided_by_id, finding.decided_at = FindingState.PROPOSED, None, None
    said = select(SameSource).where(
        SameSource.said_at >= merge.merged_at, SameSource.report_id.in_(reports_brought(merge))
    )
    for each in session.scalars(said):
        session.delete(each)


def reports_brought(merge: CaseMerge) -> list[uuid.UUID]:
    """Every report that a merge brought, wherever it is now."""
    steps = (Step.of_record(each) for each in merge.moved["steps"])
    return [each for step in steps if step.table == Report.__tablename__ for each in step.ids]


def _settle(case: Case, restored: Case, merge: CaseMerge) -> None:
    """Each case says what its own findings say: what was taken over is given up, what was decided since is followed."""
    settle(case, "violation")
    for kind in merge.moved["taken_over"]:
        if all(getattr(case, name) == getattr(restored, name) for name in TAKEN_OVER[kind]):
            settle(case, kind)
    for kind in _SETTLED:
        if any(_is_decided_since(found, kind, merge) for found in restored.findings):
            settle(restored, kind)


def _is_decided_since(finding: Finding, kind: str, merge: CaseMerge) -> bool:
    return finding.kind == kind and finding.decided_at is not None and finding.decided_at > merge.merged_at


def _look_again(session: Session, case: Case, restored: Case, merge: CaseMerge) -> None:
    """Whatever changed since then counts for both: whom they concern, what is allowed, what was withdrawn."""
    session.flush()
    if any(each.created_at > merge.merged_at for each in conflicts_of(session, case)):
        carry_conflicts(session, case, restored)
    for each in (case, restored):
        refresh_text(session, each)
        _withdraw_if_empty(session, each)
        merge_referrals.review(session, each)
        if each.assigned_to_id and not merge_referrals.may_hold(session, each.assigned_to_id, each):
            each.assigned_to_id = None


def _withdraw_if_empty(session: Session, case: Case) -> None:
    reports = session.scalars(select(Report.state).where(Report.case_id == case.id)).all()
    if reports and all(state == ReportState.WITHDRAWN for state in reports):
        case.is_withdrawn, case.status = True, CaseStatus.CLOSED
        revoke(session, case)


def take_out(session: Session, user: User, case_id: uuid.UUID, report_id: uuid.UUID) -> Case:
    """Take one report out of a case; gives the case it is in then.

    If it is all that is left of a merge, that is undone; else it gets a new case, which the machine reads anew.
    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `report_alone`.
    """
    case = desk_case(session, user, case_id, Permission.WORK_ON_CASES)
    report = _held_report(session, case, report_id)
    for merge in standing_merges(session, case):
        if reports_of(session, merge) == [report.id]:
            return undo_merge(session, user, case_id, merge.id)
    if report_count(session, case) == 1:
        raise CaseworkError("report_alone")
    return _split_off(session, user, case, report)


def _held_report(session: Session, case: Case, report_id: uuid.UUID) -> Report:
    """A standing report of the case, held as everybody holds them: the contact first."""
    report = session.get(Report, report_id)
    if report is not None and report.contact_id is not None:
        session.get(Contact, report.contact_id, with_for_update=True)
    report = session.get(Report, report_id, with_for_update={"of": Report}, populate_existing=True)
    if report is None or report.case_id != case.id or report.state == ReportState.WITHDRAWN:
        raise CaseworkError(NOT_FOUND)
    return report


def _split_off(session: Session, user: User, case: Case, report: Report) -> Case:
    own = [each for each in report.messages if each.direction == Direction.INBOUND]
    beginning = first_message(session, report)
    if beginning is None:
        raise CaseworkError(NOT_FOUND)
    target = new_case(session, user, case, beginning)
    target.needs_person = UNSAFE_ADDITION if case.needs_person in WAIT_FOR_EYES else ""
    session.flush()
    report.case_id, report.is_answer = target.id, False
    for message in own:
        bring_along(session, message, case, target)
    carry_conflicts(session, case, target)
    read_again(session, beginning)
    keep_quiet(session, report)
    detail = {"from": str(case.id), "to": str(target.id), "report": str(report.id)}
    for each in (case, target):
        history.write(session, user, each, EventKind.REPORT_SPLIT_OFF, detail=detail)
    return target
