"""The stand-in for Twilio's API: the worker's real client sends through it, and the handset gets the text."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from typing import cast

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import db
from app.intake.gateways.protocol import Configuration, Outcome, Result
from app.intake.gateways.twilio import PROVIDER
from app.models import DeliveryReceipt
from app.settings import Settings
from app.simulator import mailbox, telephone

NUMBER = "+22376123456"
QUESTION = "A quelle heure est-ce arrive ?"


def received(client: FlaskClient, token: str, number: str = NUMBER) -> list[str]:
    form = {"token": token, "number": number}
    answer = client.post("/simulator/received", data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return [entry["text"] for entry in answer.get_json()["entries"]]


def address(settings: Settings) -> str:
    return f"/simulator/twilio/2010-04-01/Accounts/{settings.twilio.account_sid}/Messages.json"


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.usefixtures("server")
def test_what_the_real_client_sends_arrives_on_that_handset_only(
    client: FlaskClient, token: str, text_handset: Callable[..., Outcome]
) -> None:
    outcome = text_handset(NUMBER, QUESTION)
    assert outcome.result is Result.ACCEPTED
    assert outcome.provider_id.startswith("SM")
    assert received(client, token) == [QUESTION]
    assert received(client, token) == [QUESTION]  # reading takes nothing away
    assert received(client, token, "+22376123457") == []


@pytest.mark.usefixtures("server")
def test_without_script_the_button_shows_what_came(
    client: FlaskClient, token: str, text_handset: Callable[..., Outcome]
) -> None:
    text_handset(NUMBER, QUESTION)
    page = client.post("/simulator/received", data={"token": token, "number": NUMBER, "text": "half a text"})
    assert f'<span class="words">{QUESTION}</span>' in page.text
    assert ">\nhalf a text</textarea>" in page.text


@pytest.mark.usefixtures("server")
def test_a_refused_text_is_a_failure_for_the_client(text_handset: Callable[..., Outcome]) -> None:
    assert "20003" in text_handset(NUMBER, QUESTION, token="another").failure
    assert "21211" in text_handset("+12", QUESTION).failure
    assert "21617" in text_handset(NUMBER, "a" * 1601).failure


@pytest.mark.usefixtures("server")
def test_receipts_come_back_signed_when_they_are_asked_for(
    settings: Settings, text_handset: Callable[..., Outcome]
) -> None:
    outcome = text_handset(NUMBER, QUESTION, status_url=f"{settings.public_url}/webhooks/twilio/status")
    assert [*eventually_two_receipts()] == [
        ("sent", outcome.provider_id),
        ("delivered", outcome.provider_id),
    ]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    "address", ["", "http://127.0.0.1:1/webhooks/twilio/status", "https://evil.example/x"]
)
def test_receipts_go_to_this_installation_only(
    text_handset: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    told: list[object] = []
    monkeypatch.setattr(telephone, "confirm", lambda *given: told.append(given))
    text_handset(NUMBER, QUESTION, status_url=address)
    time.sleep(0.1)
    assert told == []


def eventually_two_receipts() -> list[tuple[str, str]]:
    for _ in range(100):
        db.session.rollback()
        found = db.session.scalars(select(DeliveryReceipt).order_by(DeliveryReceipt.received_at)).all()
        if len(found) == 2:
            break
        time.sleep(0.05)
    return [(receipt.state, receipt.provider_reference) for receipt in found]


@pytest.mark.parametrize("missing", ["To", "From", "Body"])
def test_a_missing_field_is_named(client: FlaskClient, settings: Settings, missing: str) -> None:
    form = {"To": NUMBER, "From": settings.twilio.number, "Body": QUESTION}
    del form[missing]
    account = basic(settings.twilio.account_sid, settings.twilio.auth_token)
    answer = client.post(address(settings), data=form, headers=account)
    assert answer.status_code == 400
    assert answer.get_json()["code"] in {21602, 21603, 21604}


@pytest.mark.parametrize(("name", "password"), [("", ""), ("é", "\ud800"), ("AC", "a-test-token")])
def test_nobody_else_gets_in(client: FlaskClient, settings: Settings, name: str, password: str) -> None:
    form = {"To": NUMBER, "From": settings.twilio.number, "Body": QUESTION}
    header = "Basic " + b64encode(f"{name}:{password}".encode("utf-8", "surrogatepass")).decode()
    for headers in ({}, {"Authorization": header}, {"Authorization": "Bearer x"}):
        answer = client.post(address(settings), data=form, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (401, 20003)


def test_nothing_readable_lies_in_the_queues_server_and_it_goes_within_the_hour(settings: Settings) -> None:
    mailbox.put(settings, NUMBER, mailbox.WaitingText("SM1", QUESTION, "12:00"))
    server = redis.Redis.from_url(settings.redis_url)
    names = list(server.scan_iter("seere:simulator:*"))
    assert len(names) == 1
    everything = names[0] + b"".join(cast("list[bytes]", server.lrange(names[0], 0, -1)))
    assert QUESTION.encode() not in everything
    assert NUMBER[1:].encode() not in everything
    assert 0 < server.ttl(names[0]) <= 3600
    server.close()


def test_texts_under_older_secrets_are_left_out(settings: Settings) -> None:
    mailbox.put(settings, NUMBER, mailbox.WaitingText("SM1", QUESTION, "12:00"))
    server = redis.Redis.from_url(settings.redis_url)
    name = next(iter(server.scan_iter("seere:simulator:*")))
    server.rpush(name, b"\x00" * 80)
    server.close()
    assert [found.text for found in mailbox.texts(settings, NUMBER)] == [QUESTION]


def test_only_the_last_fifty_are_kept(settings: Settings) -> None:
    for number in range(55):
        mailbox.put(settings, NUMBER, mailbox.WaitingText(f"SM{number}", str(number), "12:00"))
    assert [found.text for found in mailbox.texts(settings, NUMBER)] == [
        str(number) for number in range(5, 55)
    ]


@pytest.mark.usefixtures("server")
def test_the_gateway_of_the_demonstration_is_found_to_be_well(settings: Settings) -> None:
    account = settings.twilio
    values = {
        "account_sid": account.account_sid,
        "auth_token": account.auth_token,
        "api_base": account.api_base,
    }
    assert PROVIDER.check(Configuration("twilio", "twilio", values)) == ""
    stranger = Configuration("twilio", "twilio", {**values, "auth_token": "another" * 6})
    assert "20003" in PROVIDER.check(stranger)
