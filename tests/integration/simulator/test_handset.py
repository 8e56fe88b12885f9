"""Texting from the handset: what a newcomer sees, with script and without."""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.database import db
from app.intake.gateways.protocol import Outcome
from app.models import Arrival
from app.settings import Settings
from app.simulator import timing
from app.simulator.numbers import read_number

NUMBER = "+223 76 12 34 56"
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier"
E164 = "+22376123456"
CODE = "ABCD-EFGH-JKMN"
ANSWER = f"Bien recu, merci. Votre code : {CODE}."
ENDPOINTS = [
    ("GET", "/simulator"),
    ("POST", "/simulator/send"),
    ("POST", "/simulator/received"),
    ("POST", f"/simulator/twilio/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"),
    ("GET", f"/simulator/twilio/2010-04-01/Accounts/AC{'0' * 32}.json"),
]


def arrived() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Arrival.kind)))


def conversation_of(page: str) -> str:
    return html.unescape(page.split('name="conversation" value="', 1)[1].split('"', 1)[0])


def send(client: FlaskClient, token: str, **fields: str) -> Any:
    form = {"token": token, "number": NUMBER, "text": TEXT, **fields}
    return client.post("/simulator/send", data=form, headers={"Accept": "application/json"})


def test_the_page_offers_a_made_up_malian_number_and_sets_no_cookie(client: FlaskClient) -> None:
    first, second = client.get("/simulator"), client.get("/simulator")
    numbers = [re.search(r'name="number"[^>]* value="([^"]+)"', page.text) for page in (first, second)]
    written = [found[1] for found in numbers if found]
    assert all(number.startswith("+223 ") and read_number(number) for number in written)
    assert written[0] != written[1]
    assert "Set-Cookie" not in first.headers


@pytest.mark.usefixtures("server")
def test_a_text_arrives_sealed_and_is_on_the_screen(client: FlaskClient, token: str) -> None:
    answer = send(client, token)
    assert answer.status_code == 200
    entries = answer.get_json()["entries"]
    assert [(entry["is_mine"], entry["text"]) for entry in entries] == [(True, TEXT)]
    assert arrived() == ["text"]
    assert b"Koro" not in db.session.scalars(select(Arrival.sealed_content)).one()


@pytest.mark.usefixtures("server")
def test_with_script_the_answer_is_there_as_soon_as_it_is_asked_for(
    client: FlaskClient, token: str, text_handset: Callable[..., Outcome]
) -> None:
    send(client, token)
    text_handset(E164, ANSWER)
    form = {"token": token, "number": NUMBER, "text": ""}
    answer = client.post("/simulator/received", data=form, headers={"Accept": "application/json"})
    assert [entry["text"] for entry in answer.get_json()["entries"]] == [ANSWER]


@pytest.mark.usefixtures("server")
def test_without_script_the_page_waits_for_the_answer_and_shows_it(
    client: FlaskClient,
    token: str,
    text_handset: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timing, "LONGEST_WAIT_SECONDS", 20)
    text_handset(E164, "An older text")
    answering = threading.Timer(0.4, text_handset, (E164, ANSWER))
    answering.start()
    started = time.monotonic()
    page = client.post("/simulator/send", data={"token": token, "number": NUMBER, "text": TEXT})
    answering.join()
    assert time.monotonic() - started < 15
    shown = json.loads(conversation_of(page.text))
    assert [(entry["is_mine"], entry["text"]) for entry in shown] == [
        (True, TEXT),
        (False, "An older text"),
        (False, ANSWER),
    ]
    assert f'value="STATUS {CODE}"' in page.text  # offered as an example
    assert page.text.count('<li class="theirs">') == 2


@pytest.mark.usefixtures("server")
def test_without_script_an_answer_that_doesnt_come_is_not_waited_for_for_ever(
    client: FlaskClient, token: str
) -> None:
    page = client.post("/simulator/send", data={"token": token, "number": NUMBER, "text": TEXT})
    assert page.status_code == 200
    assert '<li class="mine">' in page.text
    assert '<li class="theirs">' not in page.text


@pytest.mark.usefixtures("server")
def test_ringing_and_hanging_up_is_a_missed_call(client: FlaskClient, token: str) -> None:
    page = client.post(
        "/simulator/send", data={"token": token, "number": NUMBER, "text": "half a text", "ring": "yes"}
    )
    assert page.status_code == 200
    assert arrived() == ["missed_call"]
    assert '<li class="mine">' in page.text
    assert ">\nhalf a text</textarea>" in page.text  # what was being written stays


def test_a_call_that_nothing_answers_is_said(client: FlaskClient, token: str) -> None:
    form = {"token": token, "number": NUMBER, "text": "", "ring": "yes"}
    assert client.post("/simulator/send", data=form).status_code == 502


def test_an_example_is_put_into_the_message_without_sending_it(client: FlaskClient, token: str) -> None:
    page = client.post("/simulator/send", data={"token": token, "number": NUMBER, "fill": "AIDE"})
    assert ">\nAIDE</textarea>" in page.text
    assert arrived() == []


@pytest.mark.usefixtures("server")
def test_a_number_that_cant_be_one_is_said_and_the_text_kept(client: FlaskClient, token: str) -> None:
    page = client.post("/simulator/send", data={"token": token, "number": "12", "text": TEXT})
    assert page.status_code == 400
    assert 'href="#number"' in page.text
    assert TEXT in page.text
    assert arrived() == []


@pytest.mark.usefixtures("server")
def test_a_form_that_isnt_ours_sends_nothing(client: FlaskClient, token: str) -> None:
    assert send(client, "not-a-token").status_code == 400
    assert send(client, "").status_code == 400
    elsewhere = client.post(
        "/simulator/send",
        data={"token": token, "number": NUMBER, "text": TEXT},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert elsewhere.status_code == 403
    assert arrived() == []


def test_when_nothing_answers_the_text_is_kept(client: FlaskClient, token: str) -> None:
    page = client.post("/simulator/send", data={"token": token, "number": NUMBER, "text": TEXT})
    assert page.status_code == 502
    assert TEXT in page.text
    assert '<li class="mine">' not in page.text


@pytest.mark.usefixtures("server")
def test_the_webhook_is_signed_for_real(
    app: Flask, client: FlaskClient, token: str, settings: Settings
) -> None:
    stranger = replace(settings, twilio=replace(settings.twilio, auth_token="another"))
    other = create_app(stranger)
    answer = other.test_client().post(
        "/simulator/send",
        data={"token": token, "number": NUMBER, "text": TEXT},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 502
    assert "403" in answer.get_json()["problems"]["text"]
    assert arrived() == []
    with other.app_context():
        db.engine.dispose()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "%", "é" * 1600, "ɲɛnabɔli 🙂", "<script>alert(1)</script>", "\ufffd"]
)
def test_any_text_is_taken(client: FlaskClient, token: str, text: str) -> None:
    page = client.post("/simulator/send", data={"token": token, "number": NUMBER, "text": text})
    assert page.status_code == 200
    assert arrived() == ["text"]
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("field", ["number", "text", "conversation", "token", "fill", "ring"])
@pytest.mark.parametrize(
    "value", ["\x00", "[" * 20_000, '[{"id":1}]', '[{"text":"\\ud800"}]', "9" * 20_000, "%zz"]
)
def test_no_field_breaks_the_page(client: FlaskClient, token: str, field: str, value: str) -> None:
    form = {"token": token, "number": "1", "text": "", "conversation": "[]"}
    for address in ("/simulator/send", "/simulator/received"):
        assert client.post(address, data={**form, field: value}).status_code in {200, 400}


@pytest.mark.parametrize(("method", "address"), ENDPOINTS)
def test_where_the_demonstration_is_off_there_is_no_simulator(
    settings: Settings, method: str, address: str
) -> None:
    app = create_app(replace(settings, demonstration=False))
    assert app.test_client().open(address, method=method).status_code == 404
