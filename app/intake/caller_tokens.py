"""Whose call it is, carried through a call's addresses where nobody can read it.

Twilio's notice that a recording is complete lacks the caller's number, and may come first or alone. The number is
therefore part of the notice's address: encrypted under the web's own key, and bound to the one call.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from app.sealing import keyed_digest
from app.settings import Settings

_LENGTH = 64  # bytes that every token has before it is encrypted: a number's length tells nothing
LONGEST_TOKEN = 400


def make(settings: Settings, call_sid: str, caller: str) -> str:
    """A token for one call; the text of an address may hold it."""
    padded = caller.encode("utf-8", "replace")[:_LENGTH].ljust(_LENGTH, b"\0")
    return urlsafe_b64encode(_box(settings, call_sid).encrypt(padded)).decode("ascii")


def read(settings: Settings, call_sid: str, token: str) -> str:
    """The caller in a token; empty for one that isn't of this call or not ours."""
    try:
        sealed = urlsafe_b64decode(token[:LONGEST_TOKEN])
        return _box(settings, call_sid).decrypt(sealed).rstrip(b"\0").decode("utf-8", "replace")
    except (CryptoError, ValueError):
        return ""


def _box(settings: Settings, call_sid: str) -> SecretBox:
    return SecretBox(keyed_digest(settings.secret_key, "voice-caller", call_sid))
