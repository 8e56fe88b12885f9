"""Sending through Africa's Talking, against what its documentation says it takes and answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.intake.gateways import _http
from app.intake.gateways.africastalking import PROVIDER
from app.intake.gateways.protocol import (
    Configuration,
    Outgoing,
    Result,
)
from tests.contracts import africastalking_stand_in as stand_in
from tests.contracts.africastalking_stand_in import API_KEY, SECRET, USERNAME, AfricasTalkingStandIn
from tests.contracts.loopback import Fault, nobody

PHONE = "+22376000001"


@pytest.fixture
def server() -> Iterator[AfricasTalkingStandIn]:
    with stand_in.africastalking() as running:
        yield running


def configured(server: AfricasTalkingStandIn, **values: str) -> Configuration:
    usual = {"username": USERNAME, "api_key": API_KEY, "api_base": server.address, "path_secret": SECRET}
    return Configuration("at", "africastalking", usual | values)


def outgoing(text: str = "Bien reçu. Code : K7Q-44M") -> Outgoing:
    return Outgoing(uuid.uuid4(), PHONE, text)


def test_a_message_is_sent_and_its_number_kept(server: AfricasTalkingStandIn) -> None:
    outcome = PROVIDER.send(configured(server, sender="SEERE"), outgoing("Ɔwɔ : code K7Q"))

    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "ATXid_00000001")
    assert server.accepted == [
        {"username": USERNAME, "to": PHONE, "message": "Ɔwɔ : code K7Q", "from": "SEERE"}
    ]


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (100, Result.ACCEPTED),
        (102, Result.ACCEPTED),
        (401, Result.UNKNOWN),
        (402, Result.LATER),
        (403, Result.REFUSED),
        (404, Result.REFUSED),
        (405, Result.LATER),
        (406, Result.OPTED_OUT),
        (407, Result.REFUSED),
        (409, Result.REFUSED),
        (501, Result.LATER),
        (999, Result.UNKNOWN),
    ],
)
def test_every_status_of_a_recipient_has_its_consequence(
    server: AfricasTalkingStandIn, status: int, result: Result
) -> None:
    server.statuses[PHONE] = status

    outcome = PROVIDER.send(configured(server), outgoing())

    assert outcome.result is result
    assert outcome.failure == ("" if result is Result.ACCEPTED else f"africastalking-{status}")
    assert len(server.accepted) == (result is Result.ACCEPTED)


@pytest.mark.parametrize(
    ("values", "base"),
    [
        ({"username": "seere"}, "https://api.africastalking.com"),
        ({"username": "sandbox"}, "https://api.sandbox.africastalking.com"),
        ({"username": "sandbox", "api_base": "https://at.example/"}, "https://at.example"),
    ],
)
def test_the_sandbox_has_an_address_of_its_own(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], base: str
) -> None:
    called: list[str] = []

    def get(url: str, *_arguments: object, **_named: object) -> _http.Answer:
        called.append(url)
        return _http.Answer(200, {}, "")

    monkeypatch.setattr(_http, "get", get)  # the real addresses are not to be called

    assert PROVIDER.check(Configuration("at", "africastalking", values)) == ""
    assert called == [f"{base}/version1/user"]


def test_a_wrong_sender_name_is_ours_to_mend(server: AfricasTalkingStandIn) -> None:
    server.has_recipients = False

    assert PROVIDER.send(configured(server, sender="NOBODY"), outgoing()).result is Result.LATER


def test_a_wrong_key_is_ours_to_mend(server: AfricasTalkingStandIn) -> None:
    outcome = PROVIDER.send(configured(server, api_key="wrong"), outgoing())

    assert (outcome.result, outcome.failure) == (Result.LATER, "africastalking-401")
    assert server.refused == ["credentials"]


@pytest.mark.parametrize(
    ("fault", "result", "accepted"),
    [(Fault.DECLINED, Result.LATER, 0), (Fault.DROPPED, Result.UNKNOWN, 0), (Fault.LOST, Result.UNKNOWN, 1)],
)
def test_a_lost_answer_is_never_taken_for_a_refusal(
    server: AfricasTalkingStandIn, fault: Fault, result: Result, accepted: int
) -> None:
    server.fault = fault

    assert PROVIDER.send(configured(server), outgoing()).result is result
    assert len(server.accepted) == accepted


def test_a_provider_that_is_not_there_got_nothing(server: AfricasTalkingStandIn) -> None:
    outcome = PROVIDER.send(configured(server, api_base=nobody()), outgoing())

    assert outcome.result is Result.LATER
    assert PHONE not in outcome.failure


def test_the_check_tells_a_good_key_from_a_bad_one(server: AfricasTalkingStandIn) -> None:
    assert PROVIDER.check(configured(server)) == ""
    assert PROVIDER.check(configured(server, api_key="wrong")) != ""
    assert PROVIDER.check(configured(server, username="other")) != ""
    assert server.accepted == []


def test_what_an_administrator_can_get_wrong_is_said() -> None:
    good = Configuration("at", "africastalking", {"path_secret": SECRET})

    assert PROVIDER.problems(good) == {}
    assert set(PROVIDER.problems(replace(good, values={"path_secret": "short"}))) == {"path_secret"}
    assert set(PROVIDER.problems(replace(good, values={"path_secret": "é/ " * 10}))) == {"path_secret"}
    open_address = {"path_secret": SECRET, "api_base": "http://api.example.org"}
    assert set(PROVIDER.problems(replace(good, values=open_address))) == {"api_base"}
