"""Opening sealed values with private keys that are there for a moment: a member's, a report's, or the workers' own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nacl.bindings import crypto_box_SEALBYTES, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES, VERSION, key_id

SEAL_HEAD_BYTES = len(VERSION) + KEY_ID_BYTES
SEAL_BYTES = SEAL_HEAD_BYTES + crypto_box_SEALBYTES  # by which a sealed value is longer than what is in it

Ring = Mapping[bytes, PrivateKey]
"""Private keys by the id that a sealed value carries."""


class CannotOpen(RuntimeError):
    """A sealed value is damaged, no mapping, of an unknown version, or under a key that isn't here."""


def ring(*keys: PrivateKey) -> dict[bytes, PrivateKey]:
    """These private keys, to open with."""
    return {key_id(bytes(key.public_key)): key for key in keys}


def sealed_under(sealed: bytes) -> bytes:
    """The id of the key under which something is sealed; empty for what is no sealed value."""
    is_sealed = len(sealed) >= SEAL_BYTES and sealed[: len(VERSION)] == VERSION
    return bytes(sealed[len(VERSION) : SEAL_HEAD_BYTES]) if is_sealed else b""


def open_mapping(keys: Ring, sealed: bytes) -> dict[str, Any]:
    """The mapping that `app.sealing.seal` sealed. Raises CannotOpen."""
    try:
        opened = json.loads(sodium_unpad(open_bytes(keys, sealed), PADDING_BLOCK_BYTES))
    except (CryptoError, ValueError, RecursionError) as error:  # a phone seals what it likes, however nested
        raise CannotOpen from error
    if not isinstance(opened, dict):
        raise CannotOpen
    return opened


def open_bytes(keys: Ring, sealed: bytes) -> bytes:
    """The bytes that `app.sealing.seal_bytes` sealed. Raises CannotOpen."""
    version, identifier = sealed[: len(VERSION)], bytes(sealed[len(VERSION) : SEAL_HEAD_BYTES])
    key = keys.get(identifier)
    if version != VERSION or key is None:
        raise CannotOpen
    try:
        return bytes(SealedBox(key).decrypt(sealed[SEAL_HEAD_BYTES:]))
    except (CryptoError, ValueError) as error:
        raise CannotOpen from error
