"""Files that lie on disk until somebody takes them: sealed in chunks, so that any part opens without the rest.

Each chunk is XChaCha20-Poly1305 (libsodium) under a key that is used for one file only. Its nonce is its place, and
what is authenticated beside it is the export and the length of the whole: a chunk that was moved, left out, doubled
or taken from another file doesn't open, nor does any chunk of a file that was cut.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES,
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
)
from nacl.exceptions import CryptoError

from app.seeking import SeekableFile

CHUNK_BYTES = 64 * 1024
_TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES
_SEALED_BYTES = CHUNK_BYTES + _TAG_BYTES
_LENGTH_BYTES = 8


class Damaged(RuntimeError):
    """The file isn't what was sealed: it was cut, altered, or is another one."""


@dataclass(frozen=True, slots=True)
class SealedAs:
    """What was sealed: the digest (SHA-256) and size in bytes of the open file, and the key that opens it again."""

    sha256: bytes
    byte_count: int
    key: bytes


def seal_file(source: Path, target: Path, export_id: uuid.UUID) -> SealedAs:
    """Seal a file into a new one that only its owner may read, under a fresh key. Constant memory."""
    key = secrets.token_bytes(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
    size, digest = source.stat().st_size, hashlib.sha256()
    with source.open("rb") as content, target.open("xb") as sealed:
        target.chmod(0o600)
        for number in range(_chunks(size)):
            chunk = content.read(CHUNK_BYTES)
            digest.update(chunk)
            sealed.write(_sealed(chunk, number, key, _bound(export_id, size)))
    return SealedAs(digest.digest(), size, key)


class SealedFile(SeekableFile):
    """A sealed file as a seekable stream of what is in it; one chunk at a time is open. Reading raises Damaged."""

    def __init__(self, path: Path, key: bytes, export_id: uuid.UUID, size: int) -> None:
        """`size` is that of the open file, as the record has it. Raises FileNotFoundError and Damaged."""
        super().__init__(size)
        self._key, self._bound = key, _bound(export_id, size)
        self._number, self._chunk = -1, b""
        self._file: BinaryIO = path.open("rb")
        if path.stat().st_size != size + _chunks(size) * _TAG_BYTES:
            self._file.close()
            raise Damaged
        self._look_at_the_beginning()

    @property
    def has_ended(self) -> bool:
        """Whether the last byte was read."""
        return self._at >= self._size

    def readinto(self, buffer: Any, /) -> int:
        """As much as the chunk at this place still holds."""
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, CHUNK_BYTES)
        part = self._opened(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file on disk too."""
        self._file.close()
        super().close()

    def _look_at_the_beginning(self) -> None:
        """Another file of the same size, or another key, is told of before anything of it is promised to anybody."""
        try:
            self._opened(0) if self._size else b""
        except Damaged:
            self._file.close()
            raise

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            self._file.seek(number * _SEALED_BYTES)
            sealed = self._file.read(_SEALED_BYTES)
            try:
                opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    sealed, self._bound, _nonce(number), self._key
                )
            except (CryptoError, ValueError) as error:
                raise Damaged from error
            self._number, self._chunk = number, bytes(opened)
        return self._chunk


def _chunks(size: int) -> int:
    return -(-size // CHUNK_BYTES)


def _nonce(number: int) -> bytes:
    return number.to_bytes(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "big")


def _bound(export_id: uuid.UUID, size: int) -> bytes:
    return export_id.bytes + size.to_bytes(_LENGTH_BYTES, "big")


def _sealed(chunk: bytes, number: int, key: bytes, bound: bytes) -> bytes:
    return bytes(crypto_aead_xchacha20poly1305_ietf_encrypt(chunk, bound, _nonce(number), key))
