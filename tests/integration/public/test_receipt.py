"""Coming back with a code: neutral words, questions, answers, withdrawal; nothing in addresses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import db
from app.limits import REPORTS, WRONG_CODES
from app.models import Message, ReportState
from tests.integration.public.conftest import code_of, form_of, reports, sealed_contents
from tests.integration.public.test_report import outage

QUESTION = "Is anybody still in danger?"
Ask = Callable[[str], uuid.UUID]


@pytest.fixture
def code(send: Callable[..., TestResponse]) -> str:
    """The code of a message that was just sent."""
    return code_of(send().text)


@pytest.fixture
def come_back(client: FlaskClient, code: str) -> Callable[[], str]:
    """Type the code and read the page."""

    def read() -> str:
        answer = client.post("/receipt", data={"code": code, "lang": "en"})
        assert answer.status_code == 200
        return answer.text

    return read


ComeBack = Callable[[], str]


def answered(client: FlaskClient, page: str, text: str) -> TestResponse:
    """Send an answer through the page's form."""
    return client.post("/receipt/answer", data={**form_of(page, "/receipt/answer"), "answer": text})


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: "-".join([code[:4], code[4:8], code[8:]]),
        lambda code: f"  {code[:6]} {code[6:]}\n",
    ],
)
def test_a_code_is_read_however_it_is_typed(
    client: FlaskClient, code: str, typed: Callable[[str], str]
) -> None:
    answer = client.post("/receipt", data={"code": typed(code), "lang": "en"})
    assert "It has arrived and will be read" in answer.text


def test_signs_that_look_alike_are_taken_for_each_other(client: FlaskClient, code: str) -> None:
    confused = code.replace("0", "O").replace("1", "l")
    assert client.post("/receipt", data={"code": confused}).status_code == 200


@pytest.mark.parametrize("wrong", ["ABCD-EFGH-JKMN", "x", "7" * 100_000, "\x00", "é" * 12, "\ud800"])
def test_a_wrong_code_says_so_and_tells_nothing(client: FlaskClient, code: str, wrong: str) -> None:
    raw = b"lang=en&code=" + wrong.encode("utf-8", "surrogatepass").replace(b"\x00", b"%00")
    answer = client.post("/receipt", data=raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "/receipt/answer" not in answer.text


def test_an_empty_code_is_asked_for(client: FlaskClient) -> None:
    answer = client.post("/receipt", data={"lang": "en"})
    assert answer.status_code == 400
    assert 'href="#code"' in answer.text


def test_guessing_is_stopped_even_with_the_right_code(app: Flask, client: FlaskClient, code: str) -> None:
    for _ in range(WRONG_CODES.amount):
        assert client.post("/receipt", data={"code": "ABCD-EFGH-JKMN"}).status_code == 400
    assert client.post("/receipt", data={"code": "ABCD-EFGH-JKMN"}).status_code == 429
    assert client.post("/receipt", data={"code": code}).status_code == 429


def test_right_codes_are_not_counted_as_guesses(client: FlaskClient, code: str) -> None:
    for _ in range(WRONG_CODES.amount + 1):
        assert client.post("/receipt", data={"code": code}).status_code == 200


def test_a_question_can_be_read_and_answered_once(client: FlaskClient, come_back: ComeBack, ask: Ask) -> None:
    question = ask(QUESTION)
    page = come_back()
    assert QUESTION in page
    db.session.rollback()
    assert db.session.get_one(Message, question).read_at is not None
    first, second = answered(client, page, "Two families."), answered(client, page, "Two families.")
    assert "Your answer has arrived" in first.text
    assert "Your answer has arrived" in second.text
    assert sealed_contents()[1:] == [{"text": "Two families."}]
    assert "/receipt/answer" not in come_back()


def test_what_was_answered_is_never_shown_again(client: FlaskClient, come_back: ComeBack, ask: Ask) -> None:
    ask(QUESTION)
    assert "Two families" not in answered(client, come_back(), "Two families.").text
    assert "Two families" not in come_back()


@pytest.mark.parametrize("text", ["", "  ", "7" * 20_001])
def test_an_answer_that_is_empty_or_too_long_is_said_beside_its_field(
    client: FlaskClient, come_back: ComeBack, ask: Ask, text: str
) -> None:
    question = ask(QUESTION)
    ask("And another?")
    answer = answered(client, come_back(), text)
    assert answer.status_code == 400
    assert f'href="#answer-{question}"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert form_of(answer.text, "/receipt/answer")["answer"] == text


def test_each_of_two_questions_gets_its_own_answer(
    client: FlaskClient, come_back: ComeBack, ask: Ask
) -> None:
    ask(QUESTION)
    ask("How many?")
    page = answered(client, come_back(), "No.").text
    page = answered(client, page, "Four.").text
    assert "/receipt/answer" not in page
    assert [content["text"] for content in sealed_contents()[1:]] == ["No.", "Four."]


@pytest.mark.parametrize("other", ["948f38f9-5bd0-43cd-8095-841ede7400e2", "not-an-id", "", "\x00" * 40])
def test_an_answer_to_no_open_question_is_not_kept_but_shown(
    client: FlaskClient, come_back: ComeBack, ask: Ask, other: str
) -> None:
    ask(QUESTION)
    form = {**form_of(come_back(), "/receipt/answer"), "question": other, "answer": "Four."}
    answer = client.post("/receipt/answer", data=form)
    assert answer.status_code == 400
    assert "Four." in answer.text
    assert len(sealed_contents()) == 1


def test_a_question_about_another_message_can_not_be_answered(
    client: FlaskClient, come_back: ComeBack, ask: Ask, send: Callable[..., TestResponse]
) -> None:
    ask(QUESTION)
    form = form_of(come_back(), "/receipt/answer")
    other = client.post("/receipt", data={"code": code_of(send(text="Another.").text)})
    form["access"] = form_of(other.text, "/receipt/withdraw")["access"]
    assert client.post("/receipt/answer", data={**form, "answer": "Four."}).status_code == 400


def test_after_half_an_hour_the_code_is_asked_for_and_the_answer_is_kept(
    client: FlaskClient, come_back: ComeBack, code: str, ask: Ask
) -> None:
    ask(QUESTION)
    page = come_back()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        late = answered(client, page, "Four.")
        assert late.status_code == 400
        form = {**form_of(late.text, "/receipt"), "code": code}
        reopened = client.post("/receipt", data=form)
        assert form_of(reopened.text, "/receipt/answer")["answer"] == "Four."
        assert "Your answer has arrived" in answered(client, reopened.text, "Four.").text


def test_an_outage_keeps_the_answer_for_another_try(
    client: FlaskClient, come_back: ComeBack, ask: Ask
) -> None:
    ask(QUESTION)
    page = come_back()
    with outage("message"):
        failed = answered(client, page, "Four.")
    assert failed.status_code == 503
    again = form_of(failed.text, "/receipt/answer")
    assert again["answer"] == "Four."
    assert client.post("/receipt/answer", data=again).status_code == 200
    assert len(sealed_contents()) == 2


def test_too_many_answers_keep_the_text(
    app: Flask, client: FlaskClient, come_back: ComeBack, ask: Ask
) -> None:
    ask(QUESTION)
    page = come_back()
    while app.extensions["seere_limits"].count(REPORTS, "127.0.0.1"):
        pass
    answer = answered(client, page, "Four.")
    assert answer.status_code == 429
    assert form_of(answer.text, "/receipt/answer")["answer"] == "Four."


def test_withdrawing_asks_first_and_then_stops_everything(
    client: FlaskClient, come_back: ComeBack, ask: Ask
) -> None:
    ask(QUESTION)
    page = client.post("/receipt/withdraw", data=form_of(come_back(), "/receipt/withdraw"))
    assert "Withdraw your message?" in page.text
    assert reports()[0].state == ReportState.RECEIVED
    done = client.post("/receipt/withdraw", data=form_of(page.text, "/receipt/withdraw"))
    assert "It is withdrawn" in done.text
    assert QUESTION not in done.text
    assert reports()[0].state == ReportState.WITHDRAWN
    assert "/receipt/withdraw" not in come_back()


def test_withdrawing_twice_is_harmless(client: FlaskClient, come_back: ComeBack) -> None:
    form = {**form_of(come_back(), "/receipt/withdraw"), "confirm": "yes"}
    for _ in range(2):
        assert "It is withdrawn" in client.post("/receipt/withdraw", data=form).text


@pytest.mark.parametrize("access", ["", "forged", "a.b.c", "\x00", "7" * 5000])
@pytest.mark.parametrize("address", ["/receipt", "/receipt/answer", "/receipt/withdraw"])
def test_without_a_right_of_access_the_code_is_asked_for(
    client: FlaskClient, code: str, address: str, access: str
) -> None:
    answer = client.post(address, data={"access": access, "confirm": "yes", "lang": "en"})
    assert answer.status_code == 400
    assert 'name="code"' in answer.text
    assert reports()[0].state == ReportState.RECEIVED


def test_a_form_token_is_no_right_of_access(client: FlaskClient, code: str) -> None:
    token = form_of(client.get("/").text, "/")["token"]
    assert 'name="code"' in client.post("/receipt", data={"access": token}).text


def test_another_site_can_not_withdraw(client: FlaskClient, come_back: ComeBack) -> None:
    form = {**form_of(come_back(), "/receipt/withdraw"), "confirm": "yes"}
    answer = client.post("/receipt/withdraw", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert reports()[0].state == ReportState.RECEIVED


def test_nothing_of_a_message_is_ever_in_an_address(
    client: FlaskClient, come_back: ComeBack, code: str
) -> None:
    page = come_back()
    addresses = [part.split('"', 1)[0] for part in page.split('href="')[1:] + page.split('action="')[1:]]
    secrets = [code, str(reports()[0].id), reports()[0].id.hex, form_of(page, "/receipt/withdraw")["access"]]
    assert not any(secret in address for address in addresses for secret in secrets)


def test_the_page_can_be_read_in_another_language_without_the_code(
    client: FlaskClient, come_back: ComeBack
) -> None:
    answer = client.post("/receipt", data={**form_of(come_back(), "/receipt"), "lang": "bm"})
    assert answer.status_code == 200
    assert '<html lang="bm">' in answer.text
