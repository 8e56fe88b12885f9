"""The signature of Vonage's SMS webhooks, as its guide on signing messages describes it.

All parameters but `sig`, sorted by name, each as `&name=value` with `&` and `=` in values replaced by `_`; over that
a hash with the secret behind, or an HMAC keyed by the secret, in hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from app.intake.gateways._fields import octets

METHODS = (
    "md5hash",
    "md5",
    "sha1",
    "sha256",
    "sha512",
)  # as the provider's console has them; the latter are HMACs


def sign(secret: str, method: str, values: Mapping[str, str]) -> str:
    """The signature of these parameters, in lower case. `method` is one of METHODS."""
    signed = octets("".join(f"&{name}={_plain(values[name])}" for name in sorted(values) if name != "sig"))
    if method == "md5hash":  # the provider's default until another one is chosen there
        return hashlib.md5(signed + octets(secret), usedforsecurity=False).hexdigest()
    return hmac.new(octets(secret), signed, method).hexdigest()


def is_genuine(secret: str, method: str, values: Mapping[str, str]) -> bool:
    """Whether `sig` is right, compared in constant time; upper or lower case doesn't matter.

    There is no limit to its age: an undelivered webhook is repeated for a day, and its number makes it one message.
    """
    expected = sign(secret, method, values)
    return hmac.compare_digest(octets(values.get("sig", "").lower()), expected.encode())


def _plain(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")
