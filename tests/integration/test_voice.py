"""A call: heard in one's language, kept before it is acknowledged, its code spoken so that one can write it down."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import folding
from app.administration.prompts import keep_prompt
from app.database import db, transaction
from app.intake import caller_tokens, spoken
from app.intake.gateways import twilio
from app.intake.spoken import PromptKey
from app.messaging.harmlessness import harmful_words
from app.models import Arrival, Gateway, User, VoicePrompt
from app.receipts import derived_code
from app.sealing import key_id
from app.settings import Settings
from tests.conftest import INTAKE_KEY
from tests.sounds import wave_file
from workers.opening import open_sealed
from workers.settings import WorkerSettings

BASE = "http://localhost"
CALL = "CA" + "1" * 32
CALLER = "+22376123456"
RECORDING = "https://api.twilio.com/2010-04-01/Accounts/AC0/Recordings/RE1"
TOKEN = "a-test-token"


def form(**fields: str) -> dict[str, str]:
    return {
        "CallSid": CALL,
        "AccountSid": "AC" + "0" * 32,
        "From": CALLER,
        "To": "+22360000000",
        "CallStatus": "ringing",
        "Direction": "inbound",
        **fields,
    }


def recorded(**fields: str) -> dict[str, str]:
    given = {"RecordingUrl": RECORDING, "RecordingSid": "RE1", "RecordingDuration": "12"}
    return form(**{"CallStatus": "in-progress", **given, **fields})


def post(client: FlaskClient, path: str, data: dict[str, str], token: str = TOKEN) -> TestResponse:
    headers = {"X-Twilio-Signature": twilio.sign(token, BASE + path, data)}
    return client.post(path, data=data, headers=headers)


def call(client: FlaskClient, path: str, data: dict[str, str]) -> ElementTree.Element:
    answer = post(client, path, data)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/xml")
    return ElementTree.fromstring(answer.text)  # noqa: S314 - our own answer


def path_of(address: str | None) -> str:
    assert address
    assert address.startswith(f"{BASE}/webhooks/")
    return address.removeprefix(BASE)


def spelt(answer: ElementTree.Element) -> list[str]:
    return [
        "".join(each.text or "" for each in say.iter("say-as")) for say in answer.iter("Say") if list(say)
    ]


def arrivals() -> list[Arrival]:
    db.session.rollback()
    return list(db.session.scalars(select(Arrival).order_by(Arrival.received_at)))


def opened(arrival: Arrival) -> dict[str, Any]:
    keys = WorkerSettings({key_id(bytes(INTAKE_KEY.public_key)): INTAKE_KEY}, b"p" * 32)
    return open_sealed(keys, arrival.sealed_content)


@pytest.fixture
def record(make_user: Callable[..., User]) -> Callable[..., uuid.UUID]:
    """Record a prompt: `record(PromptKey.GREETING, "fr")`."""
    user = make_user()

    def keep(key: PromptKey, language: str) -> uuid.UUID:
        with transaction() as session:
            return keep_prompt(session, user, key, language, wave_file()).id

    return keep


def test_a_caller_is_greeted_and_recorded_for_three_minutes_at_most(client: FlaskClient) -> None:
    answer = call(client, "/webhooks/twilio/voice", form())
    assert [verb.tag for verb in answer] == ["Say", "Record", "Hangup"]
    assert "Après le signal" in (answer[0].text or "")
    assert answer[1].attrib["maxLength"] == "180"
    assert CALLER[1:] not in ElementTree.tostring(answer, "unicode")


def test_what_was_said_is_kept_sealed_and_its_code_spoken_twice_sign_by_sign(
    client: FlaskClient, settings: Settings
) -> None:
    greeting = call(client, "/webhooks/twilio/voice", form())
    answer = call(client, path_of(greeting[1].attrib["action"]), recorded())
    arrival = arrivals()[0]
    assert (arrival.kind, arrival.channel) == ("call", "voice")
    assert opened(arrival) == {"sender": CALLER, "media": [[RECORDING, "audio/wav"]], "language": "fr"}
    code = derived_code(settings.lookup_key, arrival.reference.hex()).replace("-", "")
    assert spelt(answer) == [code, code]
    assert len(list(answer.iter("break"))) >= 2 * len(code)  # slowly


def test_however_often_a_recording_is_told_there_is_one_and_the_same_answer(
    app: Flask, client: FlaskClient
) -> None:
    verb = call(client, "/webhooks/twilio/voice", form())[1].attrib
    told_by_action, told_by_status = path_of(verb["action"]), path_of(verb["recordingStatusCallback"])
    without_caller = {**recorded(RecordingStatus="completed"), "From": ""}

    def tell(number: int) -> str:
        if number % 2:
            return post(app.test_client(), told_by_status, without_caller).text
        return post(app.test_client(), told_by_action, recorded()).text

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(tell, range(8)))
    assert len(answers) == 1
    assert len(arrivals()) == 1


def test_a_recording_of_which_only_the_late_notice_arrives_still_has_its_caller(client: FlaskClient) -> None:
    verb = call(client, "/webhooks/twilio/voice", form())[1].attrib
    notice = recorded(RecordingStatus="completed")
    del notice["From"]
    call(client, path_of(verb["recordingStatusCallback"]), notice)
    assert opened(arrivals()[0])["sender"] == CALLER


def test_a_silent_recording_is_none(client: FlaskClient) -> None:
    absent = form(RecordingStatus="absent", RecordingSid="RE1", RecordingUrl="")
    assert [verb.tag for verb in call(client, "/webhooks/twilio/voice/recording", absent)] == ["Hangup"]
    assert arrivals() == []


def test_hanging_up_while_speaking_keeps_what_was_said(client: FlaskClient) -> None:
    call(client, "/webhooks/twilio/voice/recording", recorded(CallStatus="completed", Digits="hangup"))
    call(client, "/webhooks/twilio/voice", form(CallStatus="completed", CallDuration="14"))
    assert [arrival.kind for arrival in arrivals()] == ["call"]


@pytest.mark.parametrize("status", ["no-answer", "busy", "canceled", "failed", "completed"])
def test_ringing_and_hanging_up_asks_to_be_called_back_once(client: FlaskClient, status: str) -> None:
    for _ in range(2):
        call(client, "/webhooks/twilio/voice", form(CallStatus=status, CallDuration="0"))
    assert [arrival.kind for arrival in arrivals()] == ["missed_call"]
    assert opened(arrivals()[0]) == {"sender": CALLER}


@pytest.mark.parametrize("hidden", ["anonymous", "", "+266696687", "Restricted"])
def test_nobody_can_call_a_hidden_number_back(client: FlaskClient, hidden: str) -> None:
    call(client, "/webhooks/twilio/voice", form(CallStatus="no-answer", From=hidden))
    assert arrivals() == []


def test_with_greetings_in_two_languages_a_caller_chooses_by_a_digit(
    client: FlaskClient, record: Callable[..., uuid.UUID]
) -> None:
    greetings = {language: record(PromptKey.GREETING, language) for language in ("fr", "bm")}
    asked = record(PromptKey.LANGUAGE, "bm")
    menu = call(client, "/webhooks/twilio/voice", form())
    assert [verb.tag for verb in menu[0]] == ["Say", "Play"]
    assert menu[0][1].text == f"{BASE}/webhooks/prompts/{asked}"
    address = path_of(menu[0].attrib["action"])
    answer = call(client, address, form(Digits="3", CallStatus="in-progress"))
    assert answer[0].text == f"{BASE}/webhooks/prompts/{greetings['bm']}"
    assert parse_qs(urlsplit(answer[1].attrib["action"]).query)["language"] == ["bm"]
    call(client, path_of(answer[1].attrib["action"]), recorded())
    assert opened(arrivals()[0])["language"] == "bm"


@pytest.mark.parametrize("digits", ["", "2", "9", "#"])
def test_a_caller_who_presses_nothing_known_is_greeted_in_the_installations_language(
    client: FlaskClient, record: Callable[..., uuid.UUID], digits: str
) -> None:
    greetings = {language: record(PromptKey.GREETING, language) for language in ("fr", "bm")}
    answer = call(client, "/webhooks/twilio/voice/language", form(Digits=digits))
    assert answer[0].text == f"{BASE}/webhooks/prompts/{greetings['fr']}"


def test_the_only_greeting_that_is_recorded_is_played_without_asking(
    client: FlaskClient, record: Callable[..., uuid.UUID]
) -> None:
    greeting = record(PromptKey.GREETING, "bm")
    answer = call(client, "/webhooks/twilio/voice", form())
    assert answer[0].text == f"{BASE}/webhooks/prompts/{greeting}"


def test_a_prompt_can_be_fetched_by_its_address_and_no_other(
    client: FlaskClient, record: Callable[..., uuid.UUID]
) -> None:
    prompt = record(PromptKey.GREETING, "fr")
    answer = client.get(f"/webhooks/prompts/{prompt}")
    assert answer.status_code == 200
    assert answer.content_type == "audio/wav"
    assert answer.data == db.session.get_one(VoicePrompt, prompt).audio
    assert "Set-Cookie" not in answer.headers
    assert client.get(f"/webhooks/prompts/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("part", ["", "/language", "/recording"])
def test_strangers_are_refused_and_leave_nothing(client: FlaskClient, part: str) -> None:
    path = f"/webhooks/twilio/voice{part}"
    assert post(client, path, recorded(), token="another").status_code == 403
    assert client.post(path, data=recorded()).status_code == 403
    assert post(client, path, recorded(AccountSid="AC" + "9" * 32)).status_code == 403
    assert post(client, f"/webhooks/nowhere/voice{part}", recorded()).status_code == 403
    assert arrivals() == []


def test_a_gateway_without_calls_takes_none(client: FlaskClient) -> None:
    with transaction() as session:
        session.add(Gateway(slug="orange", provider="africastalking", label="Orange"))
    assert post(client, "/webhooks/orange/voice", form()).status_code == 403


def test_a_signed_request_without_a_call_is_a_bad_request(client: FlaskClient) -> None:
    assert post(client, "/webhooks/twilio/voice", form(CallSid="")).status_code == 400


def test_without_the_database_a_call_is_answered_and_kept_on_the_disk(
    app: Flask, client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "execute", away)
    monkeypatch.setattr(Session, "scalars", away)
    greeting = call(client, "/webhooks/twilio/voice", form())
    answer = call(client, path_of(greeting[1].attrib["action"]), recorded())
    assert len(spelt(answer)) == 2
    assert len(list((settings.var / "spool").glob("*.arrival"))) == 1


def test_without_database_and_disk_nothing_is_acknowledged(
    client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "execute", away)
    monkeypatch.setattr(Session, "scalars", away)
    (settings.var / "spool").write_text("no folder")
    answer = post(client, "/webhooks/twilio/voice/recording", recorded())
    assert answer.status_code == 503
    assert "Say" not in answer.text


def away(*_arguments: object, **_keywords: object) -> None:
    raise OperationalError("", {}, Exception())


def test_a_callers_token_is_unreadable_and_of_one_call_only(settings: Settings) -> None:
    token = caller_tokens.make(settings, CALL, CALLER)
    assert CALLER[1:] not in token
    assert len(token) == len(caller_tokens.make(settings, CALL, "+1"))
    assert caller_tokens.read(settings, CALL, token) == CALLER
    assert caller_tokens.read(settings, "CA" + "2" * 32, token) == ""
    for broken in ("", "x", token[:-4], "é" * 90, token.swapcase()):
        assert caller_tokens.read(settings, CALL, broken) == ""


@pytest.mark.parametrize("language", [each for each in spoken.order() if spoken.has_voice(each)])
def test_what_callers_hear_is_harmless(language: str) -> None:
    for key in PromptKey:
        said = spoken.words(key, language)
        assert not harmful_words(said)
        assert not re.search(r"[{}]", said)
        assert folding.fold(said)
