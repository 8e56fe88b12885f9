"""From an accepted report to a case: processed once, whatever is repeated, lost or broken on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.database import db, transaction
from app.intake import additions, receipts
from app.intake.service import NewReport, Receipt, submit
from app.models import (
    AuditEntry,
    Case,
    CaseStatus,
    Channel,
    DeliveryState,
    Direction,
    Finding,
    FindingState,
    Message,
    Organisation,
    OrganisationKind,
    OwedWork,
    Referral,
    ReferralState,
    Report,
    ReportState,
    RoutingRule,
)
from app.queue import JobName
from app.settings import Settings
from workers import jobs, processing
from workers.processing import Keys

pytestmark = pytest.mark.slow

TEXT = (
    "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé, appelez 76 12 34 56"
)
Work = Callable[[], None]


def accept(
    settings: Settings, text: str = TEXT, reference: str = "SM1", sender: str = "+22376999999"
) -> Receipt:
    new = NewReport(Channel.SMS, reference, {"text": text, "sender": sender}, utcnow(), gateway="twilio")
    return submit(settings, new)


def only_case() -> Case:
    db.session.rollback()
    return db.session.scalars(select(Case)).one()


def add_rule(name: str, **conditions: object) -> Organisation:
    with transaction() as session:
        organisation = Organisation(id=uuid.uuid4(), name=name, kind=OrganisationKind.CIVIL_SOCIETY)
        organisation.conflict_actors = list(conditions.pop("conflict_actors", []))  # type: ignore[call-overload]
        session.add(organisation)
        session.flush()
        session.add(RoutingRule(name=f"rule of {name}", organisation_id=organisation.id, **conditions))
        return organisation


def test_the_newcomers_message_becomes_an_urgent_case_at_koro(settings: Settings, work: Work) -> None:
    add_rule("Herders", violations=["pillage"])
    add_rule("Everything", minimum_urgency=1)
    add_rule("Elsewhere", region_codes=["ML01"])
    accept(settings)
    work()
    case = only_case()
    assert [act.violation_code for act in case.acts if act.is_main] == ["pillage"]
    assert (case.place_name, case.region_code is not None, case.cercle_code is not None) == (
        "Koro",
        True,
        True,
    )
    assert case.urgency >= 2
    assert "Amadou" not in case.anonymised_text
    assert "76 12" not in case.anonymised_text
    assert "[PERSONNE-1]" in case.anonymised_text
    assert "[TELEPHONE-1]" in case.anonymised_text
    sent = {referral.organisation.name for referral in case.referrals if referral.state == ReferralState.SENT}
    assert sent == {"Herders", "Everything"}


def test_every_finding_points_at_words_that_are_in_the_text(settings: Settings, work: Work) -> None:
    accept(settings)
    work()
    case = only_case()
    assert {finding.kind for finding in case.findings} >= {"violation", "place", "occurred", "urgency"}
    for finding in case.findings:
        assert all(0 <= start < end <= len(case.anonymised_text) for start, end in finding.evidence)
    place = next(finding for finding in case.findings if finding.kind == "place")
    assert case.anonymised_text[slice(*place.evidence[0])] == "Koro"


def test_nothing_identifying_is_stored_in_the_clear(settings: Settings, work: Work) -> None:
    accept(settings)
    work()
    db.session.rollback()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).all():
            for planted in ("Amadou", "Traoré", "76 12 34 56", "76999999", "+223"):
                assert planted not in repr(row), table.name
                assert planted.encode() not in b"".join(v for v in row if isinstance(v, bytes)), table.name


def test_processing_again_gives_the_same_case_and_keeps_what_people_decided(
    settings: Settings, keys: Keys, work: Work
) -> None:
    add_rule("Herders", violations=["pillage"])
    receipt = accept(settings)
    work()
    before = only_case()
    found = {(finding.kind, str(finding.value)) for finding in before.findings}
    with transaction() as session:
        session.execute(update(Finding).where(Finding.kind == "place").values(state=FindingState.ACCEPTED))
    processing.process_report(keys, receipt.report_id)
    after = only_case()
    assert found == {(finding.kind, str(finding.value)) for finding in after.findings}
    assert len(after.referrals) == 1
    assert [act.violation_code for act in after.acts] == [act.violation_code for act in before.acts]
    assert any(finding.state == FindingState.ACCEPTED for finding in after.findings)


def test_a_job_enqueued_twice_is_done_once(settings: Settings, work: Work) -> None:
    accept(settings)
    owed_work = db.session.scalars(select(OwedWork)).one()
    work()
    jobs.process_report(str(owed_work.id))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_what_the_queue_lost_is_enqueued_by_the_sweep(settings: Settings, work: Work) -> None:
    accept(settings)
    redis.Redis.from_url(settings.redis_url).flushall()  # the queue forgets everything
    with transaction() as session:
        session.execute(update(OwedWork).values(available_at=utcnow()))
    jobs.enqueue_owed_work()
    work()
    assert only_case().urgency >= 2


def test_work_that_a_dead_worker_had_claimed_is_done_when_its_claim_runs_out(
    settings: Settings, work: Work
) -> None:
    accept(settings)
    with transaction() as session:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        session.execute(update(OwedWork).values(available_at=long_ago, claimed_until=long_ago, attempts=1))
    jobs.enqueue_owed_work()
    work()
    assert db.session.scalars(select(OwedWork.done_at)).one() is not None


def test_a_failing_anonymiser_gives_the_report_to_a_person_without_text(
    settings: Settings, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError(TEXT)

    monkeypatch.setattr("workers.pipeline.anonymise", broken)
    add_rule("Everything")
    accept(settings)
    work()
    case = only_case()
    assert case.needs_person == "anonymisation_failed"
    assert case.anonymised_text == ""
    assert case.urgency >= 2
    assert case.referrals == []


def test_a_report_sealed_to_another_key_goes_to_a_person(settings: Settings, work: Work) -> None:
    accept(settings)
    with transaction() as session:
        session.execute(update(Message).values(sealed_content=b"\x01" + b"x" * 80))
    work()
    assert only_case().needs_person == "unreadable"


def test_an_uncertain_report_waits_for_a_person_and_is_sent_to_nobody(settings: Settings, work: Work) -> None:
    add_rule("Everything")
    accept(settings, "bonjour, est ce que votre service est gratuit ?")
    work()
    case = only_case()
    assert case.needs_person
    assert {referral.state for referral in case.referrals} <= {ReferralState.PROPOSED}


def test_a_report_that_names_an_organisations_force_is_never_routed_to_it(
    settings: Settings, work: Work
) -> None:
    accept(settings, "les gendarmes ont frappé mon voisin à Kayes hier, il est blessé", "SM9")
    work()
    db.session.rollback()
    actors = [finding.value["code"] for finding in only_case().findings if finding.kind == "actor"]
    assert actors
    add_rule("Accused", conflict_actors=actors)
    add_rule("Neutral")
    accept(settings, "les gendarmes ont frappé un jeune à Kayes hier, il est blessé", "SM10")
    work()
    db.session.rollback()
    names = {referral.organisation.name for referral in db.session.scalars(select(Referral))}
    assert "Accused" not in names


def test_an_sms_that_follows_a_question_is_its_answer(settings: Settings, work: Work) -> None:
    first = accept(settings)
    work()
    ask(first.report_id)
    accept(settings, "c'etait 3 motos, Amadou Traore est a l'hopital", "SM2")
    accept(settings, "ils ont brulé le marché de Gao ce matin", "SM3", sender="+22366111111")
    work()
    db.session.rollback()
    reports = {report.channel_reference: report for report in db.session.scalars(select(Report))}
    assert sorted(report.is_answer for report in reports.values()) == [False, False, True]
    case = db.session.get_one(Case, db.session.get_one(Report, first.report_id).case_id)
    assert "3 motos" in case.anonymised_text
    assert "Amadou" not in case.anonymised_text
    assert case.anonymised_text.count("[PERSONNE-1]") == 2  # the same person keeps the same token
    assert case.status == CaseStatus.IN_PROGRESS
    assert db.session.scalar(select(func.count()).select_from(Case)) == 2


def test_an_answer_on_the_receipt_page_reaches_the_case(settings: Settings, work: Work) -> None:
    receipt = accept(settings)
    work()
    question = ask(receipt.report_id)
    assert additions.answer(
        settings, receipt.report_id, question, "vers 5 heures, chez Seydou Kone", "token-1"
    )
    assert additions.answer(
        settings, receipt.report_id, question, "vers 5 heures, chez Seydou Kone", "token-1"
    )
    work()
    case = only_case()
    assert case.anonymised_text.count("vers 5 heures") == 1
    assert "Seydou" not in case.anonymised_text


def test_a_withdrawn_report_is_not_processed(settings: Settings, work: Work) -> None:
    receipt = accept(settings)
    receipts.withdraw(receipt.report_id)
    work()
    assert db.session.scalars(select(Case)).all() == []
    assert db.session.scalars(select(Report.state)).one() == ReportState.WITHDRAWN


def test_withdrawing_revokes_what_partners_had_not_yet_accepted(settings: Settings, work: Work) -> None:
    add_rule("Herders", violations=["pillage"])
    receipt = accept(settings)
    work()
    receipts.withdraw(receipt.report_id)
    case = only_case()
    assert case.is_withdrawn
    assert [referral.state for referral in case.referrals] == [ReferralState.REVOKED]


def test_jobs_carry_ids_only(settings: Settings, work: Work) -> None:
    accept(settings)
    client = redis.Redis.from_url(settings.redis_url)
    dump = b"".join(client.dump(key) or b"" for key in client.keys("rq:*"))
    for planted in (b"Amadou", b"boeufs", b"76 12", b"76999999"):
        assert planted not in dump


def test_every_job_name_is_a_function_of_the_workers() -> None:
    for name in JobName:
        assert callable(getattr(jobs, name.rpartition(".")[2]))


def test_the_whole_way_is_in_the_audit_chain(settings: Settings, work: Work, app: Flask) -> None:
    accept(settings)
    work()
    db.session.rollback()
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
    assert actions == ["report.received", "case.opened", "report.processed"]


def ask(report_id: uuid.UUID) -> uuid.UUID:
    """Put a question on a report as the desk would."""
    with transaction() as session:
        question = Message(
            id=uuid.uuid4(),
            report_id=report_id,
            direction=Direction.OUTBOUND,
            state=DeliveryState.SENT,
            channel=Channel.SMS,
            text="A quelle heure etait-ce ?",
        )
        session.add(question)
        case = session.get_one(Case, session.get_one(Report, report_id).case_id)
        case.status = CaseStatus.WAITING_FOR_REPORTER
        return question.id
