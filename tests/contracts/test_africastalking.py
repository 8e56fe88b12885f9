"""Africa's Talking, against what its documentation says it sends and takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.intake.gateways import providers
from app.intake.gateways.africastalking import PROVIDER
from app.intake.gateways.protocol import (
    Configuration,
    Consent,
    DeliveryReport,
    Inbound,
    IncomingText,
    Malformed,
    NotGenuine,
    UssdStep,
)
from app.models import DeliveryState
from tests.contracts import africastalking_stand_in as stand_in
from tests.contracts.africastalking_stand_in import SECRET
from tests.contracts.loopback import RECEIVED_AT, Webhook, form_post

PHONE = "+22376000001"
CONFIGURATION = Configuration("at", "africastalking", {"path_secret": SECRET})


def receive(webhook: Webhook) -> Inbound:
    return PROVIDER.receive(CONFIGURATION, webhook.as_request())


def test_it_is_found_among_the_providers() -> None:
    assert providers()["africastalking"] is PROVIDER


def test_a_message_arrives_with_its_letters() -> None:
    (event,) = receive(stand_in.message("id-1", PHONE, "Ils ont brûlé le marché à Ɲɔnɔ 🔥 ߞߊ߬ߣߍ߲߬")).events

    assert isinstance(event, IncomingText)
    assert (event.provider_id, event.sender, event.recipient) == ("id-1", PHONE, "36210")
    assert event.text == "Ils ont brûlé le marché à Ɲɔnɔ 🔥 ߞߊ߬ߣߍ߲߬"
    assert event.raw == b""


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-03-04T09:29:58Z", datetime(2026, 3, 4, 9, 29, 58, tzinfo=UTC)),
        ("2026-03-04T12:29:58+03:00", datetime(2026, 3, 4, 9, 29, 58, tzinfo=UTC)),
        ("2026-03-04T09:29:58.250Z", datetime(2026, 3, 4, 9, 29, 58, 250_000, tzinfo=UTC)),
        ("2026-03-04 09:29:58", datetime(2026, 3, 4, 9, 29, 58, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_both_forms_of_date_are_read_and_others_do_no_harm(date: str, moment: datetime | None) -> None:
    form = stand_in.form_of_message("id-1", PHONE, "Bonjour", date)

    (event,) = receive(form_post(SECRET, form)).events

    assert isinstance(event, IncomingText)
    assert event.sent_at == moment


def test_a_text_that_is_not_utf_8_is_kept_as_bytes() -> None:
    body = b"id=1&from=%2B22376000001&to=36210&text=bless%E9+%E0+Gao"

    (event,) = receive(Webhook(SECRET, body=body)).events

    assert isinstance(event, IncomingText)
    assert (event.text, event.raw) == ("", "blessé à Gao".encode("latin-1"))


@pytest.mark.parametrize(
    "action",
    [
        "",
        "x",
        SECRET[:-1],
        f"{SECRET}x",
        f"{SECRET}/",
        f"{SECRET}/status",
        "status/",
        "status/wrong",
        "ussd/wrong",
    ],
)
def test_without_the_secret_nothing_is_genuine(action: str) -> None:
    form = stand_in.form_of_message("id-1", PHONE, "Bonjour")

    with pytest.raises(NotGenuine):
        receive(form_post(action, form))


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_long_secret_configured_nothing_is_genuine(secret: str) -> None:
    webhook = stand_in.message("id-1", PHONE, "Bonjour", secret=secret)

    with pytest.raises(NotGenuine):
        PROVIDER.receive(Configuration("at", "africastalking", {"path_secret": secret}), webhook.as_request())


@pytest.mark.parametrize("missing", ["id", "from", "text"])
def test_a_message_without_what_it_must_have_is_malformed(missing: str) -> None:
    form = stand_in.form_of_message("id-1", PHONE, "Bonjour")
    del form[missing]

    with pytest.raises(Malformed):
        receive(form_post(SECRET, form))


@pytest.mark.parametrize("value", ["x" * 201, "a\x00b", " "])
def test_an_id_that_no_database_could_hold_is_malformed(value: str) -> None:
    with pytest.raises(Malformed):
        receive(stand_in.message(value, PHONE, "Bonjour"))


@pytest.mark.parametrize(
    ("status", "failure", "state", "code"),
    [
        ("Sent", "", DeliveryState.SENT, "Sent"),
        ("Submitted", "", DeliveryState.SENT, "Submitted"),
        ("Buffered", "", DeliveryState.SENT, "Buffered"),
        ("Success", "", DeliveryState.DELIVERED, "Success"),
        ("Failed", "UserIsInactive", DeliveryState.UNDELIVERED, "UserIsInactive"),
        ("AbsentSubscriber", "", DeliveryState.UNDELIVERED, "AbsentSubscriber"),
        ("Expired", "", DeliveryState.UNDELIVERED, "Expired"),
        ("Rejected", "to +223 76 00 00 01, sorry", DeliveryState.FAILED, "to22376000001sorry"),
    ],
)
def test_delivery_reports_are_understood(status: str, failure: str, state: DeliveryState, code: str) -> None:
    assert receive(stand_in.report("ATXid_1", status, failure)).events == (
        DeliveryReport("ATXid_1", state, code),
    )


def test_an_unknown_delivery_status_is_acknowledged_and_left() -> None:
    assert receive(stand_in.report("ATXid_1", "Pondered")) == Inbound()


def test_an_opt_out_stops_messages_once_a_minute_and_again_later() -> None:
    webhook = stand_in.opt_out(PHONE)

    (event,) = receive(webhook).events
    (same,) = PROVIDER.receive(CONFIGURATION, webhook.as_request(RECEIVED_AT + timedelta(seconds=20))).events
    (later,) = PROVIDER.receive(CONFIGURATION, webhook.as_request(RECEIVED_AT + timedelta(days=1))).events

    assert isinstance(event, IncomingText)
    assert (event.consent, event.sender, event.text) == (Consent.STOP, PHONE, "")
    assert same == event
    assert isinstance(later, IncomingText)
    assert later.provider_id != event.provider_id
    assert PHONE not in event.provider_id


@pytest.mark.parametrize(
    ("typed", "inputs"),
    [
        ("", ()),
        ("1", ("1",)),
        ("1*2*ils ont pris mon frère", ("1", "2", "ils ont pris mon frère")),
        ("1**3", ("1", "", "3")),
        ("1*a*b", ("1", "a", "b")),
    ],
)
def test_a_ussd_session_tells_what_was_typed(typed: str, inputs: tuple[str, ...]) -> None:
    assert receive(stand_in.ussd("session-1", PHONE, typed)).events == (UssdStep("session-1", PHONE, inputs),)


def test_the_notice_that_a_session_ended_is_acknowledged() -> None:
    ended = {
        "sessionId": "s",
        "phoneNumber": PHONE,
        "durationInMillis": "8000",
        "hopsCount": "3",
        "input": "1*2",
    }

    assert receive(form_post(f"ussd/{SECRET}", ended)) == Inbound()


def test_ussd_screens_say_whether_the_session_goes_on() -> None:
    assert PROVIDER.ussd_answer("1. Signaler", ends=False).body == "CON 1. Signaler"
    assert PROVIDER.ussd_answer("Merci.", ends=True).body == "END Merci."


@settings(deadline=None)  # the machine may be busy with other things
@given(
    prefix=st.sampled_from(["", "status/", "ussd/"]),
    query=st.text(st.characters(codec="ascii"), max_size=60),
    body=st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(
            ["id", "from", "to", "text", "date", "status", "sessionId", "phoneNumber", "senderId"]
        ),
        st.text(max_size=20),
    ).map(lambda form: urlencode(form).encode()),
)
def test_no_request_makes_it_stumble(prefix: str, query: str, body: bytes) -> None:
    try:
        inbound = receive(Webhook(prefix + SECRET, query=query, body=body))
    except Malformed:
        return
    assert isinstance(inbound, Inbound)


def test_more_fields_than_anybody_sends_are_malformed() -> None:
    with pytest.raises(Malformed):
        receive(Webhook(SECRET, body=b"a=1&" * 600))
