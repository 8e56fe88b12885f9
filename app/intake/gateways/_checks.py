"""Say in words what a provider's answer to a harmless question shows."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from flask_babel import gettext

from app.intake.gateways._http import Answer, Doubtful, NotSent

_CREDENTIALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


def trouble(ask: Callable[[], Answer]) -> str:
    """What is wrong with the answer to one call: empty when it succeeds. Holds no address and no secret."""
    try:
        answer = ask()
    except (NotSent, Doubtful) as failure:
        return gettext("There is no answer (%(failure)s).", failure=failure.failure)
    if answer.status in _CREDENTIALS:
        return gettext("The credentials are refused.")
    if not answer.is_success:
        return gettext("The answer is an error (%(status)s).", status=answer.status)
    return ""


def is_protected(address: str) -> bool:
    """Whether credentials may be sent to an address: by HTTPS, or to a machine of the local network.

    A phone's own API has no certificate, and is only to be reached inside a house's network or through a VPN.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme == "https" or host == "localhost" or host.endswith(".local"):
            return bool(host)
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
