"""Fetch what came with a message or a call from where Twilio keeps it ("Media resource" in its documentation)."""

from __future__ import annotations

import time
from http import HTTPStatus
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import HTTPError

from app.intake.gateways._twilio_addresses import API, Origin, UnknownAddress, is_public, read_origin
from app.intake.gateways._twilio_facts import facts
from app.intake.gateways.protocol import Configuration

TIMEOUT_SECONDS = 10.0  # to connect, and between two bytes
LONGEST_SECONDS = 120  # for one file with its redirects, however slowly it comes
LARGEST_BYTES = 16 * 1024 * 1024
MOST_REDIRECTS = 3
_READ_AT_ONCE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NotFetched(OSError):
    """A file that couldn't be had; the text says why, without its address."""


class _Anonymous(AuthBase):
    """No credentials, and none looked up in a netrc file either."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request as it is."""
        return request


def fetch(configuration: Configuration, url: str) -> tuple[bytes, str]:
    """The file at a media address of Twilio's or of the configured API, and its content type.

    Raises OSError: for another address, for more than LARGEST_BYTES or LONGEST_SECONDS, and when it can't be had.
    """
    first = read_origin(url)
    stand_in = read_origin(configuration["api_base"] or API)
    if not _is_provider(first, stand_in):
        raise UnknownAddress
    credentials = HTTPBasicAuth(configuration["account_sid"].encode(), configuration["auth_token"].encode())
    with requests.Session() as session:
        session.trust_env = not stand_in.is_loopback
        return _follow(session, url, credentials, stand_in)


def _is_provider(origin: Origin, stand_in: Origin) -> bool:
    is_known = origin.scheme == "https" and origin.port == 443 and origin.host in facts().media_hosts
    return is_known or origin == stand_in


def _follow(
    session: requests.Session, url: str, credentials: AuthBase, stand_in: Origin
) -> tuple[bytes, str]:
    """The file after at most MOST_REDIRECTS; the credentials go to the first origin only."""
    first, ends_at = read_origin(url), time.monotonic() + LONGEST_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        auth = credentials if read_origin(url) == first else _Anonymous()
        with _get(session, url, auth) as response:
            if response.status_code not in _REDIRECTS:
                return _content(response, ends_at), response.headers.get("Content-Type", "")[:100]
            url = urljoin(url, response.headers.get("Location", ""))
        _check_target(read_origin(url), stand_in)
    raise NotFetched("too many redirects")


def _get(session: requests.Session, url: str, auth: AuthBase) -> requests.Response:
    """One request. Its errors are named only: their text holds the address."""
    try:
        return session.get(
            url,
            auth=auth,
            headers={"Accept-Encoding": "identity"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        )
    except (requests.RequestException, ValueError) as error:
        raise NotFetched(type(error).__name__) from None


def _check_target(target: Origin, stand_in: Origin) -> None:
    """Refuse a redirect into a private network, and to plain HTTP; a stand-in on loopback may lead to loopback."""
    if stand_in.is_loopback and target.is_loopback:
        return
    if target.scheme != "https" or not is_public(target):
        raise UnknownAddress


def _content(response: requests.Response, ends_at: float) -> bytes:
    """The body, as long as it is small enough and comes in time, and isn't packed into something larger."""
    if response.status_code != HTTPStatus.OK:
        raise NotFetched(f"status {response.status_code}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotFetched("packed")
    content = bytearray()
    try:
        while chunk := response.raw.read1(_READ_AT_ONCE):  # what is there: one that trickles is noticed
            content += chunk
            _check_measure(len(content), ends_at)
    except HTTPError as error:
        raise NotFetched(type(error).__name__) from None
    return bytes(content)


def _check_measure(length: int, ends_at: float) -> None:
    if length > LARGEST_BYTES:
        raise NotFetched("too large")
    if time.monotonic() > ends_at:
        raise NotFetched("too slow")
