"""Webhooks go to the public internet by TLS, and nowhere inside."""

from __future__ import annotations

import socket

import pytest

from app.notifications.addresses import AddressRefused, destination


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the name server says; without an entry a name that is an address leads to itself."""
    known: dict[str, list[str]] = {}

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host == "nowhere.example":
            raise socket.gaierror
        return [(0, 0, 0, "", (ip, port)) for ip in known.get(host, [host])]

    monkeypatch.setattr("app.notifications.addresses.getaddrinfo", look_up)
    return known


def test_a_public_host_is_called_at_the_address_that_was_looked_at(names: dict[str, list[str]]) -> None:
    names["hooks.example"] = ["93.184.216.34", "2606:2800:220:1::1"]
    found = destination("https://hooks.example/in?box=1")
    assert (found.ip, found.host, found.port, found.target) == (
        "93.184.216.34",
        "hooks.example",
        443,
        "/in?box=1",
    )


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "10.0.0.5",
        "172.16.3.3",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_no_name_leads_inside_not_even_beside_a_public_address(names: dict[str, list[str]], ip: str) -> None:
    names["inside.example"] = ["93.184.216.34", ip]
    with pytest.raises(AddressRefused) as refused:
        destination("https://inside.example/")
    assert refused.value.code == "private"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://93.184.216.34/", "not_https"),
        ("https://nowhere.example/", "unknown_host"),
        ("https://name:secret@93.184.216.34/", "malformed"),
        ("https://93.184.216.34/#there", "malformed"),
        ("https://93.184.216.34/ x", "malformed"),
        ("https://93.184.216.34:99999/", "malformed"),
        ("ftp://93.184.216.34/", "malformed"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "malformed"),
        ("https://", "malformed"),
        ("https://93.184.216.34/" + "a" * 500, "malformed"),
        ("", "malformed"),
    ],
)
@pytest.mark.usefixtures("names")
def test_what_is_no_public_https_address_is_refused(url: str, code: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        destination(url)
    assert refused.value.code == code


def test_this_machine_is_reached_only_in_tests_and_the_demonstration(names: dict[str, list[str]]) -> None:
    assert destination("http://127.0.0.1:8080/", allows_loopback=True).port == 8080
    names["inside.example"] = ["127.0.0.1", "10.0.0.1"]
    with pytest.raises(AddressRefused):
        destination("https://inside.example/", allows_loopback=True)
