"""Vonage's SMS API, against what its documentation says it sends and takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.intake.gateways import providers
from app.intake.gateways._vonage_signature import METHODS, sign
from app.intake.gateways.protocol import (
    Configuration,
    DeliveryReport,
    Inbound,
    IncomingText,
    Malformed,
    NotGenuine,
    Part,
)
from app.intake.gateways.vonage import PROVIDER
from app.models import DeliveryState
from tests.contracts import vonage_stand_in as stand_in
from tests.contracts.loopback import Webhook
from tests.contracts.vonage_stand_in import SECRET, SIGNATURE_SECRET

PHONE = "+22376000001"
WAYS = [stand_in.post, stand_in.post_json, stand_in.get]


def receive(webhook: Webhook, **values: str) -> Inbound:
    configuration = Configuration("vonage", "vonage", {"path_secret": SECRET} | values)
    return PROVIDER.receive(configuration, webhook.as_request())


def text_of(webhook: Webhook, **values: str) -> IncomingText:
    (event,) = receive(webhook, **values).events
    assert isinstance(event, IncomingText)
    return event


def test_it_is_found_among_the_providers() -> None:
    assert providers()["vonage"] is PROVIDER


@pytest.mark.parametrize("way", WAYS)
def test_a_message_arrives_as_form_json_or_query(way: Callable[..., Webhook]) -> None:
    event = text_of(way(stand_in.form_of_message("0B1", PHONE, "Ils ont brûlé Ɲɔnɔ 🔥")))

    assert (event.provider_id, event.sender, event.recipient) == ("0B1", PHONE, "22370000000")
    assert event.text == "Ils ont brûlé Ɲɔnɔ 🔥"
    assert event.sent_at == datetime(2026, 3, 4, 9, 29, 58, tzinfo=UTC)


@pytest.mark.parametrize("sender", ["36210", "ORANGE"])
def test_short_codes_and_names_stay_as_they_are(sender: str) -> None:
    assert text_of(stand_in.post(stand_in.form_of_message("1", sender, "Solde"))).sender == sender


def test_parts_of_long_messages_are_told() -> None:
    part = Part("105", 2, 3)

    assert text_of(stand_in.post_json(stand_in.form_of_message("1", PHONE, "suite", part))).part == part


@pytest.mark.parametrize("figures", [{"concat-part": "x"}, {"concat-ref": ""}, {"concat-total": "9999"}])
def test_parts_without_figures_are_malformed(figures: dict[str, str]) -> None:
    form = stand_in.form_of_message("1", PHONE, "suite", Part("105", 2, 3)) | figures

    with pytest.raises(Malformed):
        receive(stand_in.post(form))


def test_a_binary_message_is_kept_byte_by_byte() -> None:
    form = stand_in.form_of_message("1", PHONE, "") | {
        "type": "binary",
        "data": "00ff10",
        "udh": "0500032A0302",
    }
    del form["text"]

    event = text_of(stand_in.post(form))

    assert (event.text, event.raw, event.part) == ("", b"\x00\xff\x10", Part("42", 2, 3))


def test_half_a_pair_in_json_is_kept_as_bytes() -> None:
    body = stand_in.post_json(stand_in.form_of_message("1", PHONE, "TEXT")).body.replace(b"TEXT", b"a\\ud83d")

    event = text_of(Webhook(SECRET, body=body, headers={"content-type": "application/json; charset=utf-8"}))

    assert (event.text, event.raw) == ("", b"a\xed\xa0\xbd")


@pytest.mark.parametrize("missing", ["messageId", "msisdn", "text"])
def test_a_message_without_what_it_must_have_is_malformed(missing: str) -> None:
    form = stand_in.form_of_message("1", PHONE, "Bonjour")
    del form[missing]

    with pytest.raises(Malformed):
        receive(stand_in.post(form))


def test_the_signature_is_the_documented_one() -> None:
    values = {"b": "x&y=z", "a": "1", "sig": "left out"}

    assert sign("key", "md5hash", values) == "9f43e0bbbb90a880aa0d332f5db971eb"  # md5 of `&a=1&b=x_y_zkey`
    hmac = "d6969e11ce2a052dd326e8f108b7ee4578798ad76512ea786073443c3ff855e9"
    assert sign("key", "sha256", values) == hmac  # of `&a=1&b=x_y_z`


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("way", WAYS)
def test_signed_requests_are_genuine(way: Callable[..., Webhook], method: str) -> None:
    form = stand_in.signed(stand_in.form_of_message("1", PHONE, "à = 1 & b"), method=method)
    keys = {"signature_secret": SIGNATURE_SECRET, "signature_method": method}

    assert text_of(way(form), **keys).text == "à = 1 & b"
    assert text_of(way(form | {"sig": form["sig"].upper()}), **keys).text == "à = 1 & b"


@pytest.mark.parametrize(
    "change", [{"sig": ""}, {"sig": "é"}, {"text": "autre"}, {"extra": "1"}, {"nonce": ""}]
)
def test_changed_requests_are_not_genuine(change: dict[str, str]) -> None:
    form = stand_in.signed(stand_in.form_of_message("1", PHONE, "Bonjour")) | change

    with pytest.raises(NotGenuine):
        receive(stand_in.post(form), signature_secret=SIGNATURE_SECRET)


def test_unsigned_requests_are_refused_once_a_signature_is_expected() -> None:
    with pytest.raises(NotGenuine):
        receive(stand_in.post(stand_in.form_of_message("1", PHONE, "x")), signature_secret=SIGNATURE_SECRET)


@pytest.mark.parametrize("action", ["", "sms", "status", SECRET[1:], f"status/{SECRET[1:]}"])
def test_without_the_secret_nothing_is_genuine_though_it_be_signed(action: str) -> None:
    form = stand_in.signed(stand_in.form_of_message("1", PHONE, "x"))

    with pytest.raises(NotGenuine):
        receive(stand_in.post(form, action), signature_secret=SIGNATURE_SECRET)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", DeliveryState.SENT),
        ("buffered", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("expired", DeliveryState.UNDELIVERED),
        ("failed", DeliveryState.UNDELIVERED),
        ("rejected", DeliveryState.FAILED),
    ],
)
def test_delivery_receipts_are_understood(status: str, state: DeliveryState) -> None:
    webhook = stand_in.post_json(stand_in.form_of_receipt("0A-1", status, "6"), f"status/{SECRET}")

    assert receive(webhook).events == (DeliveryReport("0A-1", state, f"{status}-6"),)


def test_an_unknown_delivery_status_is_acknowledged_and_left() -> None:
    assert (
        receive(stand_in.post(stand_in.form_of_receipt("0A-1", "unknown"), f"status/{SECRET}")) == Inbound()
    )


_NAMES = st.sampled_from(
    ["messageId", "msisdn", "text", "type", "data", "udh", "concat", "concat-ref", "status"]
)
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.lists(st.text(max_size=2), max_size=2)
)


@settings(deadline=None)  # the machine may be busy with other things
@given(
    prefix=st.sampled_from(["", "status/", "ussd/"]),
    body=st.binary(max_size=80)
    | st.dictionaries(_NAMES, _VALUES).map(lambda found: json.dumps(found).encode())
    | st.dictionaries(_NAMES, st.text(max_size=9)).map(lambda found: urlencode(found).encode()),
    content_type=st.sampled_from(["", "application/json", "application/x-www-form-urlencoded"]),
    secret=st.sampled_from(["", SIGNATURE_SECRET]),
)
def test_no_request_makes_it_stumble(prefix: str, body: bytes, content_type: str, secret: str) -> None:
    webhook = Webhook(prefix + SECRET, body=body, headers={"content-type": content_type})
    try:
        inbound = receive(webhook, signature_secret=secret)
    except (Malformed, NotGenuine):
        return
    assert not secret
    assert isinstance(inbound, Inbound)
