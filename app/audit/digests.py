"""What entries and signed heads are digested and signed as. Pure, so that an auditor's machine can do it too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

FIRST_DIGEST = bytes(32)
FORMAT = "seere-audit-1"  # of an exported file
_HEAD = b"seere audit head 1\n"  # nothing else that is ever signed begins like this


@dataclass(frozen=True, slots=True)
class Head:
    """What a signature is about: the digest of the chain's last entry at one moment.

    `number` counts the heads from 1; `previous` is the SHA-256 of the signature before, so that none can be left out.
    """

    number: int
    sequence: int
    digest: bytes
    signed_at: datetime
    previous: bytes

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _HEAD + _canonical(
            [self.number, self.sequence, self.digest.hex(), moment(self.signed_at), self.previous.hex()]
        )


def moment(at: datetime) -> str:
    """A moment as it is digested: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def entry_digest(
    sequence: int,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    previous: bytes,
) -> bytes:
    """SHA-256 over every field of an entry and the previous digest, in one canonical form."""
    fields = [sequence, moment(at), actor, action, subject, detail, previous.hex()]
    return hashlib.sha256(_canonical(fields)).digest()


def sign(head: Head, key: SigningKey) -> bytes:
    """The Ed25519 signature of a head, 64 bytes."""
    return key.sign(head.statement).signature


def is_signed(head: Head, signature: bytes, public_key: bytes) -> bool:
    """Whether a signature of a head is of the holder of this key."""
    try:
        VerifyKey(public_key).verify(head.statement, signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def signature_digest(signature: bytes) -> bytes:
    """By which the next head holds on to a signature."""
    return hashlib.sha256(signature).digest()


def _canonical(fields: list[Any]) -> bytes:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")
