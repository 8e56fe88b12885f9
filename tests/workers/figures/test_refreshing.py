"""The figures that are kept: whatever happens to cases, what a refresh leaves is what a count from scratch gives."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.clock import utcnow
from app.database import db, transaction
from app.figures.breakdowns import Breakdown
from app.figures.counting import CellKey, Counts, DurationKey, count
from app.figures.durations import Measure
from app.figures.facts import Scope, read
from app.figures.periods import whole
from app.figures.sources import KeptFigures, counted_at
from app.figures.spans import day_of
from app.models import (
    SPAM,
    Act,
    Case,
    CaseEvent,
    CaseStatus,
    FigureCell,
    FigureDuration,
    FigureSpan,
    Finding,
    FindingState,
    Referral,
    ReferralState,
    User,
    Verification,
    VerificationStep,
)
from app.queue import JobName, connection, enqueue
from tests.integration.casework.desk import GENDARMES, PILLAGE, TORTURE, report_case
from workers.figures import refreshing

LONG_AGO = timedelta(days=400)


def kept() -> Counts:
    """What stands in the tables."""
    found = Counts()
    for row in db.session.scalars(select(FigureCell)):
        key = CellKey(Breakdown(row.breakdown), row.span, row.first, row.second, row.verification, row.on_day)
        found.cells[key] = row.count
    for each in db.session.scalars(select(FigureDuration)):
        found.durations[DurationKey(Measure(each.measure), each.span, each.bucket)] = each.count
    db.session.rollback()
    return found


def from_scratch() -> Counts:
    """What all cases say now."""
    now = utcnow()
    found = count(read(db.session(), Scope(), now - 3 * LONG_AGO, now + LONG_AGO))
    db.session.rollback()
    return found


class Desk:
    """Does to cases what the desk, reporters and retention do, in the columns that they change."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.chance = random.Random(7)

    def any_case(self) -> uuid.UUID | None:
        ids = sorted(db.session.scalars(select(Case.id)))
        db.session.rollback()
        return self.chance.choice(ids) if ids else None

    def do(self, act: str) -> None:
        if act in {"new", "old"}:
            self.open(act)
        elif (case_id := self.any_case()) is not None:
            with transaction() as session:
                if act == "erase":
                    self.erase(case_id)
                else:
                    getattr(self, act)(session.get_one(Case, case_id))
                    session.get_one(Case, case_id).updated_at = utcnow()

    def open(self, act: str) -> None:
        at = utcnow() - timedelta(days=self.chance.randint(0, 60), minutes=self.chance.randint(1, 999))
        at -= LONG_AGO if act == "old" else timedelta()
        updated = at if act == "old" else utcnow()
        actor = GENDARMES if self.chance.random() < 0.5 else TORTURE
        report_case(PILLAGE, actor, received_at=at, updated_at=updated, region_code="ML05")

    def erase(self, case_id: uuid.UUID) -> None:
        for table in (Act, Finding, Referral, CaseEvent, VerificationStep):
            db.session.execute(delete(table).where(table.case_id == case_id))
        for report in db.session.get_one(Case, case_id).reports:
            report.case_id = None
        db.session.flush()
        db.session.execute(delete(Case).where(Case.id == case_id))
        db.session.expire_all()

    def close(self, case: Case) -> None:
        case.status = CaseStatus.CLOSED
        self._note(case, "status_changed", {"to": "closed"})

    def close_as_spam(self, case: Case) -> None:
        case.status, case.closed_as = CaseStatus.CLOSED, SPAM

    def reopen(self, case: Case) -> None:
        case.status = CaseStatus.IN_PROGRESS
        self._note(case, "status_changed", {"to": "in_progress"})

    def verify(self, case: Case) -> None:
        before, case.verification = case.verification, Verification.VERIFIED
        step = VerificationStep(
            case_id=case.id, before=before, after="verified", ground="-", by_id=self.user.id
        )
        db.session.add(step)

    def merge(self, case: Case) -> None:
        case.merged_into_id = None if case.merged_into_id else uuid.uuid4()

    def withdraw(self, case: Case) -> None:
        case.is_withdrawn = True

    def correct(self, case: Case) -> None:
        for finding in case.findings:
            finding.state = self.chance.choice(list(FindingState))
            finding.corrected_value = (
                {"code": "army", "category": "state"} if finding.kind == "actor" else None
            )
            finding.decided_at = utcnow()
        for act in case.acts:
            act.removed_at = utcnow()

    def refer(self, case: Case) -> None:
        if case.referrals:
            case.referrals[0].state, case.referrals[0].decided_at = ReferralState.DONE, utcnow()
            return
        now, home = utcnow(), self.user.organisation_id
        case.referrals.append(Referral(organisation_id=home, state="sent", deadline_at=now, created_at=now))

    def _note(self, case: Case, kind: str, detail: dict[str, str]) -> None:
        db.session.add(CaseEvent(case_id=case.id, user_id=self.user.id, kind=kind, detail=detail))


ACTS = (
    *("new", "new", "old", "close", "close_as_spam", "reopen", "verify"),
    *("merge", "withdraw", "correct", "refer", "erase"),
)


def test_refreshing_gives_what_counting_from_scratch_gives(
    app: Flask, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "IN_TURN", 0)  # what is counted again in turn would hide what was missed
    desk = Desk(make_user())

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=8), min_size=1, max_size=3))
    def whatever_happens(rounds: list[list[str]]) -> None:
        for acts in rounds:
            for act in acts if "erase" not in acts else (each for each in acts if each != "old"):
                desk.do(act)
            refreshing.refresh()
            assert kept() == from_scratch()

    for act in ("new", "new", "new", "old"):
        desk.do(act)
    whatever_happens()
    desk.do("new")  # there is something to count, whatever was erased
    refreshing.refresh()
    before = kept()
    refreshing.rebuild()
    assert kept() == before
    assert before.cells
    assert db.session.scalar(select(FigureSpan.counted_at).limit(1)) is not None
    day = day_of(utcnow())
    sums = KeptFigures(db.session()).sums(Breakdown.CHANNEL, (), whole(day - 3 * LONG_AGO, day))
    counted = [case for case in db.session.scalars(select(Case)) if is_counted(case)]
    assert sums.get((), 0) == len(counted)


def is_counted(case: Case) -> bool:
    """Said apart from the program's own condition."""
    return not case.merged_into_id and not case.is_withdrawn and case.closed_as != "spam"


def test_what_nothing_told_of_is_counted_again_in_turn(
    app: Flask, make_case: Callable[..., Case], work: Callable[[], None]
) -> None:
    case = make_case(received_at=utcnow() - LONG_AGO, updated_at=utcnow() - LONG_AGO, language="fra")

    def ask() -> None:
        enqueue(connection(app.extensions["seere_settings"].redis_url), JobName.REFRESH_FIGURES)

    ask()
    work()
    assert counted_at(db.session()) is not None
    with transaction() as session:
        session.get_one(Case, case.id).language = "bam"
        session.get_one(Case, case.id).updated_at = utcnow() - LONG_AGO
    ask()
    work()
    languages = {key.first for key in kept().cells if key.breakdown is Breakdown.LANGUAGE}
    assert languages == {"bam"}
