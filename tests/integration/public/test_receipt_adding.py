"""Coming back to add: text, files, once; and what was sent, on demand and without names."""

from __future__ import annotations

import io
import re
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app import receipts as receipt_codes
from app.database import db, transaction
from app.intake import additions
from app.models import Attachment, AuditEntry, Message, OwedWork, UploadPiece
from app.queue import JobName
from app.settings import Settings
from tests.integration.public.conftest import code_of, form_of, reports, sealed_contents
from tests.integration.public.test_report import outage

ADD = "/receipt/add"
Ask = Callable[[str], uuid.UUID]


@pytest.fixture
def code(send: Callable[..., TestResponse]) -> str:
    """The code of a message that was just sent."""
    return code_of(send().text)


@pytest.fixture
def page(client: FlaskClient, code: str) -> str:
    """What the code opens, in English."""
    return client.post("/receipt", data={"code": code, "lang": "en"}).text


def add(client: FlaskClient, page: str, text: str, *files: bytes) -> TestResponse:
    """Fill in the form, with files of any content."""
    form: dict[str, object] = {**form_of(page, ADD), "text": text}
    form["files"] = [FileStorage(io.BytesIO(content), "taken by Mariam.jpg") for content in files]
    boundary, body = encode_multipart(form)
    return client.post(ADD, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def owed(job: JobName) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(OwedWork.job == job)) or 0


def test_text_is_added_sealed_and_its_reading_is_owed(client: FlaskClient, page: str) -> None:
    answer = add(client, page, "The same men came back.")
    assert "What you added has arrived" in answer.text
    assert "The same men" not in answer.text
    assert sealed_contents()[1:] == [{"text": "The same men came back."}]
    assert owed(JobName.PROCESS_ANSWER) == 1
    assert (
        db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.sequence.desc())) == "report.added_to"
    )


def test_a_second_click_adds_nothing_and_is_thanked_the_same(client: FlaskClient, page: str) -> None:
    for _ in range(2):
        assert "What you added has arrived" in add(client, page, "Again.", b"\xff\xd8 photo").text
    assert len(sealed_contents()) == 2
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1


def test_going_back_and_writing_more_is_not_lost(client: FlaskClient, page: str) -> None:
    add(client, page, "One.")
    add(client, page, "One. Two.")
    assert [each["text"] for each in sealed_contents()[1:]] == ["One.", "One. Two."]


def test_files_alone_are_enough(client: FlaskClient, page: str) -> None:
    assert "What you added has arrived" in add(client, page, "", b"\xff\xd8 photo", b"%PDF-1.7").text
    db.session.rollback()
    attachments = list(db.session.scalars(select(Attachment)))
    assert [each.state for each in attachments] == ["arrived", "arrived"]
    assert {each.message_id for each in attachments} != {None}
    assert owed(JobName.EXAMINE_ATTACHMENT) == 2
    assert all(b"photo" not in piece.sealed for piece in db.session.scalars(select(UploadPiece)))


@pytest.mark.parametrize("text", ["", "  \u200b", "7" * 20_001])
def test_nothing_or_too_much_is_said_beside_the_field_and_kept(
    client: FlaskClient, page: str, text: str
) -> None:
    answer = add(client, page, text)
    assert answer.status_code == 400
    assert 'href="#text"' in answer.text
    assert '<details class="more" open>' in answer.text
    assert form_of(answer.text, ADD)["text"] == text
    assert len(sealed_contents()) == 1


def test_when_half_an_hour_is_over_text_and_files_wait_behind_the_code(
    client: FlaskClient, page: str, code: str
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        late = add(client, page, "More.", b"\xff\xd8 photo")
        assert late.status_code == 400
        reopened = client.post("/receipt", data={**form_of(late.text, "/receipt"), "code": code})
        assert "What you added has arrived" in client.post(ADD, data=form_of(reopened.text, ADD)).text
    assert sealed_contents()[1:] == [{"text": "More."}]
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1


def test_an_outage_keeps_the_text_for_another_try(client: FlaskClient, page: str) -> None:
    with outage("message"):
        failed = add(client, page, "More.")
    assert failed.status_code == 503
    assert "What you added has arrived" in client.post(ADD, data=form_of(failed.text, ADD)).text
    assert len(sealed_contents()) == 2


def test_nothing_can_be_added_to_a_withdrawn_message_but_the_text_is_shown(
    client: FlaskClient, page: str
) -> None:
    client.post("/receipt/withdraw", data={**form_of(page, "/receipt/withdraw"), "confirm": "yes"})
    answer = add(client, page, "More.")
    assert answer.status_code == 400
    assert "More." in answer.text
    assert len(sealed_contents()) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_answer_twice_at_once_is_one_answer(
    app: Flask, settings: Settings, page: str, ask: Ask
) -> None:
    question, report = ask("How many?"), reports()[0].id
    both, said = threading.Barrier(2), []

    def send() -> None:
        with app.app_context():
            both.wait()
            said.append(additions.answer(settings, report, question, "Four.", "one form"))
            db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == [True, True]
    assert len(sealed_contents()) == 2


def test_an_answer_that_lost_the_race_is_thanked_for_as_well(
    client: FlaskClient, settings: Settings, page: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked before either had written: the unique reference refuses the second."""
    question, report = ask("How many?"), reports()[0].id
    assert additions.answer(settings, report, question, "Four.", "one form")
    looks = iter([False, True])
    monkeypatch.setattr(additions, "_is_here", lambda *_: next(looks))
    assert additions.answer(settings, report, question, "Four.", "one form")
    assert len(sealed_contents()) == 2


def test_what_was_sent_is_shown_on_demand_with_names_hidden(client: FlaskClient, page: str, ask: Ask) -> None:
    question = ask("Who saw it?")
    add(client, page, "More.")
    with transaction() as session:
        first = session.scalars(select(Message).where(Message.direction == "in").order_by(Message.created_at))
        message = first.first()
        assert message is not None
        message.anonymised_text, message.answers_message_id = "[PERSONNE-1] saw it.", question
    again = client.post("/receipt", data={**form_of(page, "/receipt"), "lang": "en"}).text
    assert "[PERSONNE-1]" not in again
    shown = client.post("/receipt/given", data=form_of(again, "/receipt/given")).text
    assert "[PERSONNE-1] saw it." in shown
    assert "Who saw it?" in shown
    assert "It is being read. Come back later." in shown
    assert "More." not in shown


def test_what_was_sent_is_not_shown_after_a_withdrawal(client: FlaskClient, page: str) -> None:
    with transaction() as session:
        session.scalars(select(Message)).one().anonymised_text = "An ox."
    client.post("/receipt/withdraw", data={**form_of(page, "/receipt/withdraw"), "confirm": "yes"})
    answer = client.post("/receipt/given", data=form_of(page, "/receipt/given"))
    assert "It is withdrawn" in answer.text
    assert "An ox." not in answer.text


@pytest.mark.parametrize("access", ["", "forged", "7" * 5000])
@pytest.mark.parametrize("address", [ADD, "/receipt/given", "/receipt/sharing", "/receipt/delete"])
def test_without_a_right_of_access_the_code_is_asked_for(
    client: FlaskClient, code: str, address: str, access: str
) -> None:
    form = {"access": access, "confirm": "yes", "text": "More.", "lang": "en"}
    answer = client.post(address, data=form)
    assert answer.status_code == 400
    assert 'name="code"' in answer.text
    assert reports()[0].erased_at is None


def test_right_wrong_and_impossible_codes_cost_the_same_slow_work(
    client: FlaskClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    slow = receipt_codes.hash_secret_raw
    monkeypatch.setattr(receipt_codes, "hash_secret_raw", lambda **given: done.append(1) or slow(**given))
    for typed in (code, "ABCD-EFGH-JKMN", "x", "é" * 12):
        before = len(done)
        client.post("/receipt", data={"code": typed})
        assert len(done) - before == 1, typed


def test_what_the_page_says_fits_any_message(client: FlaskClient, send: Callable[..., TestResponse]) -> None:
    """Two very different messages open the same page, but for its tokens and the moment."""
    pages = []
    for text in ("Twenty oxen.", "A soldier struck my brother in Gao and took his telephone."):
        opened = client.post("/receipt", data={"code": code_of(send(text=text).text), "lang": "en"}).text
        pages.append(re.sub(r'(value|nonce|data-\w+)="[^"]*"|\d\d:\d\d', "", opened))
    assert pages[0] == pages[1]
