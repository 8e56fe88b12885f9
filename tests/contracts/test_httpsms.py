"""httpSMS: only who has the key is heard, nothing that its webhooks lose stays lost, and doubt is never sent again."""

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

from app.clock import utcnow
from app.intake.gateways import httpsms
from app.intake.gateways._httpsms_events import ENCRYPTED
from app.intake.gateways._httpsms_reconciliation import MOST_PAGES, received_since
from app.intake.gateways.protocol import (
    Configuration,
    DeliveryReport,
    Event,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    MissedCall,
    NotGenuine,
    Outgoing,
    Ping,
    Result,
)
from app.models import DeliveryState
from tests.contracts.httpsms_stand_in import (
    API_KEY,
    OWNER,
    SIGNING_KEY,
    HttpSmsStandIn,
    bearer,
    receipt,
    received,
    webhook,
)
from tests.contracts.phone_stand_in import Fault, Reply

ADDRESS = "https://seere.example/sms/phone"
SENDER = "+22376123456"
TEXT = "ils ont brûlé le grenier, ߞߊ߲ߞߎ 🔥"
PROVIDER = httpsms.PROVIDER
RECEIVED = "message.phone.received"


def configured(**values: str) -> Configuration:
    return Configuration("phone", httpsms.NAME, {"signing_key": SIGNING_KEY, **values})


def request(body: bytes, headers: dict[str, str], url: str = ADDRESS) -> InboundRequest:
    return InboundRequest("POST", url, "", headers, {}, body, utcnow())


def events(kind: str, data: object) -> tuple[Event, ...]:
    return PROVIDER.receive(configured(), request(*webhook(kind, data, ADDRESS, utcnow()))).events


def accepts(headers: dict[str, str], *, key: str = SIGNING_KEY, url: str = ADDRESS) -> bool:
    """Whether a heartbeat with these headers is taken for genuine."""
    body = json.dumps({"type": "phone.heartbeat.online", "data": {}}).encode()
    try:
        return PROVIDER.receive(configured(signing_key=key), request(body, headers, url)).events == (Ping(),)
    except NotGenuine:
        return False


def test_a_text_comes_through_with_its_people_and_its_time() -> None:
    at = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
    data = received(SENDER, TEXT, at)
    assert events(RECEIVED, data) == (
        IncomingText(data["message_id"], SENDER, TEXT, recipient=OWNER, sent_at=at),
    )


def test_an_encrypted_message_is_kept_for_a_person() -> None:
    (event,) = events(RECEIVED, received(SENDER, "q83vEjRWeJA=", utcnow(), encrypted=True))
    assert isinstance(event, IncomingText)
    assert (event.text, event.raw, event.encoding) == ("", b"q83vEjRWeJA=", ENCRYPTED)


def test_a_missed_call_asks_to_be_called_back() -> None:
    data = {"message_id": "call-1", "owner": OWNER, "contact": SENDER, "timestamp": "2026-11-22T10:00:00Z"}
    assert events("message.call.missed", data) == (MissedCall("call-1", SENDER),)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("message.phone.sending", DeliveryState.SENDING),
        ("message.phone.sent", DeliveryState.SENT),
        ("message.phone.delivered", DeliveryState.DELIVERED),
    ],
)
def test_a_receipt_names_our_own_id(kind: str, state: DeliveryState) -> None:
    ours = str(uuid.uuid4())
    assert events(kind, receipt(ours)) == (DeliveryReport(ours, state),)


def test_a_receipt_for_what_others_sent_names_theirs() -> None:
    data = receipt("", request_id=None)
    assert events("message.phone.sent", data) == (DeliveryReport(data["id"], DeliveryState.SENT),)


def test_a_failure_keeps_the_phones_word_and_nothing_that_may_identify() -> None:
    ours = str(uuid.uuid4())
    known = events("message.send.failed", receipt(ours, error_message="NO_SERVICE"))
    told = events("message.send.failed", receipt(ours, error_message=f"cannot send to {SENDER}"))
    assert known == (DeliveryReport(ours, DeliveryState.FAILED, "NO_SERVICE"),)
    assert told == (DeliveryReport(ours, DeliveryState.FAILED, ""),)


def test_what_the_phone_never_fetched_is_undelivered() -> None:
    ours = str(uuid.uuid4())
    expired = {"message_id": "theirs", "request_id": ours, "owner": OWNER, "contact": SENDER}
    assert events("message.send.expired", expired) == (
        DeliveryReport(ours, DeliveryState.UNDELIVERED, "EXPIRED"),
    )


def test_only_a_live_heartbeat_is_a_sign_of_life() -> None:
    assert events("phone.heartbeat.online", {"owner": OWNER}) == (Ping(),)
    assert events("phone.heartbeat.offline", {"owner": OWNER}) == ()
    assert PROVIDER.receive(configured(), request(*webhook("new", None, ADDRESS, utcnow()))) == Inbound()


def test_a_token_of_ours_is_theirs() -> None:
    now = utcnow()
    token = httpsms.sign(SIGNING_KEY, ADDRESS, now)
    theirs = bearer(ADDRESS, now)["authorization"].removeprefix("Bearer ")
    assert accepts({"authorization": f"Bearer {token}"})
    assert _claims(token) == _claims(theirs)


def _claims(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_address_counts_without_or_with_its_query() -> None:
    url = f"{ADDRESS}?from=httpsms"
    assert accepts(bearer(ADDRESS, utcnow()), url=url)
    assert accepts(bearer(url, utcnow()), url=url)
    assert not accepts(bearer(url, utcnow()))


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_clock_eleven_minutes_off_is_not(minutes: int) -> None:
    assert not accepts(bearer(ADDRESS, utcnow() + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-9, 0, 9])
def test_a_clock_nine_minutes_off_is_forgiven(minutes: int) -> None:
    assert accepts(bearer(ADDRESS, utcnow() + timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer a.b.c"},
        {"authorization": "Bearer é.é.é"},
        {"authorization": "Basic " + base64.b64encode(b"a:b").decode()},
        {"authorization": "Bearer eyJhbGciOlsiSFMyNTYiXX0.e30.AA"},  # an algorithm that is a list
        {"authorization": "Bearer " + base64.urlsafe_b64encode(b"[" * 5000).decode() + ".e30.AA"},
        bearer(ADDRESS, utcnow(), key="another-signing-key-of-32-letters"),
        bearer(ADDRESS, utcnow(), algorithm="none"),
        bearer(ADDRESS, utcnow(), algorithm="HS512"),
        bearer("https://seere.example/sms/other", utcnow()),
        bearer(ADDRESS, utcnow() - timedelta(hours=3)),  # made when tests are collected, long before they run
        bearer(ADDRESS, utcnow() + timedelta(hours=3)),
        bearer(ADDRESS, utcnow(), iss="someone"),
        bearer(ADDRESS, utcnow(), exp="soon"),
        *(bearer(ADDRESS, utcnow(), **{claim: None}) for claim in ("aud", "exp", "nbf", "iss")),
    ],
)
def test_what_httpsms_did_not_sign_for_here_and_now_is_refused(headers: dict[str, str]) -> None:
    assert not accepts(headers)


@pytest.mark.parametrize("key", ["", "short", "x" * 31])
def test_a_missing_or_short_key_admits_nobody(key: str) -> None:
    assert not accepts(bearer(ADDRESS, utcnow(), key), key=key)
    assert not key or "signing_key" in PROVIDER.problems(configured(signing_key=key))


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"message_id": "1", "contact": SENDER},
        {"message_id": "1", "content": TEXT},
        {"message_id": "1", "content": TEXT, "contact": "\x00"},
        {"contact": SENDER, "content": TEXT},
        {"message_id": "1" * 201, "contact": SENDER, "content": TEXT},
    ],
)
def test_a_genuine_message_without_id_people_or_text_is_malformed(data: object) -> None:
    with pytest.raises(Malformed):
        events(RECEIVED, data)


@given(st.binary(max_size=400))
def test_any_genuine_bytes_are_events_or_malformed(body: bytes) -> None:
    try:
        PROVIDER.receive(configured(), request(body, bearer(ADDRESS, utcnow())))
    except Malformed:
        return


data_names = st.sampled_from(
    ["message_id", "id", "request_id", "contact", "content", "timestamp", "encrypted"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(data_names, inner, max_size=5),
    max_leaves=12,
)
kinds = st.sampled_from(
    [
        RECEIVED,
        "message.call.missed",
        "message.phone.sent",
        "message.send.failed",
        "message.send.expired",
        "x",
    ]
)


@given(kinds, values)
def test_any_genuine_data_are_events_or_malformed(kind: str, data: object) -> None:
    body = json.dumps({"type": kind, "data": data}).encode()
    try:
        found = PROVIDER.receive(configured(), request(body, bearer(ADDRESS, utcnow()))).events
    except Malformed:
        return
    for event in found:
        assert not isinstance(event, IncomingText) or event.sender.isprintable()


@given(st.text(max_size=200))
def test_any_authorization_is_refused_or_read(value: str) -> None:
    assert not accepts({"authorization": value})
    assert not accepts({"authorization": f"Bearer {value}"})


@pytest.fixture
def phone() -> Iterator[HttpSmsStandIn]:
    with HttpSmsStandIn() as stand_in:
        yield stand_in


def outgoing(**changed: Any) -> Outgoing:
    return Outgoing(
        **{"message_id": uuid.uuid4(), "address": "+22376000001", "text": "Merci. Code ABCD", **changed}
    )


def reaching(phone: HttpSmsStandIn, **changed: str) -> Configuration:
    return Configuration("phone", httpsms.NAME, phone.values(**changed))


def test_a_message_is_handed_over_with_our_id(phone: HttpSmsStandIn) -> None:
    message = outgoing()
    outcome = PROVIDER.send(reaching(phone), message)
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, str(message.message_id))
    assert phone.accepted == [
        {"content": message.text, "from": OWNER, "to": message.address, "request_id": str(message.message_id)}
    ]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.DROPPED])
def test_a_doubtful_attempt_is_unknown_and_a_late_receipt_finds_it(
    phone: HttpSmsStandIn, fault: Fault
) -> None:
    message = outgoing()
    phone.faults.append(fault)
    outcome = PROVIDER.send(reaching(phone), message)
    assert (outcome.result, outcome.provider_id) == (Result.UNKNOWN, str(message.message_id))
    (report,) = events("message.phone.sent", receipt(str(message.message_id)))
    assert isinstance(report, DeliveryReport)
    assert report.provider_id == outcome.provider_id


def test_what_was_certainly_not_sent_may_be_sent_later(phone: HttpSmsStandIn) -> None:
    phone.faults.append(Fault.DECLINED)
    declined = PROVIDER.send(reaching(phone), outgoing())
    assert (declined.result, declined.failure, declined.retry_after_seconds) == (
        Result.LATER,
        "httpsms-503",
        7,
    )
    assert PROVIDER.send(reaching(phone, api_key="wrong"), outgoing()).result is Result.LATER
    configuration = reaching(phone)
    phone.stop()
    assert PROVIDER.send(configuration, outgoing()).failure == "NewConnectionError"
    assert phone.accepted == []


def test_a_wrong_number_is_refused(phone: HttpSmsStandIn) -> None:
    outcome = PROVIDER.send(reaching(phone), outgoing(address="Orange"))
    assert (outcome.result, outcome.failure) == (Result.REFUSED, "httpsms-422")


def test_a_page_that_isnt_httpsms_accepts_nothing(phone: HttpSmsStandIn) -> None:
    phone.reply = Reply(200, b"<html>Sign in to this network</html>")
    assert PROVIDER.send(reaching(phone), outgoing()).result is Result.UNKNOWN


def test_a_check_knows_the_phone(phone: HttpSmsStandIn) -> None:
    assert PROVIDER.check(reaching(phone)) == ""
    assert "credentials" in PROVIDER.check(reaching(phone, api_key="wrong"))
    assert "No phone" in PROVIDER.check(reaching(phone, owner="+22360009999"))
    phone.reply = Reply(200, b"<html>")
    assert "No phone" in PROVIDER.check(reaching(phone))


@pytest.mark.parametrize("has_incoming", [True, False])
def test_what_webhooks_lost_is_fetched_with_the_ids_they_had(
    phone: HttpSmsStandIn, *, has_incoming: bool
) -> None:
    phone.has_incoming = has_incoming
    since = utcnow() - timedelta(hours=6)
    phone.hear(SENDER, "long ago", since - timedelta(days=30))
    data = [
        phone.hear(f"+2237600{n % 7:04}", f"message {n}", since + timedelta(minutes=n)) for n in range(250)
    ]
    lost = {event for one in data for event in events(RECEIVED, one)}
    assert set(PROVIDER.recent(reaching(phone), since)) == lost


@pytest.mark.parametrize("has_incoming", [True, False])
def test_what_a_phone_handed_over_late_is_fetched(phone: HttpSmsStandIn, *, has_incoming: bool) -> None:
    phone.has_incoming = has_incoming
    since = utcnow() - timedelta(hours=1)
    data = phone.hear(SENDER, TEXT, since - timedelta(hours=20), late=timedelta(hours=20, minutes=5))
    assert [one.provider_id for one in PROVIDER.recent(reaching(phone), since)] == [data["message_id"]]


def test_a_message_that_cannot_be_read_hides_no_other(phone: HttpSmsStandIn) -> None:
    since = utcnow() - timedelta(hours=1)
    phone.hear(SENDER, "before", utcnow())
    phone.hear("", "nobody", utcnow())
    phone.hear(SENDER, "after", utcnow())
    assert {one.text for one in PROVIDER.recent(reaching(phone), since)} == {"before", "after"}


def test_a_server_that_cannot_be_asked_is_an_error(phone: HttpSmsStandIn) -> None:
    since = utcnow()
    with pytest.raises(OSError, match=r"^httpsms-401$"):
        list(PROVIDER.recent(reaching(phone, api_key="wrong"), since))
    phone.reply = Reply(404)
    with pytest.raises(OSError, match=r"^httpsms-404$"):
        list(PROVIDER.recent(reaching(phone), since))
    configuration = reaching(phone)
    phone.stop()
    with pytest.raises(OSError, match=r"^NewConnectionError$"):
        list(PROVIDER.recent(configuration, since))


def test_a_listing_without_end_holds_no_worker_for_ever() -> None:
    asked: list[str] = []

    def ask(path: str, query: Any) -> list[dict[str, Any]]:
        asked.append(path)
        return [{"created_at": "2026-11-22T10:00:00Z"}] * int(query["limit"])

    with pytest.raises(OSError, match="EndlessListing"):
        list(received_since(ask, OWNER, datetime(2026, 11, 22, tzinfo=UTC)))
    assert len(asked) == MOST_PAGES


@pytest.mark.parametrize(
    ("given_values", "wrong"),
    [
        ({}, set()),
        ({"owner": OWNER, "api_base": httpsms.API}, set()),
        ({"owner": "60000001"}, {"owner"}),
        ({"owner": "+223 60 00 00 01"}, {"owner"}),
        ({"api_base": "http://sms.example"}, {"api_base"}),
        ({"api_base": "http://127.0.0.1:8000"}, set()),
    ],
)
def test_a_configuration_that_would_harm_is_named(given_values: dict[str, str], wrong: set[str]) -> None:
    assert set(PROVIDER.problems(configured(**given_values))) == wrong


def test_an_error_of_a_token_names_nobody() -> None:
    with pytest.raises(NotGenuine) as caught:
        PROVIDER.receive(configured(), request(b"{}", bearer("https://elsewhere.example", utcnow())))
    assert "elsewhere" not in str(caught.value)
    assert API_KEY not in repr(configured(api_key=API_KEY))
