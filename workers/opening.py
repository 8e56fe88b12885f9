"""Opening what the web process sealed. Only workers can."""

from __future__ import annotations

import json
from typing import Any

from nacl.bindings import crypto_box_SEALBYTES, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES, VERSION
from workers.settings import WorkerSettings

SEAL_HEAD_BYTES = len(VERSION) + KEY_ID_BYTES
SEAL_BYTES = SEAL_HEAD_BYTES + crypto_box_SEALBYTES  # by which a sealed value is longer than what is in it


class CannotOpen(RuntimeError):
    """A sealed value is damaged, no mapping, of an unknown version, or under a key that isn't here."""


def open_sealed(settings: WorkerSettings, sealed: bytes) -> dict[str, Any]:
    """The mapping that was sealed. Raises CannotOpen."""
    try:
        padded = open_sealed_bytes(settings, sealed)
        opened = json.loads(sodium_unpad(padded, PADDING_BLOCK_BYTES))
    except (CryptoError, ValueError, RecursionError) as error:  # a phone seals what it likes, however nested
        raise CannotOpen from error
    if not isinstance(opened, dict):
        raise CannotOpen
    return opened


def open_sealed_bytes(settings: WorkerSettings, sealed: bytes) -> bytes:
    """The bytes that `app.sealing.seal_bytes` sealed. Raises CannotOpen."""
    version, identifier = sealed[:1], sealed[1:SEAL_HEAD_BYTES]
    key = settings.private_keys.get(identifier)
    if version != VERSION or key is None:
        raise CannotOpen
    try:
        return bytes(SealedBox(key).decrypt(sealed[SEAL_HEAD_BYTES:]))
    except (CryptoError, ValueError) as error:
        raise CannotOpen from error
