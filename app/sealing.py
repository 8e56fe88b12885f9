"""Sealed boxes and keyed digests: what lets the web process accept what it can't read.

A sealed value is `version (1 byte) | key id (8 bytes) | X25519 sealed box over the padded content`. The padding
hides how long a message was. Only who holds the private key, the workers, can open one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from nacl.bindings import sodium_pad
from nacl.public import PublicKey, SealedBox

VERSION = b"\x01"
KEY_ID_BYTES = 8
PADDING_BLOCK_BYTES = 256


def key_id(public_key: bytes) -> bytes:
    """Eight bytes that say under which public key something is sealed."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


def seal(content: Mapping[str, Any], public_key: bytes) -> bytes:
    """Seal a JSON-able mapping to a 32-byte X25519 public key; lone surrogates survive as they came."""
    encoded = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    padded = sodium_pad(encoded, PADDING_BLOCK_BYTES)
    return VERSION + key_id(public_key) + SealedBox(PublicKey(public_key)).encrypt(padded)


def seal_bytes(content: bytes, public_key: bytes) -> bytes:
    """Seal bytes as they are to a 32-byte X25519 public key: a piece of a file, whose length is no secret."""
    return VERSION + key_id(public_key) + bytes(SealedBox(PublicKey(public_key)).encrypt(content))


def keyed_digest(key: bytes, purpose: str, value: str) -> bytes:
    """HMAC-SHA256 of a value for one purpose. Use only on values nobody can list (never on phone numbers here)."""
    message = purpose.encode() + b"\x00" + value.encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).digest()
