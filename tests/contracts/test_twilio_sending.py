"""Sending by Twilio's own client: what became of a message is told right, and nobody is written to twice."""

from __future__ import annotations

import logging
import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.intake.gateways import _twilio_client
from app.intake.gateways.protocol import Configuration, Outcome, Outgoing, Result
from app.intake.gateways.twilio import PROVIDER
from app.models import Channel
from tests.conftest import free_port
from tests.contracts.twilio_stand_in import Failure, Fault, TwilioStandIn, twilio_stand_in

TO, TEXT = "+22370112233", "Bien recu : à bientôt 😀"
OURS, SERVICE = "+22360000000", "MG" + "ab" * 16
RECEIPTS = "https://seere.example.org/webhooks/twilio/status"
OUTGOING = Outgoing(uuid.UUID(int=5), TO, TEXT)


@pytest.fixture
def provider() -> Iterator[TwilioStandIn]:
    with twilio_stand_in() as server:
        yield server


def gateway(provider: TwilioStandIn, **changes: str) -> Configuration:
    return Configuration("twilio", "twilio", provider.values() | changes)


def test_a_text_is_sent_as_the_api_wants_it(provider: TwilioStandIn) -> None:
    outcome = PROVIDER.send(gateway(provider), replace(OUTGOING, status_url=RECEIPTS))
    assert outcome == Outcome(Result.ACCEPTED, provider_id=f"SM{1:032x}")
    assert provider.accepted == [{"To": TO, "From": OURS, "Body": TEXT, "StatusCallback": RECEIPTS}]
    assert provider.refused == []


def test_every_kind_of_sender(provider: TwilioStandIn) -> None:
    whatsapp = replace(OUTGOING, channel=Channel.WHATSAPP)
    for number, outgoing in [
        (OURS, whatsapp),
        (f"whatsapp:{OURS}", whatsapp),
        (SERVICE, OUTGOING),
        (SERVICE, whatsapp),
    ]:
        assert PROVIDER.send(gateway(provider, number=number), outgoing).result is Result.ACCEPTED
    senders = [form.get("From") or form["MessagingServiceSid"] for form in provider.accepted]
    assert senders == [f"whatsapp:{OURS}", f"whatsapp:{OURS}", SERVICE, SERVICE]
    assert [form["To"] for form in provider.accepted] == [f"whatsapp:{TO}"] * 2 + [TO, f"whatsapp:{TO}"]


def test_a_whatsapp_sender_sends_no_sms(provider: TwilioStandIn) -> None:
    outcome = PROVIDER.send(gateway(provider, number=f"whatsapp:{OURS}"), OUTGOING)
    assert outcome == Outcome(Result.REFUSED, failure="twilio-channel")
    assert provider.accepted == []


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (400, 21610, Result.OPTED_OUT),
        (400, 21211, Result.REFUSED),
        (400, 21612, Result.REFUSED),
        (400, 21614, Result.REFUSED),
        (400, 30003, Result.REFUSED),
        (400, None, Result.REFUSED),
        (400, 21408, Result.LATER),
        (400, 21606, Result.LATER),
        (401, 20003, Result.LATER),
        (403, 20005, Result.LATER),
        (404, 20404, Result.LATER),
        (429, 20429, Result.LATER),
        (429, None, Result.LATER),
        (503, 20503, Result.LATER),
        (503, None, Result.UNKNOWN),
        (500, 20500, Result.UNKNOWN),
        (502, None, Result.UNKNOWN),
        (504, None, Result.UNKNOWN),
    ],
)
def test_a_refusal_says_what_to_do_next(
    provider: TwilioStandIn, status: int, code: int | None, result: Result
) -> None:
    provider.behaviour.failure = Failure(status, code)
    expected = Outcome(result, failure=f"twilio-{code or status}")
    assert PROVIDER.send(gateway(provider), OUTGOING) == expected
    assert provider.accepted == []


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("30", 30), ("999999999", 86_400), ("soon", None), ("-1", None)]
)
def test_a_busy_provider_says_when_to_come_back(
    provider: TwilioStandIn, retry_after: str, seconds: int | None
) -> None:
    provider.behaviour.failure = Failure(429, 20429, retry_after)
    expected = Outcome(Result.LATER, failure="twilio-20429", retry_after_seconds=seconds)
    assert PROVIDER.send(gateway(provider), OUTGOING) == expected


def test_a_503_that_names_a_time_was_not_sent(provider: TwilioStandIn) -> None:
    provider.behaviour.failure = Failure(503, None, "5")
    assert PROVIDER.send(gateway(provider), OUTGOING) == Outcome(Result.LATER, "", "twilio-503", 5)


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.DROPPED])
def test_a_connection_cut_after_the_request_leaves_it_unknown(provider: TwilioStandIn, fault: Fault) -> None:
    provider.behaviour.fault = fault
    outcome = PROVIDER.send(gateway(provider), OUTGOING)
    assert (outcome.result, outcome.failure) == (Result.UNKNOWN, "ConnectionError")
    assert len(provider.accepted) == (
        1 if fault is Fault.LOST else 0
    )  # sent once at most: nothing tries again


def test_an_answer_that_does_not_come_leaves_it_unknown(
    provider: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_twilio_client, "TIMEOUT_SECONDS", 0.1)
    provider.behaviour.answer_after_seconds = 2
    assert PROVIDER.send(gateway(provider), OUTGOING) == Outcome(Result.UNKNOWN, failure="ReadTimeout")


@pytest.mark.parametrize("answer", [{}, {"sid": None}, {"sid": ""}, {"sid": "S" * 500}, {"sid": 5}])
def test_an_acceptance_without_an_id_is_unknown(provider: TwilioStandIn, answer: dict[str, object]) -> None:
    provider.behaviour.answer = answer
    assert PROVIDER.send(gateway(provider), OUTGOING).result is Result.UNKNOWN


def test_where_nobody_listens_nothing_was_sent(provider: TwilioStandIn) -> None:
    nowhere = gateway(provider, api_base=f"http://127.0.0.1:{free_port()}")
    assert PROVIDER.send(nowhere, OUTGOING) == Outcome(Result.LATER, failure="ConnectionError")


def test_a_name_that_is_not_known_was_not_sent(
    provider: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_arguments: object, **_named: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("NO_PROXY", "*")
    for base in ("http://twilio.invalid", ""):
        assert PROVIDER.send(gateway(provider, api_base=base), OUTGOING).result is Result.LATER


@pytest.mark.parametrize(
    "changes",
    [{"api_base": "nonsense"}, {"auth_token": ""}, {"account_sid": ""}, {"number": ""}, {"auth_token": "ߒ"}],
)
def test_what_is_wrongly_configured_is_left_to_another_gateway(
    provider: TwilioStandIn, changes: dict[str, str]
) -> None:
    assert PROVIDER.send(gateway(provider, **changes), OUTGOING).result is Result.LATER
    assert PROVIDER.check(gateway(provider, **changes)) or "number" in changes
    assert provider.accepted == []


def test_the_process_environment_changes_nothing(
    provider: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}"
    for name, value in {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "another",
        "TWILIO_REGION": "ie1",
        "TWILIO_EDGE": "dublin",
        "HTTP_PROXY": elsewhere,
        "http_proxy": elsewhere,
        "NO_PROXY": "",
        "no_proxy": "",
    }.items():
        monkeypatch.setenv(name, value)
    assert PROVIDER.send(gateway(provider), OUTGOING).result is Result.ACCEPTED


def test_nothing_identifying_is_logged(provider: TwilioStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert PROVIDER.send(gateway(provider), OUTGOING).result is Result.ACCEPTED
    provider.behaviour.fault = Fault.DROPPED
    PROVIDER.send(gateway(provider), OUTGOING)
    assert TO[1:] not in caplog.text
    assert "Bien recu" not in caplog.text
    assert provider.token not in caplog.text
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"urllib3"}


def test_the_account_is_asked_for(provider: TwilioStandIn) -> None:
    assert PROVIDER.check(gateway(provider)) == ""
    provider.behaviour.account_status = "suspended"
    assert PROVIDER.check(gateway(provider)) == "twilio-suspended"
    assert PROVIDER.check(gateway(provider, auth_token="f" * 32)) == "twilio-20003"
    nowhere = gateway(provider, api_base=f"http://127.0.0.1:{free_port()}")
    assert PROVIDER.check(nowhere) == "ConnectionError"


def test_when_calls_fail_by_chance_every_outcome_is_true() -> None:
    with twilio_stand_in(share=0.3, seed=4) as provider:
        outcomes = [PROVIDER.send(gateway(provider), replace(OUTGOING, text=str(n))) for n in range(40)]
        told = [outcome.provider_id for outcome in outcomes if outcome.result is Result.ACCEPTED]
    assert len(set(told)) == len(told)
    sent = {form["Body"] for form in provider.accepted}
    by_result = {
        result: {str(n) for n, outcome in enumerate(outcomes) if outcome.result is result}
        for result in Result
    }
    assert set(provider.faults) == set(Fault)  # otherwise this shows less than it says
    assert by_result[Result.ACCEPTED] <= sent
    assert not by_result[Result.LATER] & sent
    assert sent <= by_result[Result.ACCEPTED] | by_result[Result.UNKNOWN]
    assert len(by_result[Result.UNKNOWN]) == sum(
        fault in {Fault.LOST, Fault.DROPPED} for fault in provider.faults
    )
