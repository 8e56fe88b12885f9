"""Secrets that the server itself must be able to open: sealed at rest under keys made of its secret key.

They are worthless without the environment's secret key; they are not meant to withstand who has that too.
"""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from app.current import current_settings
from app.sealing import keyed_digest


def close(purpose: str, content: bytes) -> bytes:
    """Seal bytes for one purpose; what is sealed for another doesn't open."""
    return bytes(_box(purpose).encrypt(content))


def open_closed(purpose: str, sealed: bytes) -> bytes | None:
    """The bytes, or None for what was altered or sealed under another key."""
    try:
        return bytes(_box(purpose).decrypt(sealed))
    except (CryptoError, ValueError):
        return None


def digest(purpose: str, value: str) -> bytes:
    """A keyed digest of a random value that can't be listed: a link, a code, a device's cookie."""
    return keyed_digest(current_settings().secret_key, f"accounts:{purpose}", value)


def _box(purpose: str) -> SecretBox:
    return SecretBox(keyed_digest(current_settings().secret_key, f"accounts-box:{purpose}", ""))
