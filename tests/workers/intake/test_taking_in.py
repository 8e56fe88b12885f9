"""A text becomes a report, once; what follows is added to it; after NEW or two days it is another."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.database import db, transaction
from app.intake.arrivals import Recording, UssdText
from app.intake.gateways.protocol import IncomingText, MediaReference, MissedCall, Part
from app.models import (
    Arrival,
    ArrivalOutcome,
    Attachment,
    AuditEntry,
    CallbackRequest,
    Case,
    Channel,
    Contact,
    Conversation,
    DeliveryState,
    Direction,
    Message,
    MessagePurpose,
    OwedWork,
    Report,
    ReportState,
)
from app.queue import JobName
from app.receipts import derived_code, receipt_hash
from tests.workers.intake.conftest import KORO, SENDER, Phone, arrival
from workers.opening import open_sealed
from workers.processing import Keys

Answers = Callable[[], list[str]]
TextOf = Callable[[uuid.UUID | None], str]


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def jobs() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(OwedWork.job)))


def only_report() -> Report:
    db.session.rollback()
    return db.session.scalars(select(Report)).one()


def test_a_text_becomes_a_report_with_the_code_that_its_arrival_gives(phone: Phone, answers: Answers) -> None:
    taken = phone.write(KORO)
    report = only_report()
    settings = phone.keys.settings
    code = derived_code(settings.lookup_key, taken.reference.hex())
    assert taken.outcome == ArrivalOutcome.REPORT_OPENED
    assert bytes(report.receipt_hash) == receipt_hash(settings.lookup_key, code)
    assert (report.gateway, report.received_at) == ("twilio", taken.received_at)
    assert jobs() == [JobName.PROCESS_REPORT]
    assert answers() == ["received"]
    said = db.session.scalars(select(Message).where(Message.template == "received")).one()
    assert (said.report_id, said.contact_id, said.language, said.gateway) == (
        report.id,
        report.contact_id,
        "fr",
        "twilio",
    )


def test_taking_in_again_does_nothing_twice(phone: Phone, answers: Answers) -> None:
    taken = phone.write(KORO)
    assert phone.take_in(taken.id) is None
    assert (count(Report), count(Message), answers()) == (1, 2, ["received"])


def test_an_arrival_that_is_gone_is_nobodys_work(phone: Phone) -> None:
    assert phone.take_in(uuid.uuid4()) is None


def test_what_follows_is_added_and_said_so_once_an_hour(
    phone: Phone, answers: Answers, text_of: TextOf
) -> None:
    phone.write(KORO)
    added = phone.later(hours=2).write("ils avaient des motos")
    phone.later(minutes=20).write("et aussi un pick-up blanc")
    phone.later(minutes=50).write("le chef parlait tamasheq")
    assert added.outcome == ArrivalOutcome.ADDED
    assert text_of(added.message_id) == "ils avaient des motos"
    assert count(Report) == 1
    assert answers() == ["received", "added", "added"]
    assert jobs() == [JobName.PROCESS_ANSWER] * 3 + [JobName.PROCESS_REPORT]


@pytest.mark.parametrize("word", ["NOUVEAU", "new", "nouvau", "kura"])
def test_after_new_the_next_text_is_another_report(phone: Phone, answers: Answers, word: str) -> None:
    phone.write(KORO)
    phone.later(minutes=30).write(word)
    phone.later(minutes=30).write("le marché de Gao a brulé ce matin")
    assert count(Report) == 2
    assert answers() == ["received", "new_started", "received"]


def test_new_with_the_text_after_it_is_another_report_at_once(phone: Phone, text_of: TextOf) -> None:
    phone.write(KORO)
    taken = phone.later(hours=1).write(
        "NOUVEAU: le marché de Gao a brulé ce matin, trois boutiques sont perdues"
    )
    assert taken.outcome == ArrivalOutcome.REPORT_OPENED
    assert "le marché de Gao" in text_of(taken.message_id)


def test_after_two_days_of_silence_it_is_another_report(phone: Phone) -> None:
    phone.write(KORO)
    assert phone.later(hours=47).write("encore eux").outcome == ArrivalOutcome.ADDED
    assert phone.later(hours=47).write("toujours eux").outcome == ArrivalOutcome.ADDED
    assert phone.later(hours=49).write("ils reviennent").outcome == ArrivalOutcome.REPORT_OPENED


def test_a_withdrawn_report_is_not_added_to(phone: Phone) -> None:
    phone.write(KORO)
    with transaction() as session:
        session.execute(update(Report).values(state=ReportState.WITHDRAWN))
    assert phone.later(hours=1).write("encore eux").outcome == ArrivalOutcome.REPORT_OPENED


def test_an_answer_to_a_colleague_goes_to_the_report_of_the_question(phone: Phone, answers: Answers) -> None:
    first = phone.write(KORO)
    question = ask(phone, only_report())
    taken = phone.later(hours=60).write("vers 17 heures")
    db.session.rollback()
    message = db.session.get_one(Message, taken.message_id)
    assert message.answers_message_id == question
    assert message.report_id == db.session.get_one(Message, first.message_id).report_id
    assert answers()[-1] == "colleague_follows"


def test_new_after_a_question_does_not_answer_it(phone: Phone) -> None:
    phone.write(KORO)
    ask(phone, only_report())
    phone.later(minutes=10).write("NEW")
    assert phone.later(minutes=11).write("le marché a brulé").outcome == ArrivalOutcome.REPORT_OPENED


def test_the_number_and_the_words_are_nowhere_in_the_clear(phone: Phone) -> None:
    phone.write(KORO + " appelez Amadou")
    phone.later(minutes=1).write("STATUS ABCD-EFGH-JKM1")
    db.session.rollback()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).all():
            held = b"".join(value for value in row if isinstance(value, bytes))
            for planted in ("Amadou", "boeufs", "76123456", "ABCD-EFGH"):
                assert planted not in repr(row), table.name
                assert planted.encode() not in held, table.name


def test_the_same_phone_written_otherwise_is_one_contact(phone: Phone) -> None:
    for number in ("+223 76 12 34 56", "76123456", "0022376123456", SENDER):
        phone.number = number
        phone.later(minutes=30).write(f"encore {number[:4]}")
    assert (count(Contact), count(Conversation), count(Report)) == (1, 1, 1)


def test_two_phones_have_reports_of_their_own(phone: Phone, other_phone: Phone) -> None:
    phone.write(KORO)
    other_phone.write(KORO)
    assert (count(Contact), count(Report)) == (2, 2)


def test_an_empty_text_is_answered_and_not_kept(phone: Phone, answers: Answers) -> None:
    assert phone.write(" \u200b\n ").outcome == ArrivalOutcome.EMPTY
    assert (count(Report), answers()) == (0, ["empty"])


def test_files_wait_to_be_fetched_and_are_a_report_without_any_text(phone: Phone) -> None:
    taken = phone.write("", media=(MediaReference("https://example.org/secret-7", "image/jpeg"),))
    attachment = db.session.scalars(select(Attachment)).one()
    assert taken.outcome == ArrivalOutcome.REPORT_OPENED
    assert (attachment.message_id, attachment.gateway) == (taken.message_id, "twilio")
    assert b"secret-7" not in attachment.sealed_source
    assert open_sealed(phone.keys.workers, attachment.sealed_source)["url"] == "https://example.org/secret-7"
    assert jobs() == [JobName.FETCH_ATTACHMENT, JobName.PROCESS_REPORT]


def test_what_nobody_can_decode_is_kept_as_bytes_before_a_person(phone: Phone, answers: Answers) -> None:
    taken = phone.write("", raw=b"\x99\x01\x02", encoding="of-another-world")
    message = db.session.get_one(Message, taken.message_id)
    assert taken.outcome == ArrivalOutcome.UNDECODABLE
    assert open_sealed(phone.keys.workers, message.sealed_content)["raw"] == "mQEC"
    case = db.session.scalars(select(Case)).one()
    assert (case.needs_person, case.anonymised_text, case.urgency) == ("undecodable", "", 2)
    assert answers() == ["received"]


def test_what_is_sealed_to_another_key_is_kept_before_a_person(phone: Phone, answers: Answers) -> None:
    arrival_id = phone.store(IncomingText("x", SENDER, KORO))
    with transaction() as session:
        session.execute(update(Arrival).values(sealed_content=b"\x01" + b"y" * 90))
    phone.take_in(arrival_id)
    phone.take_in(arrival_id)
    assert arrival(arrival_id).outcome == ArrivalOutcome.UNREADABLE
    assert db.session.scalars(select(Case.needs_person)).all() == ["unreadable"]
    assert answers() == []


def test_a_message_known_from_before_there_were_arrivals_stays_one_report(
    phone: Phone, answers: Answers
) -> None:
    first = phone.write(KORO)
    with transaction() as session:
        session.execute(update(Message).values(channel_reference=None))
        session.execute(
            update(Arrival)
            .where(Arrival.id == first.id)
            .values(outcome=ArrivalOutcome.WAITING, message_id=None)
        )
    phone.take_in(first.id)
    assert (count(Report), answers()) == (1, ["received"])


def test_ussd_has_its_own_code_and_no_text_back(phone: Phone, answers: Answers) -> None:
    phone.write(KORO)
    taken = phone.later(hours=1).hand_over(UssdText("session-1", SENDER, "le marché a brulé"))
    assert taken.outcome == ArrivalOutcome.REPORT_OPENED
    assert count(Report) == 2
    assert answers() == ["received"]


def test_a_recording_waits_for_somebody_to_type_it(phone: Phone, answers: Answers) -> None:
    taken = phone.hand_over(Recording("RE1", SENDER, "https://example.org/recording", "bm"))
    report = only_report()
    case = db.session.get_one(Case, report.case_id)
    assert (report.channel, report.state) == (Channel.VOICE, ReportState.NEEDS_PERSON)
    assert (case.needs_person, case.urgency, case.channel) == ("recording_to_type", 2, Channel.VOICE)
    assert taken.outcome == ArrivalOutcome.REPORT_OPENED
    assert jobs() == [JobName.FETCH_ATTACHMENT]
    assert answers() == []


def test_missed_calls_are_one_open_request_to_be_called_back(phone: Phone, answers: Answers) -> None:
    for number in range(3):
        phone.later(minutes=1).hand_over(MissedCall(f"call-{number}", SENDER))
    request = db.session.scalars(select(CallbackRequest)).one()
    assert (request.times, request.last_rang_at) == (3, phone.moment)
    with transaction() as session:
        session.execute(update(CallbackRequest).values(done_at=phone.moment))
    phone.later(hours=1).hand_over(MissedCall("call-9", SENDER))
    assert count(CallbackRequest) == 2
    assert answers() == []


def test_every_change_is_on_record_without_a_word_of_it(phone: Phone) -> None:
    phone.write(KORO)
    phone.later(minutes=1).write(KORO)
    phone.later(minutes=1).write("STOP")
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
    assert [entry.action for entry in entries] == ["report.received", "message.repeated", "contact.stopped"]


@pytest.mark.slow
def test_eight_workers_with_a_phones_messages_at_once_make_one_report(app: Flask, keys: Keys) -> None:
    phone = Phone(keys)
    arrivals = [phone.later(seconds=1).store(IncomingText(f"s{n}", SENDER, f"texte {n}")) for n in range(8)]

    def work(arrival_id: uuid.UUID) -> None:
        with app.app_context():
            phone.take_in(arrival_id)
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [*arrivals, *arrivals]))
    assert (count(Contact), count(Conversation), count(Report)) == (1, 1, 1)
    inbound = select(func.count()).select_from(Message).where(Message.direction == Direction.INBOUND)
    assert db.session.scalar(inbound) == 8
    outcomes = sorted(db.session.scalars(select(Arrival.outcome)))
    assert outcomes == [ArrivalOutcome.ADDED] * 7 + [ArrivalOutcome.REPORT_OPENED]


@pytest.mark.slow
def test_parts_that_workers_take_in_at_once_are_one_message(app: Flask, keys: Keys, text_of: TextOf) -> None:
    phone = Phone(keys)
    texts = ["des hommes armés ", "ont pris 20 boeufs ", "à Koro"]
    arrivals = [
        phone.store(IncomingText(f"p{number}", SENDER, text, part=Part("9", number, 3)))
        for number, text in enumerate(texts, 1)
    ]

    def work(arrival_id: uuid.UUID) -> None:
        with app.app_context():
            phone.take_in(arrival_id)
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, arrivals * 2))
    message = db.session.scalars(select(Message).where(Message.direction == Direction.INBOUND)).one()
    assert text_of(message.id) == "".join(texts)


def test_a_worker_that_dies_half_way_leaves_nothing_behind(
    phone: Phone, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: object, **_named: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("workers.intake.turn.queue_text", dies)  # the last thing that is done
        with pytest.raises(MemoryError):
            phone.write(KORO)
    assert (count(Report), count(Message), count(AuditEntry), jobs()) == (0, 0, 0, [])
    phone.take_in(db.session.scalars(select(Arrival.id)).one())
    assert (count(Report), answers()) == (1, ["received"])


def ask(phone: Phone, report: Report) -> uuid.UUID:
    """A question of a colleague's that went out to the phone."""
    with transaction() as session:
        question = Message(
            id=uuid.uuid4(),
            report_id=report.id,
            contact_id=report.contact_id,
            direction=Direction.OUTBOUND,
            state=DeliveryState.SENT,
            channel=Channel.SMS,
            purpose=MessagePurpose.QUESTION,
            text="A quelle heure etait-ce ?",
            created_at=phone.later(minutes=5).moment,
        )
        session.add(question)
        return question.id
