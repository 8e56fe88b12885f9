"""Sending through Kannel and other plain HTTP gateways, against what Kannel's user guide says it takes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from app.intake.gateways.kannel import PROVIDER
from app.intake.gateways.protocol import (
    Configuration,
    DeliveryReport,
    HttpAnswer,
    Outgoing,
    Result,
)
from app.models import DeliveryState
from tests.contracts import kannel_stand_in as stand_in
from tests.contracts.kannel_stand_in import PASSWORD, SECRET, USERNAME, KannelStandIn
from tests.contracts.loopback import BASE, Fault, Reply, nobody

PHONE = "+22376000001"
BAMBARA = "Cɛ saba ye dugutigi bugɔ"


@pytest.fixture
def server() -> Iterator[KannelStandIn]:
    with stand_in.kannel() as running:
        yield running


def configured(server: KannelStandIn, **values: str) -> Configuration:
    usual = {
        "username": USERNAME,
        "password": PASSWORD,
        "send_url": f"{server.address}/cgi-bin/sendsms",
        "path_secret": SECRET,
    }
    return Configuration("kannel", "kannel", usual | values)


def outgoing(text: str = "Reçu. Code: K7Q-44M", status_url: str = f"{BASE}/status") -> Outgoing:
    return Outgoing(uuid.uuid4(), PHONE, text, status_url=status_url)


def test_a_plain_text_is_sent_with_the_place_for_reports(server: KannelStandIn) -> None:
    message = outgoing()

    outcome = PROVIDER.send(configured(server, sender="36210"), message)

    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, str(message.message_id))
    assert server.accepted == [
        {
            "username": USERNAME,
            "password": PASSWORD,
            "from": "36210",
            "to": PHONE,
            "text": "Reçu. Code: K7Q-44M",
            "coding": "2",  # ç is not in the GSM alphabet, though Ç is
            "charset": "UTF-8",
            "dlr-mask": "31",
            "dlr-url": f"{BASE}/status/{SECRET}?message_id={message.message_id}&type=%d",
        }
    ]


@pytest.mark.parametrize(("text", "coding"), [("Merci à vous é", "0"), (BAMBARA, "2"), ("ߌ ߣߌ߫ ߗߍ߫", "2")])
def test_letters_outside_the_gsm_alphabet_are_sent_as_ucs_2(
    server: KannelStandIn, text: str, coding: str
) -> None:
    PROVIDER.send(configured(server), outgoing(text))

    assert [(sent["text"], sent["coding"]) for sent in server.accepted] == [(text, coding)]


def test_a_complete_status_address_is_taken_as_it_is(server: KannelStandIn) -> None:
    message = outgoing(status_url=f"{BASE}/status/{SECRET}")

    PROVIDER.send(configured(server), message)

    assert server.accepted[0]["dlr-url"].startswith(f"{BASE}/status/{SECRET}?message_id=")


def test_without_a_status_address_no_report_is_asked_for(server: KannelStandIn) -> None:
    PROVIDER.send(configured(server), outgoing(status_url=""))

    assert not {"dlr-url", "dlr-mask"} & server.accepted[0].keys()


def test_another_gateway_gets_the_parameters_of_its_template(server: KannelStandIn) -> None:
    server.is_post = True
    template = "username={username}&password={password}&to={to_digits}&text={text}&charset=UTF-8&coding=0&from={sender}"
    values = {"send_method": "POST", "send_template": template}

    outcome = PROVIDER.send(configured(server, **values), outgoing("{password} & co = 50% +1"))

    assert outcome.result is Result.ACCEPTED
    assert (server.accepted[0]["to"], server.accepted[0]["text"]) == (
        "22376000001",
        "{password} & co = 50% +1",
    )
    assert "from" not in server.accepted[0]


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        (Reply(202, "3: Queued for later delivery"), Result.ACCEPTED),
        (Reply(403, "Not routable. Do not try again."), Result.REFUSED),
        (Reply(403, "Authorization failed for sendsms"), Result.LATER),
        (Reply(400, "Empty text not allowed, rejected"), Result.REFUSED),
        (Reply(503, "Temporal failure, try again later."), Result.LATER),
        (Reply(503, "<html>proxy</html>"), Result.UNKNOWN),
        (Reply(500, "?"), Result.UNKNOWN),
        (Reply(302, ""), Result.LATER),
    ],
)
def test_every_answer_has_its_consequence(server: KannelStandIn, reply: Reply, result: Result) -> None:
    server.answers[PHONE] = reply

    outcome = PROVIDER.send(configured(server), outgoing())

    assert outcome.result is result
    assert outcome.failure == ("" if result is Result.ACCEPTED else f"kannel-{reply.status}")


def test_a_gateway_that_says_200_to_everything_is_believed_only_its_word(server: KannelStandIn) -> None:
    server.answers[PHONE] = Reply(200, "ERROR 17")
    words = {"accepted_text": "OK"}

    assert PROVIDER.send(configured(server, **words), outgoing()).result is Result.UNKNOWN
    server.answers[PHONE] = Reply(200, "OK 5511")
    assert PROVIDER.send(configured(server, **words), outgoing()).result is Result.ACCEPTED


@pytest.mark.parametrize(
    ("fault", "result", "accepted"),
    [(Fault.DECLINED, Result.LATER, 0), (Fault.DROPPED, Result.UNKNOWN, 0), (Fault.LOST, Result.UNKNOWN, 1)],
)
def test_a_lost_answer_is_never_taken_for_a_refusal(
    server: KannelStandIn, fault: Fault, result: Result, accepted: int
) -> None:
    server.fault = fault

    outcome = PROVIDER.send(configured(server), outgoing())

    assert outcome.result is result
    assert len(server.accepted) == accepted
    assert PHONE not in outcome.failure
    assert PASSWORD not in outcome.failure


def test_a_gateway_that_is_not_there_got_nothing(server: KannelStandIn) -> None:
    assert PROVIDER.send(configured(server, send_url=nobody()), outgoing()).result is Result.LATER


def test_the_check_sends_nothing_and_sees_what_answers(server: KannelStandIn) -> None:
    configuration = configured(server)

    assert PROVIDER.check(configuration) == ""
    assert server.accepted == []
    server.is_broken = True
    assert "502" in PROVIDER.check(configuration)
    assert PROVIDER.check(configured(server, send_url=nobody())) != ""


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"send_template": "to={to}&text={text}&key=abc"}, set()),
        ({"send_template": "to={to}"}, {"send_template"}),
        ({"send_template": "to={to}&text={text}&x={whatever}"}, {"send_template"}),
        ({"send_url": "http://198.51.100.7/x"}, set()),
        ({"send_url": "http://sms.example.org/x"}, {"send_url"}),
        ({"path_secret": "with space " * 4}, {"path_secret"}),
    ],
)
def test_what_an_administrator_can_get_wrong_is_said(
    server: KannelStandIn, values: dict[str, str], wrong: set[str]
) -> None:
    assert set(PROVIDER.problems(configured(server, **values))) == wrong


def test_the_stand_in_fails_the_same_calls_with_the_same_seed() -> None:
    def failures(seed: int) -> list[Result]:
        with stand_in.kannel(share=0.4, seed=seed) as running:
            return [PROVIDER.send(configured(running), outgoing()).result for _ in range(12)]

    assert failures(7) == failures(7)
    assert {Result.ACCEPTED, Result.UNKNOWN} <= set(failures(7))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (1, DeliveryState.DELIVERED),
        (2, DeliveryState.UNDELIVERED),
        (4, DeliveryState.SENT),
        (8, DeliveryState.SENT),
        (16, DeliveryState.FAILED),
    ],
)
def test_reports_come_back_to_the_message_they_are_about(
    server: KannelStandIn, kind: int, state: DeliveryState
) -> None:
    sent = PROVIDER.send(configured(server), outgoing())
    (accepted,) = server.accepted

    webhook = stand_in.report(accepted["dlr-url"], kind)
    inbound = PROVIDER.receive(configured(server), webhook.as_request())

    assert inbound.events == (DeliveryReport(sent.provider_id, state, f"dlr-{kind}"),)
    assert inbound.answer == HttpAnswer()
