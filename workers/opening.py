"""Opening what the web process sealed. Only workers can."""

from __future__ import annotations

import json
from typing import Any

from nacl.bindings import sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES, VERSION
from workers.settings import WorkerSettings


class CannotOpen(RuntimeError):
    """A sealed value is damaged, of an unknown version, or under a key that isn't here."""


def open_sealed(settings: WorkerSettings, sealed: bytes) -> dict[str, Any]:
    """The mapping that was sealed. Raises CannotOpen."""
    version, identifier = sealed[:1], sealed[1 : 1 + KEY_ID_BYTES]
    key = settings.private_keys.get(identifier)
    if version != VERSION or key is None:
        raise CannotOpen
    try:
        padded = SealedBox(key).decrypt(sealed[1 + KEY_ID_BYTES :])
        opened: dict[str, Any] = json.loads(sodium_unpad(padded, PADDING_BLOCK_BYTES))
    except (CryptoError, ValueError) as error:
        raise CannotOpen from error
    return opened
