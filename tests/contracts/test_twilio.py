"""What Twilio sends us: only what it signed is read, and everything it may hold comes out right."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote_plus, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.gateways import providers, twilio
from app.intake.gateways.protocol import (
    Configuration,
    Consent,
    DeliveryReport,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    MediaReference,
    NotGenuine,
)
from app.intake.gateways.twilio import PROVIDER, sign
from app.models import Channel, DeliveryState
from tests.contracts.twilio_stand_in import ACCOUNT, TOKEN

URL = "https://seere.example.org/webhooks/twilio-bamako"
SENDER, OURS = "+22370112233", "+22320445566"
SID = "SM" + "7a" * 16
GATEWAY = Configuration(
    "twilio-bamako", "twilio", {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": OURS}
)
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def message(**changes: str) -> dict[str, str]:
    """A message webhook's parameters, some with no value, as Twilio sends them."""
    return {
        "AccountSid": ACCOUNT,
        "MessageSid": SID,
        "SmsMessageSid": SID,
        "From": SENDER,
        "To": OURS,
        "Body": "Il y a eu des tirs à Niono, ߒߞߏ 😀 & + %",
        "NumMedia": "0",
        "NumSegments": "1",
        "FromCity": "",
        "AddedNextYear": "whatever",
    } | changes


def request(
    body: bytes,
    signature: str,
    *,
    action: str = "sms",
    content_type: str = FORM,
    url: str = "",
    query: Mapping[str, str] | None = None,
) -> InboundRequest:
    """A request that reached us at its public address."""
    headers = {"content-type": content_type, "x-twilio-signature": signature, "host": "10.0.0.7:8000"}
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    return InboundRequest("POST", url or f"{URL}/{action}", action, headers, query or {}, body, moment)


def signed(form: Mapping[str, str], action: str = "sms", token: str = TOKEN) -> InboundRequest:
    return request(urlencode(form).encode(), sign(token, f"{URL}/{action}", form), action=action)


def signed_json(body: bytes, *, digest_of: bytes | None = None) -> InboundRequest:
    """A JSON body is signed by a digest in the address."""
    digest = hashlib.sha256(body if digest_of is None else digest_of).hexdigest()
    url = f"{URL}/sms?bodySHA256={digest}"
    return request(body, sign(TOKEN, url, {}), content_type=JSON, url=url, query={"bodySHA256": digest})


def received(request: InboundRequest) -> IncomingText:
    (event,) = PROVIDER.receive(GATEWAY, request).events
    assert isinstance(event, IncomingText)
    return event


def refuses(request: InboundRequest, configuration: Configuration = GATEWAY) -> bool:
    with pytest.raises(NotGenuine):
        PROVIDER.receive(configuration, request)
    return True


def test_it_is_found_among_the_providers() -> None:
    assert providers()["twilio"] is PROVIDER


def test_the_signature_is_the_one_that_twilio_documents() -> None:
    form = {"Zone": "Sud", "AccountSid": ACCOUNT, "Body": "é"}
    text = f"{URL}AccountSid{ACCOUNT}BodyéZoneSud".encode()
    expected = base64.b64encode(hmac.new(TOKEN.encode(), text, hashlib.sha1).digest()).decode()
    assert sign(TOKEN, URL, form) == expected


def test_a_message_comes_through_whole_and_is_answered_with_silence() -> None:
    inbound = PROVIDER.receive(GATEWAY, signed(message()))
    assert inbound.events == (
        IncomingText(provider_id=SID, sender=SENDER, text=message()["Body"], recipient=OURS),
    )
    assert inbound.answer.status == 200
    assert inbound.answer.content_type.startswith("text/xml")
    assert inbound.answer.body.endswith("<Response/>")


def test_a_json_body_is_checked_by_its_digest() -> None:
    body = json.dumps(message(Body="a\ud83d\ude00b\ud800c") | {"NumMedia": 0}).encode()
    assert received(signed_json(body)).text == "a😀b\ufffdc"
    assert refuses(signed_json(body, digest_of=b"{}"))
    without = request(body, sign(TOKEN, f"{URL}/sms", {}), content_type=JSON)
    assert refuses(without)  # nothing would cover the body


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data; boundary=x"])
def test_a_body_that_no_signature_covers_is_refused(content_type: str) -> None:
    signature = sign(TOKEN, f"{URL}/sms", {})
    assert refuses(request(urlencode(message()).encode(), signature, content_type=content_type))


def test_a_form_cannot_pass_as_a_signed_json_body() -> None:
    address = signed_json(b"{}")
    signature = address.headers["x-twilio-signature"]
    assert refuses(
        request(urlencode(message()).encode(), signature, url=address.url, query=dict(address.query))
    )


@pytest.mark.parametrize(
    "missing", [{"auth_token": ""}, {"account_sid": ""}, {"account_sid": "AC" + "0" * 32}]
)
def test_without_its_token_or_for_another_account_nothing_is_genuine(missing: dict[str, str]) -> None:
    configuration = Configuration("twilio", "twilio", dict(GATEWAY.values) | missing)
    assert refuses(signed(message()), configuration)


def test_an_unfinished_configuration_takes_nothing_for_genuine() -> None:
    def without(name: str) -> Configuration:
        return Configuration("twilio", "twilio", dict(GATEWAY.values) | {name: ""})

    assert refuses(signed(message(), token=""), without("auth_token"))
    assert refuses(signed(message(AccountSid="")), without("account_sid"))


def test_nothing_but_the_right_signature_will_do() -> None:
    body = urlencode(message()).encode()
    for signature in ("", "é", "A" * 28, sign(TOKEN, f"{URL}/status", message())):
        assert refuses(request(body, signature))
    assert refuses(signed(message(), token="another"))
    assert refuses(signed(message(AccountSid="AC" + "1" * 32)))
    right = signed(message()).headers["x-twilio-signature"]
    assert refuses(request(urlencode(message(Body="autre")).encode(), right))
    assert refuses(request(body + b"&Body=autre", right))
    assert refuses(request(body, right, url="https://10.0.0.7:8000/webhooks/twilio-bamako/sms"))


def test_a_signature_over_repeated_names_is_understood_and_the_first_value_counts() -> None:
    pairs = [*message(Body="un").items(), ("Body", "deux")]
    names = {name: sorted({value for given, value in pairs if given == name}) for name, _ in pairs}
    text = f"{URL}/sms" + "".join(name + value for name in sorted(names) for value in names[name])
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
    assert received(request(urlencode(pairs).encode(), signature)).text == "un"


def test_whatsapp_pictures_and_places() -> None:
    form = message(
        From=f"whatsapp:{SENDER}",
        To=f"whatsapp:{OURS}",
        Body="ici",
        NumMedia="3",
        MediaUrl0="https://api.twilio.com/a",
        MediaContentType0="image/jpeg",
        MediaUrl1="file:///etc/passwd",
        MediaUrl2="https://api.twilio.com/b",
        Latitude="14.25",
        Longitude="-5.98",
        Label="Marché",
    )
    event = received(signed(form))
    assert (event.channel, event.sender, event.recipient) == (Channel.WHATSAPP, SENDER, OURS)
    assert event.media == (
        MediaReference("https://api.twilio.com/a", "image/jpeg"),
        MediaReference("https://api.twilio.com/b"),
    )
    assert event.text == "ici\nMarché\n14.25, -5.98"


@pytest.mark.parametrize("count", ["", "-1", "9" * 5000, "²", "x", "11"])
def test_a_strange_number_of_pictures_is_survived(count: str) -> None:
    pictures = {f"MediaUrl{number}": "https://api.twilio.com/p" for number in range(12)}
    assert len(received(signed(message(NumMedia=count, **pictures))).media) == (10 if count == "11" else 0)


@pytest.mark.parametrize(
    ("word", "consent"), [("STOP", Consent.STOP), ("START", Consent.START), ("HELP", None), ("", None)]
)
def test_what_twilio_took_for_an_opt_out(word: str, consent: Consent | None) -> None:
    assert received(signed(message(OptOutType=word))).consent is consent


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageSid": ""},
        {"MessageSid": "S" * 65},
        {"MessageSid": "SM\x00"},
        {"From": " "},
        {"From": "whatsapp:"},
        {"From": "+" * 201},
    ],
)
def test_a_message_without_id_or_sender_is_malformed(changes: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        PROVIDER.receive(GATEWAY, signed(message(**changes)))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", DeliveryState.QUEUED),
        ("sending", DeliveryState.SENDING),
        ("sent", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("read", DeliveryState.DELIVERED),
        ("undelivered", DeliveryState.UNDELIVERED),
        ("failed", DeliveryState.FAILED),
    ],
)
def test_a_receipt_says_where_a_message_is(status: str, state: DeliveryState) -> None:
    form = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": status, "To": SENDER}
    inbound = PROVIDER.receive(GATEWAY, signed(form | {"ErrorCode": "30003"}, "status"))
    assert inbound.events == (DeliveryReport(SID, state, "30003"),)
    assert (inbound.answer.status, inbound.answer.body) == (204, "")
    assert PROVIDER.receive(GATEWAY, signed(form | {"ErrorCode": "0"}, "status")).events == (
        DeliveryReport(SID, state),
    )


def test_a_receipt_of_a_kind_we_do_not_know_says_nothing() -> None:
    form = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "teleported"}
    assert PROVIDER.receive(GATEWAY, signed(form, "status")).events == ()
    with pytest.raises(Malformed):
        PROVIDER.receive(GATEWAY, signed({"AccountSid": ACCOUNT, "MessageStatus": "sent"}, "status"))
    with pytest.raises(Malformed):
        PROVIDER.receive(GATEWAY, signed(message(), "elsewhere"))


READABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.sampled_from([*message(), "OptOutType", "MediaUrl0", "ErrorCode", "MessageStatus"]) | READABLE


@given(st.dictionaries(NAMES, READABLE, max_size=8), st.sampled_from(["sms", "status", "x"]))
def test_whatever_is_signed_is_read_or_malformed(changes: dict[str, str], action: str) -> None:
    form = message() | changes | {"AccountSid": ACCOUNT}
    try:
        inbound = PROVIDER.receive(GATEWAY, signed(form, action))
    except Malformed:
        return
    for event in inbound.events:
        assert isinstance(event, IncomingText | DeliveryReport)
        assert 0 < len(event.provider_id) <= 64


@given(
    st.binary(max_size=200), st.sampled_from([FORM, JSON, "x"]), st.text(max_size=30), st.text(max_size=40)
)
def test_whatever_is_not_signed_is_refused(body: bytes, content_type: str, signature: str, url: str) -> None:
    query = {"bodySHA256": hashlib.sha256(body).hexdigest()}
    assert refuses(request(body, signature, content_type=content_type, url=url, query=query))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4), st.text())
def test_whatever_json_is_signed_is_read_or_refused(value: object, name: str) -> None:
    for content in (value, message() | {name: value}):
        try:
            assert isinstance(PROVIDER.receive(GATEWAY, signed_json(json.dumps(content).encode())), Inbound)
        except (NotGenuine, Malformed):
            continue


@pytest.mark.parametrize(
    "body",
    [
        b"AccountSid=" + ACCOUNT.encode() + b"&Body=%ff%fe",
        b"AccountSid=" + ACCOUNT.encode() + b"&Body=\xff",
        b"AccountSid=" + ACCOUNT.encode() + b"&Body=%ED%A0%80",
        b"&".join(b"f%d=1" % number for number in range(600)),
        b"Body=" + b"a" * 1_000_000,
    ],
    ids=["not UTF-8", "raw bytes", "half a surrogate pair", "600 fields", "a megabyte"],
)
def test_bodies_that_twilio_never_sends_are_refused(body: bytes) -> None:
    assert refuses(request(body, sign(TOKEN, f"{URL}/sms", {})))


def test_a_plus_and_a_space_survive() -> None:
    form = message(Body="a b+c")
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form.items())
    assert received(request(body.encode(), sign(TOKEN, f"{URL}/sms", form))).text == "a b+c"


def test_an_address_with_the_default_port_is_the_same() -> None:
    with_port = f"https://{urlsplit(URL).hostname}:443/webhooks/twilio-bamako/sms"
    assert (
        received(request(urlencode(message()).encode(), sign(TOKEN, with_port, message()))).sender == SENDER
    )


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"number": "whatsapp:+22320445566"}, set()),
        ({"number": "MG" + "1" * 32, "api_base": "http://127.0.0.1:9/x"}, set()),
        ({"account_sid": "SK" + "1" * 32, "number": "20445566"}, {"account_sid", "number"}),
        ({"api_base": "http://twilio.example.org"}, {"api_base"}),
        ({"api_base": "https://name:word@twilio.example.org"}, {"api_base"}),
        ({"api_base": "ftp://x"}, {"api_base"}),
    ],
)
def test_wrong_values_are_named(values: dict[str, str], wrong: set[str]) -> None:
    given = Configuration("twilio", "twilio", dict(GATEWAY.values) | values)
    assert set(PROVIDER.problems(given)) == wrong


def test_the_token_is_a_secret_for_both_zones_and_not_shown() -> None:
    fields = {field.name: field for field in PROVIDER.fields}
    assert (fields["auth_token"].shape, fields["auth_token"].least) == ("secret", 32)
    assert fields["api_base"].reader == "worker"
    assert TOKEN not in repr(GATEWAY)
    assert PROVIDER.name == twilio.NAME
