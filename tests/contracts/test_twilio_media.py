"""Fetching pictures and recordings: from Twilio only, with credentials for Twilio only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.intake.gateways import _twilio_media
from app.intake.gateways._twilio_addresses import Origin, UnknownAddress
from app.intake.gateways.protocol import Configuration
from app.intake.gateways.twilio import PROVIDER
from tests.conftest import free_port
from tests.contracts.twilio_stand_in import File, TwilioStandIn, twilio_stand_in

PICTURE = bytes(range(256)) * 300


@pytest.fixture
def provider() -> Iterator[TwilioStandIn]:
    with twilio_stand_in() as server:
        yield server


@pytest.fixture
def store() -> Iterator[TwilioStandIn]:
    """The store that Twilio redirects to."""
    with twilio_stand_in() as server:
        server.behaviour.files["/kept"] = File(PICTURE)
        yield server


def fetch(provider: TwilioStandIn, path: str = "/picture") -> tuple[bytes, str]:
    gateway = Configuration("twilio", "twilio", provider.values())
    return PROVIDER.fetch(gateway, provider.address + path)


def test_a_picture_is_fetched_with_the_credentials(provider: TwilioStandIn) -> None:
    provider.behaviour.files["/picture"] = File(PICTURE, "image/png")
    assert fetch(provider) == (PICTURE, "image/png")
    assert provider.fetched == [("/picture", True)]


def test_a_redirect_is_followed_without_the_credentials(
    provider: TwilioStandIn, store: TwilioStandIn
) -> None:
    provider.behaviour.files["/picture"] = File(location="/moved")
    provider.behaviour.files["/moved"] = File(location=f"{store.address}/kept")
    assert fetch(provider) == (PICTURE, "image/jpeg")
    assert provider.fetched == [("/picture", True), ("/moved", True)]
    assert store.fetched == [("/kept", False)]


def test_four_redirects_are_too_many(provider: TwilioStandIn) -> None:
    provider.behaviour.files["/picture"] = File(location="/picture")
    with pytest.raises(OSError, match="too many"):
        fetch(provider)
    assert len(provider.fetched) == 4


@pytest.mark.parametrize(
    "target",
    [
        "https://10.0.0.1/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://a:b@127.0.0.1/",
        "//",
    ],
)
def test_a_redirect_into_a_private_network_is_refused(provider: TwilioStandIn, target: str) -> None:
    provider.behaviour.files["/picture"] = File(location=target)
    with pytest.raises(OSError):
        fetch(provider)


@pytest.mark.parametrize(
    ("scheme", "host"),
    [
        ("https", "10.1.2.3"),
        ("https", "169.254.169.254"),
        ("https", "127.0.0.1"),
        ("https", "[::1]"),
        ("https", "[fe80::1]"),
        ("https", "[::ffff:10.0.0.1]"),
        ("https", "localhost"),
        ("http", "8.8.8.8"),
    ],
)
def test_the_real_twilio_may_not_lead_into_a_private_network(scheme: str, host: str) -> None:
    twilio = Origin("https", "api.twilio.com", 443)
    with pytest.raises(UnknownAddress):
        _twilio_media._check_target(Origin(scheme, host, 443), twilio)
    _twilio_media._check_target(Origin("https", "8.8.8.8", 443), twilio)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/x",
        "https://api.twilio.com:8443/x",
        "https://api.twilio.com.evil.example/x",
        "https://evil.example/api.twilio.com",
        "https://evil.example\\@api.twilio.com/x",
        "https://api.twilio.com@evil.example/x",
        "https://evil.example#@api.twilio.com/",
        "https://name:word@api.twilio.com/x",
        "file:///etc/passwd",
        "https://[::1/x",
        "https://api.twilio.com:99999/x",
        "",
    ],
)
def test_no_other_address_gets_the_credentials(provider: TwilioStandIn, url: str) -> None:
    gateway = Configuration("twilio", "twilio", provider.values())
    with pytest.raises(UnknownAddress):
        _twilio_media.fetch(gateway, url)


def test_another_port_of_this_machine_is_another_address(
    provider: TwilioStandIn, store: TwilioStandIn
) -> None:
    gateway = Configuration("twilio", "twilio", provider.values())
    with pytest.raises(UnknownAddress):
        _twilio_media.fetch(gateway, f"{store.address}/kept")
    assert store.fetched == []


def test_too_much_too_slow_packed_or_missing_is_not_taken(
    provider: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.behaviour.files = {
        "/picture": File(PICTURE),
        "/packed": File(PICTURE, encoding="gzip"),
        "/cut": File(PICTURE, is_cut=True),
        "/slow": File(b"a" * 100, seconds_a_byte=0.05),
    }
    with pytest.raises(OSError, match="status 404"):
        fetch(provider, "/gone")
    with pytest.raises(OSError, match="packed"):
        fetch(provider, "/packed")
    with pytest.raises(OSError, match="ProtocolError"):
        fetch(provider, "/cut")
    monkeypatch.setattr(_twilio_media, "LARGEST_BYTES", len(PICTURE) - 1)
    with pytest.raises(OSError, match="too large"):
        fetch(provider)
    monkeypatch.setattr(_twilio_media, "LONGEST_SECONDS", 0.3)
    with pytest.raises(OSError, match="too slow"):
        fetch(provider, "/slow")


def test_an_error_does_not_tell_the_address(provider: TwilioStandIn) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    gateway = Configuration("twilio", "twilio", provider.values() | {"api_base": nowhere})
    with pytest.raises(OSError, match=r"^ConnectionError$") as caught:
        _twilio_media.fetch(gateway, f"{nowhere}/Accounts/AC1/Recordings/RE2")
    assert caught.value.__suppress_context__
