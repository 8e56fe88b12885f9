"""Sending through Vonage's SMS API, against what its documentation says it takes and answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from app.intake.gateways.protocol import (
    Configuration,
    Outgoing,
    Result,
)
from app.intake.gateways.vonage import PROVIDER
from tests.contracts import vonage_stand_in as stand_in
from tests.contracts.loopback import Fault, nobody
from tests.contracts.vonage_stand_in import API_KEY, API_SECRET, SECRET, VonageStandIn

PHONE = "+22376000001"


@pytest.fixture
def server() -> Iterator[VonageStandIn]:
    with stand_in.vonage() as running:
        yield running


def configured(server: VonageStandIn, **values: str) -> Configuration:
    usual = {"api_key": API_KEY, "api_secret": API_SECRET, "sender": "Seere", "api_base": server.address}
    return Configuration("vonage", "vonage", usual | {"path_secret": SECRET} | values)


def outgoing(text: str = "Merci. Code: K7Q-44M") -> Outgoing:
    return Outgoing(uuid.uuid4(), PHONE, text)


@pytest.mark.parametrize(
    ("text", "kind"), [("Merci à vous", "text"), ("Ɲɛ", "unicode"), ("ok 🔥", "unicode")]
)
def test_a_message_is_sent_and_its_number_kept(server: VonageStandIn, text: str, kind: str) -> None:
    message = outgoing(text)

    outcome = PROVIDER.send(configured(server), message)

    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "000001-0")
    assert server.accepted == [
        {
            "api_key": API_KEY,
            "api_secret": API_SECRET,
            "from": "Seere",
            "to": "22376000001",
            "text": text,
            "type": kind,
            "client-ref": str(message.message_id),
        }
    ]


@pytest.mark.parametrize(
    ("statuses", "result", "failure"),
    [
        (["1"], Result.LATER, "vonage-1"),
        (["3"], Result.REFUSED, "vonage-3"),
        (["5"], Result.UNKNOWN, "vonage-5"),
        (["6"], Result.REFUSED, "vonage-6"),
        (["7"], Result.REFUSED, "vonage-7"),
        (["9"], Result.LATER, "vonage-9"),
        (["15"], Result.LATER, "vonage-15"),
        (["0", "1"], Result.UNKNOWN, "vonage-1"),
        (["7", "7"], Result.REFUSED, "vonage-7"),
        ([], Result.UNKNOWN, "vonage-unreadable"),
    ],
)
def test_every_status_has_its_consequence(
    server: VonageStandIn, statuses: list[str], result: Result, failure: str
) -> None:
    server.statuses[PHONE.lstrip("+")] = statuses

    outcome = PROVIDER.send(configured(server), outgoing())

    assert (outcome.result, outcome.failure) == (result, failure)


def test_a_long_message_is_accepted_when_all_its_parts_are(server: VonageStandIn) -> None:
    outcome = PROVIDER.send(configured(server), outgoing("a" * 400))

    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "000001-0")


@pytest.mark.parametrize(
    ("fault", "result", "accepted"),
    [(Fault.DECLINED, Result.LATER, 0), (Fault.DROPPED, Result.UNKNOWN, 0), (Fault.LOST, Result.UNKNOWN, 1)],
)
def test_a_lost_answer_is_never_taken_for_a_refusal(
    server: VonageStandIn, fault: Fault, result: Result, accepted: int
) -> None:
    server.fault = fault

    assert PROVIDER.send(configured(server), outgoing()).result is result
    assert len(server.accepted) == accepted


def test_a_provider_that_is_not_there_got_nothing(server: VonageStandIn) -> None:
    assert PROVIDER.send(configured(server, api_base=nobody()), outgoing()).result is Result.LATER


def test_the_check_tells_good_credentials_from_bad_ones(server: VonageStandIn) -> None:
    assert PROVIDER.check(configured(server)) == ""
    assert PROVIDER.check(configured(server, api_secret="wrong")) != ""
    assert server.refused == ["credentials"]


def test_what_an_administrator_can_get_wrong_is_said(server: VonageStandIn) -> None:
    assert PROVIDER.problems(configured(server)) == {}
    assert set(PROVIDER.problems(configured(server, path_secret=""))) == {"path_secret"}
