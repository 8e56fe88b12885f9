"""Where a webhook may go: to hosts of the public internet by TLS, and nowhere inside (against server-side request
forgery). Looked at when an address is given and again, with the answer used, each time something is sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from socket import SOCK_STREAM, getaddrinfo
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
_PORTS = {"https": 443, "http": 80}
# Networks that carry an IPv4 address within: what they lead to counts.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(ValueError):
    """An address to which nothing is sent. `code`: malformed, not_https, unknown_host, private."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that may be called: at `ip`, which was looked at, and not wherever the name leads later."""

    scheme: str
    host: str
    port: int
    ip: str
    target: str  # path and query


def destination(url: str, *, allows_loopback: bool = False) -> Destination:
    """Where an address leads just now. Raises AddressRefused if any of its host's addresses isn't a public one.

    `allows_loopback`, for tests and the demonstration, lets this machine itself through, also without TLS.
    """
    parts, port = _parsed(url)
    host = parts.hostname or ""
    found = _resolved(host, port)
    is_loopback = allows_loopback and all(address.is_loopback for address in found)
    if parts.scheme != "https" and not is_loopback:
        raise AddressRefused("not_https")
    if not is_loopback and not all(map(_is_public, found)):
        raise AddressRefused("private")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port, str(found[0]), target)


def _parsed(url: str) -> tuple[SplitResult, int]:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise AddressRefused("malformed") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.fragment:
        raise AddressRefused("malformed")
    return parts, port


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _resolved(host: str, port: int) -> Sequence[Address]:
    """Every address of a host. Raises AddressRefused("unknown_host")."""
    try:
        found = getaddrinfo(host, port, type=SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("unknown_host") from error
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _is_public(address: Address) -> bool:
    """Whether an address, and the IPv4 one within it if there is one, is of the public internet."""
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    within = address.ipv4_mapped or address.sixtofour
    if within is None and address in _TRANSLATED:
        within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.teredo is None and (within is None or within.is_global)


def public_address(host: str, port: int, *, allows_loopback: bool = False) -> str:
    """The address of a host of the public internet, as it is just now, for what doesn't go by HTTP. Raises
    AddressRefused as `destination` does.
    """
    if not host or len(host) > LONGEST or not host.isascii() or not host.isprintable():
        raise AddressRefused("malformed")
    found = _resolved(host, port)
    is_loopback = allows_loopback and all(address.is_loopback for address in found)
    if not is_loopback and not all(map(_is_public, found)):
        raise AddressRefused("private")
    return str(found[0])
