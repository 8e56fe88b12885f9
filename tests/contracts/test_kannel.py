"""Kannel and other plain HTTP gateways, against what Kannel's user guide says it sends and takes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.intake.gateways import providers
from app.intake.gateways._udh import concatenation, header_of
from app.intake.gateways.kannel import PROVIDER
from app.intake.gateways.protocol import (
    Configuration,
    HttpAnswer,
    Inbound,
    IncomingText,
    Malformed,
    NotGenuine,
    Part,
)
from tests.contracts import kannel_stand_in as stand_in
from tests.contracts.kannel_stand_in import SECRET
from tests.contracts.loopback import RECEIVED_AT, Webhook, form_post

PHONE = "+22376000001"
CONFIGURATION = Configuration("kannel", "kannel", {"path_secret": SECRET})
BAMBARA = "Cɛ saba ye dugutigi bugɔ"


def receive(webhook: Webhook, **values: str) -> Inbound:
    configuration = Configuration("kannel", "kannel", {"path_secret": SECRET} | values)
    return PROVIDER.receive(configuration, webhook.as_request())


def text_of(webhook: Webhook, **values: str) -> IncomingText:
    (event,) = receive(webhook, **values).events
    assert isinstance(event, IncomingText)
    return event


def test_it_is_found_among_the_providers() -> None:
    assert providers()["kannel"] is PROVIDER


def test_a_message_arrives_and_is_answered_by_nothing() -> None:
    inbound = receive(stand_in.message(stand_in.query_of_message("id-1", PHONE, BAMBARA)))

    assert inbound.answer == HttpAnswer(body="", status=200)
    assert inbound.events == (
        IncomingText(
            "id-1", PHONE, BAMBARA, recipient="36210", sent_at=datetime(2026, 3, 4, 9, 29, 58, tzinfo=UTC)
        ),
    )


def test_a_gateway_with_other_names_that_posts_is_understood() -> None:
    names = {"parameter_sender": "msisdn", "parameter_text": "message", "parameter_id": "ref"}
    form = {"msisdn": PHONE, "message": "Bonjour", "ref": "77", "from": "ignored", "text": "ignored"}

    event = text_of(form_post(SECRET, form), **names)

    assert (event.provider_id, event.sender, event.text) == ("77", PHONE, "Bonjour")


@pytest.mark.parametrize(
    ("text", "coding", "encoding"),
    [
        ("سرقوا الماشية".encode("utf-16-be"), "2", "ucs2"),
        ("ߒ ߕߐ߮ ߟߋ߬ ߞߏ߫".encode("utf-16-be"), "2", "ucs2"),
        ("ⴰⵣⵓⵍ".encode("utf-16-be"), "2", "ucs2"),
        ("Été 🔥".encode("utf-16-be"), "2", "ucs2"),
        ("Bonjour".encode("utf-16-be"), "UTF16-BE", "ucs2"),
        (b"\x04t\x00 un mort", "0", "gsm7"),
        ("blessé".encode("latin-1"), "0", "latin1"),
        (b"\x00\xff\x10", "1", ""),
        (b"\xff\xfe\xfd", "2", ""),
        (b"\xff\xfe\xfd", "", ""),
    ],
)
def test_what_is_not_utf_8_is_kept_byte_by_byte(text: bytes, coding: str, encoding: str) -> None:
    event = text_of(stand_in.message(stand_in.query_of_message("id-1", PHONE, text, coding=coding)))

    assert (event.text, event.raw, event.encoding) == ("", text, encoding)


@pytest.mark.parametrize("coding", ["0", "1", "2", "", "gsm", "junk"])
@pytest.mark.parametrize("text", ["1234", "Ɲininkali ?\nÀ Gao", "سرقوا الماشية", "cafe", "", "-5 -6 -7 -8"])
def test_what_is_utf_8_is_text_whatever_the_coding_says(text: str, coding: str) -> None:
    event = text_of(stand_in.message(stand_in.query_of_message("id-1", PHONE, text, coding=coding)))

    assert (event.text, event.raw) == (text, b"")


def test_hexadecimal_bodies_are_read_where_that_was_configured() -> None:
    raw = "Ɲɔnɔ".encode("utf-16-be")
    query = stand_in.query_of_message("id-1", PHONE, raw.hex(), coding="2")

    assert text_of(stand_in.message(query), body_form="hex").raw == raw
    assert text_of(stand_in.message(query)).text == raw.hex()


def test_a_body_that_was_to_be_hexadecimal_and_is_not_is_kept() -> None:
    query = stand_in.query_of_message("id-1", PHONE, "pas du tout", coding="0")

    assert text_of(stand_in.message(query), body_form="hex").text == "pas du tout"


@pytest.mark.parametrize(
    "part", [Part("42", 2, 3), Part("255", 1, 2), Part("256", 3, 3), Part("65535", 255, 255)]
)
def test_parts_of_long_messages_are_told(part: Part) -> None:
    assert text_of(stand_in.message(stand_in.query_of_message("id", PHONE, "suite", part=part))).part == part


@pytest.mark.parametrize("header", ["0500032A0302", "0500032a0302", "06080400 2A0302"])
def test_headers_come_as_hexadecimal_digits_too(header: str) -> None:
    form = {"from": PHONE, "text": "suite", "id": "1", "udh": header}

    assert text_of(form_post(SECRET, form)).part == Part("42", 2, 3)


def test_concatenation_is_found_behind_other_elements() -> None:
    ports_first = bytes((11, 5, 4, 0x15, 0x82, 0, 0, 0, 3, 42, 3, 2))

    assert concatenation(ports_first) == Part("42", 2, 3)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x00",
        b"\x05\x00\x03\x2a\x00\x00",  # no parts
        b"\x05\x00\x03\x2a\x03\x00",  # part zero
        b"\x05\x00\x03\x2a\x02\x03",  # part 3 of 2
        b"\x05\x00\x03\x2a\x01\x01",  # the only part
        b"\x05\x00\x09\x2a\x03\x01",  # longer than it is
        b"\x03\x70\x01\x00",
    ],
)
def test_senseless_headers_make_whole_messages(header: bytes) -> None:
    assert concatenation(header) is None


@settings(deadline=None)  # the machine may be busy with other things
@given(st.binary(max_size=40))
def test_no_header_makes_it_stumble(header: bytes) -> None:
    found = concatenation(header)
    assert found is None or 1 <= found.number <= found.total
    assert header_of(header.decode("utf-8", "surrogateescape")) in (b"", header, _from_hex(header))


def _from_hex(header: bytes) -> bytes:
    try:
        return bytes.fromhex(header.decode("utf-8", "surrogateescape"))
    except ValueError:
        return b""


def test_without_an_id_the_same_message_is_the_same_and_others_are_others() -> None:
    def id_of(
        text: str, sender: str = PHONE, time: str = "2026-03-04 09:29:58", part: Part | None = None
    ) -> str:
        query = stand_in.query_of_message("", sender, text, time=time, part=part)
        return text_of(stand_in.message(query)).provider_id

    usual = id_of("Bonjour")
    others = {
        id_of("Bonsoir"),
        id_of("Bonjour", sender="+22376000002"),
        id_of("Bonjour", time="2026-03-04 09:29:59"),
        id_of("Bonjour", part=Part("1", 1, 2)),
        id_of("Bonjour", part=Part("1", 2, 2)),
    }

    assert id_of("Bonjour") == usual
    assert len(others) == 5
    assert usual not in others
    assert len(usual) == 64


def test_without_an_id_and_a_time_the_minute_of_arrival_counts() -> None:
    request = form_post(SECRET, {"from": PHONE, "text": "Bonjour"})
    ids = [
        PROVIDER.receive(CONFIGURATION, request.as_request(RECEIVED_AT + timedelta(seconds=later))).events[0]
        for later in (0, 30, 60)
    ]

    assert ids[0] == ids[1]
    assert ids[0] != ids[2]


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        (PHONE, PHONE),
        ("22376000001", PHONE),
        ("0022376000001", PHONE),
        ("76000001", PHONE),
        ("76 00 00 01", PHONE),
        ("+33612345678", "+33612345678"),
        ("33612345678", "+33612345678"),
        ("36210", "36210"),
        ("7402", "7402"),
        ("Orange Mali", "Orange Mali"),
        ("1800PICKUP", "1800PICKUP"),
    ],
)
def test_a_person_has_one_number_however_the_network_writes_it(given: str, sender: str) -> None:
    assert text_of(stand_in.message(stand_in.query_of_message("1", given, "x"))).sender == sender


def test_a_plus_that_was_not_escaped_is_mended() -> None:
    assert text_of(Webhook(SECRET, "GET", f"from={PHONE}&text=ok&id=1")).sender == PHONE


@pytest.mark.parametrize("action", ["", "sms", SECRET[:-1], SECRET.upper(), f"{SECRET}/", "status/no"])
def test_without_the_secret_nothing_is_genuine(action: str) -> None:
    with pytest.raises(NotGenuine):
        receive(Webhook(action, "GET", stand_in.query_of_message("id-1", PHONE, "Bonjour")))


@pytest.mark.parametrize("query", ["", "text=x&id=1", "from=%2B223&id=1", "from=&text=x", "from=%00&text=x"])
def test_a_message_without_sender_or_text_is_malformed(query: str) -> None:
    with pytest.raises(Malformed):
        receive(Webhook(SECRET, "GET", query))


def test_reports_in_between_are_acknowledged_and_left() -> None:
    assert receive(Webhook(f"status/{SECRET}", "GET", f"message_id={uuid.uuid4()}&type=34")) == Inbound()


@pytest.mark.parametrize(
    "query", ["", "type=1", "message_id=7&type=1", f"message_id={uuid.UUID(int=1)}&type=%25d"]
)
def test_reports_about_nothing_are_malformed(query: str) -> None:
    with pytest.raises(Malformed):
        receive(Webhook(f"status/{SECRET}", "GET", query))


@settings(deadline=None)  # the machine may be busy with other things
@given(
    prefix=st.sampled_from(["", "status/", "ussd/"]),
    query=st.text(st.characters(codec="ascii"), max_size=40)
    | st.dictionaries(
        st.sampled_from(["from", "text", "udh", "ts", "coding", "id", "type", "message_id"]),
        st.binary(max_size=12) | st.just("2"),
    ).map(lambda values: "&".join(f"{name}={quote(value)}" for name, value in values.items())),
    body=st.binary(max_size=100),
    form=st.sampled_from(["text", "hex"]),
)
def test_no_request_makes_it_stumble(prefix: str, query: str, body: bytes, form: str) -> None:
    try:
        inbound = receive(Webhook(prefix + SECRET, query=query, body=body), body_form=form)
    except Malformed:
        return
    for event in inbound.events:
        assert not isinstance(event, IncomingText) or event.text.encode() is not None
