"""Where requests to Twilio may go. Addresses are read by the same parser that requests uses to connect."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

API = "https://api.twilio.com"
_PORTS = {"http": 80, "https": 443}


class UnknownAddress(OSError):
    """An address that isn't one we fetch from. Its text is never part of the error."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom a request goes to."""

    scheme: str
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine: a stand-in."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_origin(url: str) -> Origin:
    """The origin of an http(s) address without user information. Raises UnknownAddress."""
    try:
        parsed = parse_url(url)
    except (LocationParseError, ValueError):
        raise UnknownAddress from None
    if parsed.scheme not in _PORTS or not parsed.host or parsed.auth is not None:
        raise UnknownAddress
    return Origin(parsed.scheme, parsed.host.lower(), parsed.port or _PORTS[parsed.scheme])


def is_stand_in(api_base: str) -> bool:
    """Whether a configured API is on this machine; no proxy is asked for it."""
    try:
        return read_origin(api_base).is_loopback
    except UnknownAddress:
        return False


def is_public(origin: Origin) -> bool:
    """Whether every address of a host is on the public internet. Raises OSError when it has none."""
    try:
        found = socket.getaddrinfo(origin.host.strip("[]"), origin.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a name that can't be one
        raise UnknownAddress from None
    return all(_is_global(str(entry[4][0])) for entry in found)


def _is_global(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global
