"""Deleting what can be deleted: what goes, what stays, and that nothing comes back."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import Base, db, transaction
from app.intake import erasing, uploads
from app.models import (
    Arrival,
    Attachment,
    AuditEntry,
    Case,
    CaseEvent,
    Contact,
    Conversation,
    Draft,
    Finding,
    Likeness,
    MaskCorrection,
    Message,
    Opening,
    OwedWork,
    Report,
    ReportState,
    Upload,
    UploadPiece,
)
from app.settings import Settings
from tests.integration.public.conftest import code_of, form_of, reports
from tests.integration.public.test_receipt_adding import add

ERASE = "/receipt/delete"
Ask = Callable[[str], uuid.UUID]


@pytest.fixture
def code(send: Callable[..., TestResponse]) -> str:
    """The code of a message that was just sent."""
    return code_of(send().text)


def opened(client: FlaskClient, code: str) -> str:
    return client.post("/receipt", data={"code": code, "lang": "en"}).text


def erase(client: FlaskClient, page: str) -> TestResponse:
    """Press "Delete…" and then "Yes"."""
    asked = client.post(ERASE, data=form_of(page, ERASE))
    return client.post(ERASE, data=form_of(asked.text, ERASE))


def count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def understood(report: Report, number: int = 1, **columns: object) -> Case:
    """What a worker would have made of a report: a case, its text, a finding and a key to find it again."""
    with transaction() as session:
        report = session.get_one(Report, report.id)
        case = session.scalar(select(Case).where(Case.number == number)) or Case(
            id=uuid.uuid4(), number=number, channel="web", received_at=report.received_at, **columns
        )
        session.add(case)
        session.flush()
        report.case_id, report.state = case.id, ReportState.PROCESSED
        for message in report.messages:
            if message.direction == "in":
                message.anonymised_text, message.sealed_tokens = f"Text of {report.id}", b"sealed"
                message.answers = {"who": ["soldiers"]}
                _conclude(message, case)
        session.flush()
        case.anonymised_text = case.search_text = f"Text of {report.id}"
        return case


def _conclude(message: Message, case: Case) -> None:
    session = db.session()
    session.add(Finding(case_id=case.id, message_id=message.id, kind="place", value={}, confidence=1.0))
    session.add(Likeness(case_id=case.id, message_id=message.id, kind="text", key=b"\x01" * 32))


def test_deleting_says_what_goes_and_what_stays_and_asks_once(client: FlaskClient, code: str) -> None:
    asked = client.post(ERASE, data=form_of(opened(client, code), ERASE))
    assert "Delete your message?" in asked.text
    assert "What an organisation has already received" in asked.text
    assert reports()[0].erased_at is None
    assert reports()[0].messages[0].sealed_content is not None


def test_nothing_that_was_given_is_left_and_the_code_says_so(
    client: FlaskClient, code: str, ask: Ask
) -> None:
    ask("Does your brother Moussa still hide?")
    page = opened(client, code)
    add(client, page, "He does.", b"\xff\xd8 photo", b"%PDF")
    understood(reports()[0])
    done = erase(client, opened(client, code))
    assert "It is deleted" in done.text
    for message in reports()[0].messages:
        kept = (message.sealed_content, message.sealed_tokens, message.anonymised_text, message.answers)
        assert [*kept, message.text] == [None] * 5
    for table in (Finding, Likeness, Attachment, Upload, UploadPiece):
        assert count(table) == 0, table
    again = opened(client, code)
    assert "It is deleted" in again
    assert ERASE not in again


def test_what_stays_is_the_case_for_the_figures_and_the_record(client: FlaskClient, code: str) -> None:
    case = understood(reports()[0], region_code="ML05", place_name="Banamba", latitude=13.5, longitude=-7.4)
    erase(client, opened(client, code))
    db.session.rollback()
    left = db.session.get_one(Case, case.id, populate_existing=True)
    assert (left.anonymised_text, left.search_text, left.place_name, left.latitude) == ("", "", None, None)
    assert (left.region_code, left.is_withdrawn) == ("ML05", True)
    assert [event.kind for event in left.events] == ["report_withdrawn", "report_erased"]
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))
    assert actions[-2:] == ["report.withdrawn", "report.erased"]


def test_what_others_wrote_about_the_same_stays(
    client: FlaskClient, code: str, send: Callable[..., TestResponse]
) -> None:
    mine = reports()[0]
    send(text="I saw it too.")
    other = next(report for report in reports() if report.id != mine.id)
    understood(mine, place_name="Banamba")
    case = understood(other)
    erase(client, opened(client, code))
    db.session.rollback()
    left = db.session.get_one(Case, case.id, populate_existing=True)
    assert left.anonymised_text == f"Text of {other.id}"
    assert (left.place_name, left.is_withdrawn) == ("Banamba", False)
    assert count(Finding) == 1


def test_deleting_twice_is_harmless_and_on_record_once(client: FlaskClient, code: str) -> None:
    form = {**form_of(opened(client, code), ERASE), "confirm": "yes"}
    for _ in range(2):
        assert "It is deleted" in client.post(ERASE, data=form).text
    erased = select(func.count()).where(AuditEntry.action == "report.erased")
    assert db.session.scalar(erased) == 1


def test_what_was_withdrawn_can_still_be_deleted(client: FlaskClient, code: str) -> None:
    client.post(
        "/receipt/withdraw",
        data={**form_of(opened(client, code), "/receipt/withdraw"), "confirm": "yes"},
    )
    assert "It is deleted" in erase(client, opened(client, code)).text
    assert reports()[0].messages[0].sealed_content is None


def test_nothing_is_left_to_do_and_what_a_colleague_had_open_closes(
    client: FlaskClient, code: str, make_user: Callable[..., object]
) -> None:
    user, message = make_user(), reports()[0].messages[0]
    with transaction() as session:
        session.add(
            Opening(
                user_id=user.id,  # type: ignore[attr-defined]
                subject="message",
                subject_id=message.id,
                reason="to understand",
                public_key=bytes(32),
                expires_at=utcnow(),
                sealed_answer=b"what was written",
            )
        )
        session.add(
            MaskCorrection(
                message_id=message.id,
                change="added",
                token="[PERSONNE-1]",
                state="done",
                sealed_words=b"sealed",
                made_by_id=user.id,  # type: ignore[attr-defined]
            )
        )
    erase(client, opened(client, code))
    db.session.rollback()
    assert db.session.scalars(select(Opening)).one().sealed_answer is None
    assert count(MaskCorrection) == 0
    assert all(work.done_at is not None for work in db.session.scalars(select(OwedWork)))


def test_a_file_still_on_its_way_is_taken_no_further(
    client: FlaskClient, code: str, settings: Settings
) -> None:
    begun = uploads.begin(settings, 10)
    page = opened(client, code)
    form = {**form_of(page, "/receipt/add"), "text": "", "file": begun.token}
    client.post("/receipt/add", data=form)
    assert count(Attachment) == 1
    erase(client, opened(client, code))
    assert count(Upload) == 0
    with pytest.raises(uploads.UploadRefused, match="unknown"):
        uploads.append(settings, begun.token, 0, io.BytesIO(b"x" * 10))


def by_phone(report: Report, **columns: object) -> uuid.UUID:
    """Have a report come from a phone, with its arrival and the talk about it."""
    with transaction() as session:
        contact = Contact(id=uuid.uuid4(), digest=report.id.bytes * 2, sealed_address=b"number", **columns)
        session.add(contact)
        session.flush()
        session.get_one(Report, report.id).contact_id = contact.id
        session.add(Conversation(contact_id=contact.id, report_id=report.id, state="open"))
        session.add(
            Arrival(
                gateway="twilio",
                kind="text",
                reference=report.id.bytes * 2,
                received_at=utcnow(),
                sealed_content=b"sender and text",
                contact_id=contact.id,
                message_id=report.messages[0].id,
                text_digest=bytes(32),
            )
        )
        return contact.id


def test_the_phone_and_what_arrived_from_it_are_forgotten(app: Flask, code: str) -> None:
    report = reports()[0]
    by_phone(report)
    assert erasing.erase_report(report.id)
    db.session.rollback()
    assert (count(Contact), count(Conversation)) == (0, 0)
    arrival = db.session.scalars(select(Arrival)).one()
    assert (arrival.sealed_content, arrival.contact_id, arrival.text_digest) == (b"", None, None)


@pytest.mark.parametrize("wish", [{"stopped_at": utcnow()}, {"is_never_written": True}])
def test_a_phone_that_asked_for_silence_stays_known_without_its_number(
    app: Flask, code: str, wish: dict[str, object]
) -> None:
    report = reports()[0]
    by_phone(report, **wish)
    erasing.erase_report(report.id)
    db.session.rollback()
    contact = db.session.scalars(select(Contact)).one()
    assert contact.sealed_address == b""
    assert reports()[0].contact_id is None


def test_a_phone_from_which_another_message_came_stays(
    app: Flask, code: str, send: Callable[..., TestResponse]
) -> None:
    report = reports()[0]
    contact = by_phone(report)
    send(text="Another.")
    with transaction() as session:
        other = session.scalars(select(Report).where(Report.id != report.id)).one()
        other.contact_id = contact
    erasing.erase_report(report.id)
    db.session.rollback()
    assert db.session.scalars(select(Contact)).one().sealed_address == b"number"


def test_pages_still_being_filled_in_are_forgotten_too(app: Flask, code: str) -> None:
    report = reports()[0]
    with transaction() as session:
        session.add(
            Draft(report_id=report.id, token_digest=bytes(32), encrypted_answers=b"x", expires_at=utcnow())
        )
    erasing.erase_report(report.id)
    assert count(Draft) == 0
    assert count(CaseEvent) == 0
