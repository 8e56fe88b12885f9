"""A small sealed file, opened as a whole in memory. Only for files of a couple of megabytes."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest

from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from app.intake.uploads import chained
from app.sealing import KEY_ID_BYTES, VERSION
from workers.opening import CannotOpen
from workers.settings import WorkerSettings


def opened(settings: WorkerSettings, pieces: Iterable[bytes], chain_digest: bytes) -> bytes:
    """What the pieces held, checked against the digest of the chain. Raises CannotOpen."""
    content, digest = bytearray(), bytes(32)
    for sealed in pieces:
        piece = _opened(settings, sealed)
        digest = chained(digest, piece)
        content += piece
    if not compare_digest(digest, bytes(chain_digest)):
        raise CannotOpen
    return bytes(content)


def _opened(settings: WorkerSettings, sealed: bytes) -> bytes:
    key = settings.private_keys.get(sealed[1 : 1 + KEY_ID_BYTES])
    if sealed[:1] != VERSION or key is None:
        raise CannotOpen
    try:
        return bytes(SealedBox(key).decrypt(sealed[1 + KEY_ID_BYTES :]))
    except CryptoError as error:
        raise CannotOpen from error
