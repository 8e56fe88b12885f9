"""The boxes that private keys lie in: sealed to another key, or closed under a password or a printed code.

Nothing here knows of people or tables.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from app.safe.errors import UNREADABLE, SafeError

KEY_BYTES = 32
SALT_BYTES = argon2id.SALTBYTES

# Measured on two slow cores with libsodium's Argon2id (one lane): 0.45 s of processor time. A password that was used
# at every sign-in must not keep a colleague waiting longer, and several at once must fit into a small server's
# memory. Each box keeps the figures it was closed with, so that these may grow.
OPERATIONS = 5
MEMORY_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClosedKey:
    """A private key under a secret that people type, with what is needed to derive the box's key again."""

    sealed: bytes
    salt: bytes
    operations: int
    memory_bytes: int


def close_with(secret: str, private: PrivateKey) -> ClosedKey:
    """Close a private key under a typed secret. Takes about half a second: never with a transaction open."""
    salt, operations, memory_bytes = secrets.token_bytes(SALT_BYTES), OPERATIONS, MEMORY_BYTES
    box = _derived(secret, salt, operations, memory_bytes)
    return ClosedKey(bytes(box.encrypt(bytes(private))), salt, operations, memory_bytes)


def open_with(secret: str, closed: ClosedKey) -> PrivateKey | None:
    """The private key, or None when the secret isn't the one or the box was altered. As slow as closing was."""
    box = _derived(secret, closed.salt, closed.operations, closed.memory_bytes)
    try:
        return PrivateKey(box.decrypt(closed.sealed))
    except (CryptoError, ValueError):
        return None


def _derived(secret: str, salt: bytes, operations: int, memory_bytes: int) -> SecretBox:
    typed = secret.encode("utf-8", "surrogatepass")
    return SecretBox(argon2id.kdf(KEY_BYTES, typed, salt, opslimit=operations, memlimit=memory_bytes))


def seal_key(private: PrivateKey, public_key: bytes) -> bytes:
    """A private key sealed to another public key (32 bytes each)."""
    return bytes(SealedBox(PublicKey(public_key)).encrypt(bytes(private)))


def open_key(sealed: bytes, private: PrivateKey, *, public_key: bytes) -> PrivateKey:
    """The private key that was sealed, if it is the one to this public key. Raises SafeError(`unreadable`)."""
    try:
        opened = PrivateKey(SealedBox(private).decrypt(sealed))
    except (CryptoError, ValueError) as error:
        raise SafeError(UNREADABLE) from error
    if not is_pair(opened, public_key):
        raise SafeError(UNREADABLE)
    return opened


def is_pair(private: PrivateKey, public_key: bytes) -> bool:
    """Whether a private key belongs to a public one; whoever alters the database can't put in another."""
    return hmac.compare_digest(bytes(private.public_key), bytes(public_key))
