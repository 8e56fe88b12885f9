"""Recognise the requests of a provider that doesn't sign them: a long secret is the last part of the address.

The address is `/webhooks/<slug>/<secret>` for messages, with `status/` or `ussd/` before the secret for the rest.
"""

from __future__ import annotations

import hmac
import re

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.intake.gateways._checks import is_protected
from app.intake.gateways.protocol import (
    Configuration,
    ConfigurationField,
    InboundRequest,
    Malformed,
    NotGenuine,
    Reader,
    Shape,
)

LEAST_SIGNS = 24  # of 64 possible ones: 144 bits, beyond guessing over a network
MESSAGE, STATUS, USSD = "", "status", "ussd"
_KINDS = frozenset({MESSAGE, STATUS, USSD})
_FITS_AN_ADDRESS = re.compile(r"[A-Za-z0-9_.~-]*")  # RFC 3986's unreserved: never escaped on the way


def path_secret(reader: Reader = Reader.WEB) -> ConfigurationField:
    """The field for the secret; a provider whose sender must write the address down needs `Reader.BOTH`."""
    return ConfigurationField(
        name="path_secret",
        label=lazy_gettext("Secret in the address"),
        shape=Shape.SECRET,
        reader=reader,
        help=lazy_gettext("Letters and digits. It is the last part of the address to give to the provider."),
        least=LEAST_SIGNS,
    )


def problems(configuration: Configuration, address: str) -> dict[str, LazyString | str]:
    """What is wrong with the secret, and with the API's address, whose field's name is `address`.

    A secret can be too short, or have signs that an address would escape. Credentials go to an API by HTTPS only,
    but for machines of the house's own network.
    """
    found: dict[str, LazyString | str] = {}
    secret = configuration["path_secret"]
    if len(secret) < LEAST_SIGNS or not _FITS_AN_ADDRESS.fullmatch(secret):
        found["path_secret"] = lazy_gettext("At least 24 letters and digits, without accents or spaces.")
    if configuration[address] and not is_protected(configuration[address]):
        found[address] = lazy_gettext("Use https:// for an address outside the local network.")
    return found


def authenticate(configuration: Configuration, request: InboundRequest) -> str:
    """What a request is about: MESSAGE, STATUS or USSD.

    Raises NotGenuine without the secret (or where none of sufficient length is configured), and Malformed for
    anything else before it. The comparison takes the same time wherever the first difference is.
    """
    kind, _, given = request.action.rpartition("/")
    secret = configuration["path_secret"]
    is_same = hmac.compare_digest(_octets(given), _octets(secret))
    if not is_same or len(secret) < LEAST_SIGNS:
        raise NotGenuine("secret in the address")
    if kind not in _KINDS:
        raise Malformed("unknown address")
    return kind


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
