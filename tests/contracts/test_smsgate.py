"""SMSGate: only the phone that has the key is heard, the same message is one message, and sending twice sends once."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.gateways import smsgate
from app.intake.gateways.protocol import (
    Configuration,
    DeliveryReport,
    Event,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    NotGenuine,
    Outgoing,
    Ping,
    Result,
)
from app.models import DeliveryState
from tests.contracts.phone_stand_in import Fault, Reply
from tests.contracts.smsgate_stand_in import (
    DEVICE,
    KEY,
    OWN_NUMBER,
    SERVER,
    SmsGateStandIn,
    receipt,
    received,
    signed,
    webhook,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SENDER = "+22376123456"
TEXT = "ils ont brûlé le grenier, ߞߊ߲ߞߎ 🔥"
PROVIDER = smsgate.PROVIDER


def configured(**values: str) -> Configuration:
    return Configuration("phone", smsgate.NAME, {"signing_key": KEY, **values})


def request(body: bytes, headers: dict[str, str], at: datetime = NOW) -> InboundRequest:
    return InboundRequest("POST", "https://seere.example/sms/phone", "", headers, {}, body, at)


def events(name: str, payload: object, **other: Any) -> tuple[Event, ...]:
    return PROVIDER.receive(configured(), request(*webhook(name, payload, NOW, **other))).events


def heard(name: str, payload: object, **other: Any) -> IncomingText:
    (event,) = events(name, payload, **other)
    assert isinstance(event, IncomingText)
    return event


def test_a_text_comes_through_with_its_people_and_its_time() -> None:
    event = heard("sms:received", received(SENDER, TEXT, NOW))
    assert (event.sender, event.text, event.recipient, event.sent_at) == (SENDER, TEXT, OWN_NUMBER, NOW)


def test_a_release_before_2026_names_the_sender_differently() -> None:
    old = {"message": TEXT, "phoneNumber": SENDER, "receivedAt": "2026-11-22T17:00:00.000+07:00"}
    event = heard("sms:received", old)
    assert (event.sender, event.recipient, event.sent_at) == (SENDER, "", NOW)


def test_the_same_message_keeps_its_id_under_a_new_event_id_and_another_offset() -> None:
    first = received(SENDER, TEXT, NOW)
    again = {**first, "receivedAt": "2026-11-22T12:00:00.000+02:00"}
    assert heard("sms:received", first).provider_id == heard("sms:received", again).provider_id


@pytest.mark.parametrize(
    "other",
    [
        {"message": TEXT + "!"},
        {"sender": "+22376123457"},
        {"receivedAt": "2026-11-22T10:00:01.000+00:00"},
    ],
)
def test_another_text_person_or_second_is_another_message(other: dict[str, str]) -> None:
    first = received(SENDER, TEXT, NOW)
    assert heard("sms:received", first).provider_id != heard("sms:received", {**first, **other}).provider_id


def test_the_same_text_through_another_phone_is_another_message() -> None:
    payload = received(SENDER, TEXT, NOW)
    assert (
        heard("sms:received", payload).provider_id
        != heard("sms:received", payload, device="another-device").provider_id
    )


def test_without_a_time_two_equal_texts_stay_two() -> None:
    payload = {"message": "SOS", "sender": SENDER}
    assert heard("sms:received", payload).provider_id != heard("sms:received", payload).provider_id


def test_the_id_shows_neither_number_nor_text() -> None:
    provider_id = heard("sms:received", received(SENDER, "SOS", NOW)).provider_id
    assert len(provider_id) == 64
    assert set(provider_id) <= set("0123456789abcdef")


def test_a_data_message_keeps_its_bytes() -> None:
    data = base64.b64encode(b"\x00\xff\x06raw").decode()
    event = heard("sms:data-received", {"data": data, "sender": SENDER, "receivedAt": NOW.isoformat()})
    assert (event.text, event.encoding, base64.b64decode(event.raw)) == ("", "base64", b"\x00\xff\x06raw")


def test_an_mms_is_heard_of_even_without_words() -> None:
    told = {"sender": SENDER, "transactionId": "T1", "subject": None, "receivedAt": NOW.isoformat()}
    assert heard("mms:received", told).text == ""
    assert heard("mms:received", {**told, "subject": "le village"}).text == "le village"
    assert (
        heard("mms:received", told).provider_id
        != heard("mms:received", {**told, "transactionId": "T2"}).provider_id
    )
    assert heard("mms:downloaded", {"sender": SENDER, "messageId": "7", "body": "voici"}).text == "voici"


def test_a_batch_is_its_messages_with_the_ids_they_have_alone() -> None:
    both = [received(SENDER, "un", NOW), received(SENDER, "deux", NOW)]
    found = events("sms:batch:received", {"messages": both})
    assert found == tuple(heard("sms:received", one) for one in both)


def test_one_unreadable_message_does_not_take_its_batch_with_it() -> None:
    good = received(SENDER, "un", NOW)
    assert events("sms:batch:received", {"messages": [{}, good]}) == (heard("sms:received", good),)
    with pytest.raises(Malformed):
        events("sms:batch:received", {"messages": [{}]})


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("sms:sent", DeliveryState.SENT),
        ("sms:delivered", DeliveryState.DELIVERED),
        ("sms:cancelled", DeliveryState.CANCELLED),
    ],
)
def test_a_receipt_names_our_own_id(name: str, state: DeliveryState) -> None:
    ours = str(uuid.uuid4())
    assert events(name, receipt(name, ours)) == (DeliveryReport(ours, state),)


def test_a_failure_keeps_the_phones_word_and_nothing_that_may_identify() -> None:
    ours = str(uuid.uuid4())
    known = receipt("sms:failed", ours, reason="Send result: RESULT_ERROR_NO_SERVICE")
    told = receipt("sms:failed", ours, reason="Invalid phone number +22376123456")
    assert events("sms:failed", known) == (
        DeliveryReport(ours, DeliveryState.FAILED, "RESULT_ERROR_NO_SERVICE"),
    )
    assert events("sms:failed", told) == (DeliveryReport(ours, DeliveryState.FAILED, ""),)


def test_a_ping_and_what_we_do_not_know() -> None:
    assert events("system:ping", {"health": {"status": "pass"}}) == (Ping(),)
    assert PROVIDER.receive(configured(), request(*webhook("app:started", {}, NOW))) == Inbound()


def test_a_signature_of_ours_is_the_phones() -> None:
    body, headers = webhook("system:ping", {}, NOW)
    assert smsgate.sign(KEY, body, headers["x-timestamp"]) == headers["x-signature"]


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_five_minutes_off_is_forgiven(seconds: int) -> None:
    body, headers = webhook("system:ping", {}, NOW)
    assert PROVIDER.receive(configured(), request(body, headers, NOW + timedelta(seconds=seconds))).events


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_recording_is_not_genuine_later(seconds: int) -> None:
    body, headers = webhook("system:ping", {}, NOW)
    with pytest.raises(NotGenuine):
        PROVIDER.receive(configured(), request(body, headers, NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "changed",
    [
        {"x-signature": ""},
        {"x-signature": "0" * 64},
        {"x-signature": "é" * 64},
        {"x-timestamp": str(int(NOW.timestamp()) + 1)},
        {"x-timestamp": ""},
    ],
)
def test_what_the_phone_did_not_sign_is_refused(changed: dict[str, str]) -> None:
    body, headers = webhook("sms:received", received(SENDER, TEXT, NOW), NOW)
    with pytest.raises(NotGenuine):
        PROVIDER.receive(configured(), request(body, {**headers, **changed}))


def test_a_changed_body_is_refused() -> None:
    body, headers = webhook("sms:received", received(SENDER, TEXT, NOW), NOW)
    with pytest.raises(NotGenuine):
        PROVIDER.receive(configured(), request(body.replace(b"2376123456", b"2376123457"), headers))


@pytest.mark.parametrize("timestamp", ["٣", "-1", "1e9", "9" * 40, "1_763_000_000", "now"])
def test_a_signed_timestamp_must_be_seconds(timestamp: str) -> None:
    body = b"{}"
    headers = {"x-timestamp": timestamp, "x-signature": smsgate.sign(KEY, body, timestamp)}
    with pytest.raises(NotGenuine):
        PROVIDER.receive(configured(), request(body, headers))


@pytest.mark.parametrize("key", ["", "aB3_xY9z", "eleven-sign"])
def test_a_missing_short_or_made_up_key_admits_nobody(key: str) -> None:
    body, headers = webhook("system:ping", {}, NOW, key=key)
    with pytest.raises(NotGenuine):
        PROVIDER.receive(configured(signing_key=key), request(body, headers))
    assert not key or "signing_key" in PROVIDER.problems(configured(signing_key=key))


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"message": TEXT},
        {"message": TEXT, "sender": ""},
        {"message": TEXT, "sender": 22376123456},
        {"message": TEXT, "sender": "2" * 201},
        {"message": TEXT, "sender": "+223\x00"},
        {"message": None, "sender": SENDER},
    ],
)
def test_a_signed_message_without_people_or_text_is_malformed(payload: object) -> None:
    with pytest.raises(Malformed):
        events("sms:received", payload)


@given(st.binary(max_size=400))
def test_any_signed_bytes_are_events_or_malformed(body: bytes) -> None:
    try:
        PROVIDER.receive(configured(), request(body, signed(body, NOW)))
    except Malformed:
        return


payload_names = st.sampled_from(
    ["sender", "message", "receivedAt", "data", "messageId", "messages", "reason", "subject"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(payload_names, inner, max_size=5),
    max_leaves=12,
)
names = st.sampled_from(
    ["sender", "message", "receivedAt", "data", "messageId", "messages", "reason", "subject"]
)
names = st.sampled_from(
    [
        "sms:received",
        "sms:batch:received",
        "sms:data-received",
        "mms:received",
        "sms:failed",
        "sms:sent",
        "other",
    ]
)


@given(names, json_values, st.text(max_size=10))
def test_any_signed_payload_is_events_or_malformed(name: str, payload: object, half: str) -> None:
    body = json.dumps({"event": name, "payload": payload, "deviceId": "\ud800" + half}).encode()
    try:
        found = PROVIDER.receive(configured(), request(body, signed(body, NOW))).events
    except Malformed:
        return
    for event in found:
        if isinstance(event, IncomingText):
            assert event.sender.isprintable()
            assert len(event.provider_id) == 64


def test_a_deeply_nested_body_is_malformed() -> None:
    body = b'{"payload":' + b"[" * 100_000
    with pytest.raises(Malformed):
        PROVIDER.receive(configured(), request(body, signed(body, NOW)))


@pytest.fixture
def phone() -> Iterator[SmsGateStandIn]:
    with SmsGateStandIn() as stand_in:
        yield stand_in


def outgoing(**changed: Any) -> Outgoing:
    return Outgoing(
        **{"message_id": uuid.uuid4(), "address": "+22376000001", "text": "Merci. Code ABCD", **changed}
    )


def reaching(phone: SmsGateStandIn, **changed: str) -> Configuration:
    return Configuration("phone", smsgate.NAME, phone.values(**changed))


def test_a_message_is_handed_over_under_our_id(phone: SmsGateStandIn) -> None:
    message = outgoing()
    outcome = PROVIDER.send(reaching(phone, device_id=DEVICE, sim_number="2"), message)
    assert (outcome.result, outcome.provider_id, outcome.failure) == (
        Result.ACCEPTED,
        str(message.message_id),
        "",
    )
    assert phone.accepted == [
        {
            "id": str(message.message_id),
            "textMessage": {"text": message.text},
            "phoneNumbers": [message.address],
            "withDeliveryReport": True,
            "deviceId": DEVICE,
            "simNumber": 2,
        }
    ]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.DROPPED])
def test_a_doubtful_attempt_repeated_is_sent_once(phone: SmsGateStandIn, fault: Fault) -> None:
    message = outgoing()
    phone.faults.append(fault)
    first = PROVIDER.send(reaching(phone), message)
    second = PROVIDER.send(reaching(phone), message)
    assert (first.result, second.result) == (Result.UNKNOWN, Result.ACCEPTED)
    assert first.provider_id == str(message.message_id)  # so that a late receipt finds it
    assert len(phone.accepted) == 1


def test_a_busy_phone_names_the_time_to_come_back(phone: SmsGateStandIn) -> None:
    phone.faults.append(Fault.DECLINED)
    outcome = PROVIDER.send(reaching(phone), outgoing())
    assert (outcome.result, outcome.failure, outcome.retry_after_seconds) == (Result.LATER, "smsgate-503", 7)
    assert phone.accepted == []


def test_wrong_credentials_can_be_mended_and_a_wrong_number_not(phone: SmsGateStandIn) -> None:
    assert PROVIDER.send(reaching(phone, password="wrong"), outgoing()).result is Result.LATER
    refused = PROVIDER.send(reaching(phone), outgoing(address="Orange"))
    assert (refused.result, refused.failure) == (Result.REFUSED, "smsgate-400")


def test_a_page_that_isnt_the_phones_accepts_nothing(phone: SmsGateStandIn) -> None:
    phone.reply = Reply(200, b"<html>Sign in to this network</html>")
    assert PROVIDER.send(reaching(phone), outgoing()).result is Result.UNKNOWN


def test_a_phone_that_is_off_certainly_sent_nothing(phone: SmsGateStandIn) -> None:
    configuration = reaching(phone)
    phone.stop()
    outcome = PROVIDER.send(configuration, outgoing())
    assert (outcome.result, outcome.failure) == (Result.LATER, "NewConnectionError")


def test_one_call_in_ten_failing_sends_everything_once(phone: SmsGateStandIn) -> None:
    phone.share = 0.1
    messages = [outgoing() for _ in range(60)]
    for message in messages:
        attempts = (PROVIDER.send(reaching(phone), message).result for _ in range(9))
        assert Result.ACCEPTED in attempts
    assert [one["id"] for one in phone.accepted] == [str(one.message_id) for one in messages]
    assert phone.happened


def test_a_check_tells_what_is_wrong(phone: SmsGateStandIn) -> None:
    assert PROVIDER.check(reaching(phone)) == ""
    assert "credentials" in PROVIDER.check(reaching(phone, password="wrong"))
    assert "404" in PROVIDER.check(reaching(phone, api_base=f"{phone.address}/elsewhere"))
    configuration = reaching(phone)
    phone.stop()
    assert "NewConnectionError" in PROVIDER.check(configuration)
    assert phone.accepted == []


def test_a_check_knows_the_phone_behind_a_server(phone: SmsGateStandIn) -> None:
    base = phone.address + SERVER
    assert PROVIDER.check(reaching(phone, api_base=base, device_id=DEVICE)) == ""
    assert "No phone" in PROVIDER.check(reaching(phone, api_base=base, device_id="another"))
    assert "credentials" in PROVIDER.check(reaching(phone, api_base=base, device_id=DEVICE, password="wrong"))


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"api_base": "http://192.168.1.20:8080"}, set()),
        ({"api_base": "http://100.101.7.9:8080", "sim_number": "3"}, set()),
        ({"api_base": "http://phone.example:8080"}, {"api_base"}),
        ({"api_base": "http://41.73.1.2:8080"}, {"api_base"}),
        ({"api_base": "http://[::1"}, {"api_base"}),
        ({"api_base": smsgate.CLOUD}, {"device_id"}),
        ({"api_base": smsgate.CLOUD, "device_id": "abc"}, set()),
        ({"sim_number": "4"}, {"sim_number"}),
        ({"sim_number": "²"}, {"sim_number"}),
    ],
)
def test_a_configuration_that_would_harm_is_named(values: dict[str, str], wrong: set[str]) -> None:
    assert set(PROVIDER.problems(configured(**values))) == wrong


def test_a_configuration_shows_no_secret() -> None:
    assert KEY not in repr(configured(password="hidden"))
