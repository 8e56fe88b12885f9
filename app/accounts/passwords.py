"""Passwords: argon2id with the low-memory parameters of RFC 9106."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200
PARAMETERS = RFC_9106_LOW_MEMORY
_hasher = PasswordHasher.from_parameters(PARAMETERS)
# Hashed once, so that an unknown address costs the same time as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An argon2id hash to store."""
    return _hasher.hash(password)


def is_correct(stored: str | None, password: str) -> bool:
    """Whether a password fits a stored hash; takes as long where there is no such account."""
    try:
        return _hasher.verify(stored or _NOBODY, password[:MAXIMUM_LENGTH]) and stored is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
