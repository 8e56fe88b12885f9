"""The demonstration after real workers read it: spread over the country, followed up, and the same a second time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit import verify
from app.clock import utcnow
from app.database import Base, db, transaction
from app.demonstration import loader
from app.intake.service import NewReport, submit
from app.models import (
    Act,
    Case,
    CaseEvent,
    CaseStatus,
    Channel,
    Message,
    OwedWork,
    Referral,
    ReferralState,
    Report,
    ReportState,
    Verification,
)
from app.queue import QUEUE_OF, JobName, connection, queue
from app.reference.geography import region, regions
from app.sealing import key_id
from app.settings import Settings
from tests.conftest import INTAKE_KEY
from workers import processing
from workers.processing import Keys
from workers.settings import WorkerSettings

NEWCOMER = (
    "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé, appelez 76 12 34 56"
)
pytestmark = pytest.mark.slow


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration is on."""
    return replace(settings, demonstration=True)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """What a worker holds."""
    private = {key_id(bytes(INTAKE_KEY.public_key)): INTAKE_KEY}
    return Keys(settings, WorkerSettings(private_keys=private, pseudonym_key=b"3" * 32))


@pytest.fixture
def loaded(app: Flask, settings: Settings, keys: Keys) -> None:
    """A whole load, with the workers' part done in between as two worker runs would."""
    load(settings)
    work(keys)
    load(settings)
    work(keys)
    load(settings)
    db.session.remove()


def load(settings: Settings) -> loader.LoadResult:
    return loader.load(settings, progress=lambda *_: None, wait_seconds=0)


def work(keys: Keys) -> None:
    """Read what is owed to be read; sending isn't this test's concern."""
    jobs = {
        JobName.PROCESS_REPORT: processing.process_report,
        JobName.PROCESS_ANSWER: processing.process_answer,
    }
    with transaction() as session:
        owed = session.scalars(select(OwedWork).where(OwedWork.done_at.is_(None))).all()
    for each in owed:
        if do := jobs.get(JobName(each.job)):
            do(keys, each.subject_id)
        with transaction() as session:
            session.get_one(OwedWork, each.id).done_at = utcnow()


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    db.session.rollback()
    return {
        table.name: sorted(repr(tuple(row)) for row in db.session.execute(table.select()))
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.usefixtures("loaded")
def test_the_demonstration_is_worth_looking_at_and_loading_it_again_changes_nothing(
    app: Flask, settings: Settings, keys: Keys
) -> None:
    before = everything()
    assert load(settings).is_complete
    assert everything() == before
    cases = db.session.scalars(select(Case)).all()
    _is_spread_over_the_country(cases)
    _shows_every_state(cases)
    _tells_a_plausible_history()
    _keeps_what_was_withdrawn_away()
    assert list(verify(db.session())) == []
    assert str(JobName.REFRESH_FIGURES) in _asked_of_workers(settings)
    _routes_the_newcomers_text_to_two_organisations(settings, keys)


def _asked_of_workers(settings: Settings) -> set[str]:
    waiting = queue(QUEUE_OF[JobName.REFRESH_FIGURES], connection(settings.redis_url)).jobs
    return {str(job.func_name) for job in waiting}


def _is_spread_over_the_country(cases: Sequence[Case]) -> None:
    assert {case.region_code for case in cases} >= {each.code for each in regions()}
    codes = set(db.session.scalars(select(Act.violation_code)))
    assert len(codes) >= 18


def _shows_every_state(cases: Sequence[Case]) -> None:
    assert {case.status for case in cases} == set(CaseStatus)
    found = [case.verification for case in cases]
    assert found.count(Verification.VERIFIED) >= 8
    assert {Verification.PENDING, Verification.NOT_SUBSTANTIATED} <= set(found)
    states = set(db.session.scalars(select(Referral.state)))
    assert states >= {ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.DONE}


def _tells_a_plausible_history() -> None:
    """Nothing happens before its report, in the future, or (but for the newest) all at the moment of the load."""
    now = utcnow()
    for case in db.session.scalars(select(Case)):
        assert all(case.received_at <= event.at <= now for event in case.events), case.reference
        assert case.verified_at is None or case.received_at < case.verified_at < now
        assert abs((case.updated_at - max(event.at for event in case.events)).total_seconds()) < 90
        assert all(
            case.received_at <= referral.created_at <= referral.deadline_at for referral in case.referrals
        )
    answers = db.session.scalars(select(Message).where(Message.answers_message_id.is_not(None))).all()
    assert len(answers) >= 3
    for answer in answers:
        asked = db.session.get_one(Message, answer.answers_message_id)
        assert asked.created_at < answer.created_at <= now
        assert answer.anonymised_text


def _keeps_what_was_withdrawn_away() -> None:
    withdrawn = db.session.scalars(select(Report).where(Report.state == ReportState.WITHDRAWN)).one()
    assert db.session.get_one(Case, withdrawn.case_id).is_withdrawn
    events = db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "report_withdrawn")).all()
    assert [event.case_id for event in events] == [withdrawn.case_id]


def _routes_the_newcomers_text_to_two_organisations(settings: Settings, keys: Keys) -> None:
    content = {"text": NEWCOMER, "sender": "+22376543210"}
    receipt = submit(settings, NewReport(Channel.SMS, str(uuid.uuid4()), content, utcnow()))
    processing.process_report(keys, receipt.report_id)
    db.session.rollback()
    case = db.session.get_one(Case, db.session.get_one(Report, receipt.report_id).case_id)
    bandiagara = region("Bandiagara")
    assert bandiagara is not None
    assert case.region_code == bandiagara.code
    assert {referral.organisation.acronym for referral in case.referrals} == {"CNDH", "Plateau-Delta"}
    assert "Traoré" not in case.anonymised_text
    assert "76 12" not in case.anonymised_text
