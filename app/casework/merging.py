"""Merging two cases that people found to be about one event. Machines only propose it.

Everything that belongs to the one follows into the other, each report staying a source of its own; the one it leaves
is closed, is seen by nobody any more, and its address leads on. What was moved and changed is kept to be put back.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.audit import Action
from app.casework import history, merge_referrals
from app.casework.conclusions import WAIT_FOR_EYES
from app.casework.errors import CHANGED_MEANWHILE, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.merge_record import ACTS, CASES, Step, turn
from app.casework.settling import settle
from app.casework.visibility import desk_case
from app.clock import utcnow
from app.intake.case_text import refresh_text
from app.models import (
    UNSAFE_ADDITION,
    Act,
    Case,
    CaseConflict,
    CaseMerge,
    CaseStatus,
    Finding,
    FindingState,
    Report,
    SameSource,
    User,
)

_COLUMNS = ("status", "closed_as", "urgency", "needs_person", "assigned_to_id")
_PLACE = ("region_code", "cercle_code", "place_name", "latitude", "longitude")
_DATE = ("occurred_from", "occurred_to", "occurred_precision")
TAKEN_OVER = {"place": _PLACE, "occurred": _DATE}


def both(session: Session, user: User, case_id: uuid.UUID, other_id: uuid.UUID) -> tuple[Case, Case]:
    """Two cases that this person may merge, held until the transaction ends.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `twin_itself`, `twin_invented`; `changed_meanwhile`
    where somebody changed one since this transaction had looked.
    """
    if case_id == other_id:
        raise CaseworkError("twin_itself")
    case, other = (desk_case(session, user, each, Permission.WORK_ON_CASES) for each in (case_id, other_id))
    if case.is_demonstration != other.is_demonstration:
        raise CaseworkError("twin_invented")
    seen = (case.version, other.version)
    held = select(Case).where(Case.id.in_((case_id, other_id))).order_by(Case.id).with_for_update(of=Case)
    session.scalars(held.execution_options(populate_existing=True)).all()
    if case.merged_into_id is not None or other.merged_into_id is not None:
        raise CaseworkError(NOT_FOUND)
    if (case.version, other.version) != seen:
        raise CaseworkError(CHANGED_MEANWHILE)
    return case, other


def merge(
    session: Session, user: User, case_id: uuid.UUID, other_id: uuid.UUID, *, is_same_message: bool = False
) -> CaseMerge:
    """Let a case take in another one; with `is_same_message` their oldest reports count as one source.

    Raises CaseworkError: as `both`.
    """
    case, other = both(session, user, case_id, other_id)
    done = CaseMerge(
        id=uuid.uuid4(), case_id=other.id, into_id=case.id, merged_by_id=user.id, merged_at=utcnow()
    )
    session.add(done)
    if is_same_message:
        _say_same_source(session, user, case, other)
    proposals = _accept_proposals(session, user, case, other)
    done.moved = {**_take_in(session, case, other), "proposals": proposals}
    other.merged_into_id = case.id
    followers = update(Case).where(Case.merged_into_id == other.id).values(merged_into_id=case.id)
    session.execute(followers.execution_options(synchronize_session=False))
    _note(session, user, case, other, done)
    return done


def _take_in(session: Session, case: Case, other: Case) -> dict[str, Any]:
    """Move and change everything; gives what is needed to put it back."""
    was = {"case": _columns(case), "other": _columns(other)}
    losers = merge_referrals.losing(session, case, other)
    joined = merge_referrals.join(case, other)
    taken_over = _combine(case, other)
    acts_before = {act.id for act in case.acts if act.is_main}
    steps = _move(session, case, other)
    second_mains = _one_main_act(case, acts_before)
    settle(case, "violation")
    revoked = merge_referrals.take_back(session, case, losers) | merge_referrals.silence(other.referrals)
    if case.assigned_to_id and not merge_referrals.may_hold(session, case.assigned_to_id, case):
        case.assigned_to_id = None
    _close(session, other)
    for each in (case, other):
        refresh_text(session, each)
    changes = {name: _changes(was[name], _columns(each)) for name, each in (("case", case), ("other", other))}
    return {
        "steps": [step.as_record() for step in steps],
        "columns": changes,
        "taken_over": taken_over,
        "second_mains": second_mains,
        "referrals": {**joined, "revoked": revoked},
    }


def _columns(case: Case) -> dict[str, str | int | None]:
    found = {name: getattr(case, name) for name in _COLUMNS}
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in found.items()}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def _combine(case: Case, other: Case) -> list[str]:
    """Never less careful than either was. Gives the kinds of which the other's value was taken over."""
    case.urgency = max(case.urgency, other.urgency)
    case.needs_person = _need(case, other)
    if case.status == CaseStatus.CLOSED != other.status:
        case.status, case.closed_as = other.status, ""
    case.assigned_to_id = case.assigned_to_id or other.assigned_to_id
    return [kind for kind, names in TAKEN_OVER.items() if _take_over(case, other, kind, names)]


def _need(case: Case, other: Case) -> str:
    if WAIT_FOR_EYES & {case.needs_person, other.needs_person}:
        return (
            UNSAFE_ADDITION  # organisations that have one half must not read the other's before a person did
        )
    return case.needs_person or other.needs_person


def _take_over(case: Case, other: Case, kind: str, names: Sequence[str]) -> bool:
    """The other's place or date where this case has none, or only the machine's and the other's is a person's."""
    if getattr(other, names[0]) is None:
        return False
    if getattr(case, names[0]) is not None and not (_is_decided(other, kind) and not _is_decided(case, kind)):
        return False
    for name in names:
        setattr(case, name, getattr(other, name))
    return True


def _is_decided(case: Case, kind: str) -> bool:
    return any(found.kind == kind and found.decided_by_id is not None for found in case.findings)


def _move(session: Session, case: Case, other: Case) -> list[Step]:
    """Whatever refers to the other case comes along, but an act that both have, and conflicts that somebody removed."""
    here = {act.violation_code: act.id for act in case.acts}
    same = {act.id: here[act.violation_code] for act in _acts_alike(other, here)}
    removed = session.scalars(
        select(CaseConflict.id).where(CaseConflict.case_id == other.id, CaseConflict.removed_at.is_not(None))
    )
    steps = [step for act, ours in same.items() for step in turn(session, ACTS, act, ours)]
    steps += turn(session, CASES, other.id, case.id, but={*same, *removed})
    session.flush()
    session.expire(case)
    session.expire(other)
    session.expire_all()
    return steps


def _acts_alike(other: Case, here: dict[str, uuid.UUID]) -> list[Act]:
    """Acts that the case has already; one of which somebody wrote something down comes along all the same."""
    return [act for act in other.acts if act.violation_code in here and not act.is_recorded]


def _one_main_act(case: Case, mains: set[uuid.UUID]) -> list[str]:
    """The main act stays the main one. Gives those that no longer are."""
    second = [act for act in case.acts if act.is_main and mains and act.id not in mains]
    for act in second:
        act.is_main = False
    return [str(act.id) for act in second]


def _close(session: Session, other: Case) -> None:
    other.status, other.closed_as, other.needs_person = CaseStatus.CLOSED, "", ""
    other.assigned_to_id = None
    session.flush()


def _accept_proposals(session: Session, user: User, case: Case, other: Case) -> list[str]:
    """Whoever merges agrees with the machine. Gives the proposals that nobody had decided on."""
    open_ones = [
        found for found in twin_findings(session, case, other) if found.state == FindingState.PROPOSED
    ]
    for found in open_ones:
        found.state, found.decided_by_id, found.decided_at = FindingState.ACCEPTED, user.id, utcnow()
    return [str(found.id) for found in open_ones]


def _say_same_source(session: Session, user: User, case: Case, other: Case) -> None:
    """The oldest report of either: what a twin finding of the kind "again" compares."""
    ours, theirs = (min(each.reports, key=_age, default=None) for each in (case, other))
    if ours is None or theirs is None:
        return
    if session.scalar(select(SameSource.id).where(SameSource.report_id == theirs.id)) is not None:
        return
    session.add(SameSource(report_id=theirs.id, same_as_id=ours.id, said_by_id=user.id))
    detail = {"same_as": str(ours.id)}
    audit.record(
        session, Action.SAME_SOURCE_SAID, f"report:{theirs.id}", actor=f"user:{user.id}", detail=detail
    )


def _age(report: Report) -> tuple[Any, str]:
    return report.received_at, str(report.id)


def _note(session: Session, user: User, case: Case, other: Case, done: CaseMerge) -> None:
    detail = {"from": str(other.id), "to": str(case.id), "merge": str(done.id)}
    revoked = len(done.moved["referrals"]["revoked"])
    for each in (case, other):
        history.write(
            session, user, each, EventKind.CASES_MERGED, detail={**detail, "referrals_revoked": revoked}
        )


def twin_findings(session: Session, case: Case, other: Case) -> list[Finding]:
    """The proposals that the two are about one event, from either side."""
    pairs = ((case.id, other.id), (other.id, case.id))
    return [
        found
        for one, two in pairs
        for found in session.scalars(select(Finding).where(Finding.case_id == one, Finding.kind == "twin"))
        if found.value.get("case_id") == str(two)
    ]
