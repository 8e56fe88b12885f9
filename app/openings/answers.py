"""What a worker hands to one browser: sealed to a key whose private half is in that browser's cookie only.

The answer is one line of JSON that says what it is, then the bytes themselves, padded so that their exact length
isn't told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

PADDING_BLOCK_BYTES = 256


class AnswerKind(StrEnum):
    """What was opened."""

    NUMBER = "number"
    TEXT = "text"
    FILE = "file"


class CannotRead(ValueError):
    """The answer is damaged, or was sealed to another browser's key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was opened. `content_type` is that of a file, found by its content."""

    kind: AnswerKind
    body: bytes
    content_type: str = ""

    @property
    def text(self) -> str:
        """The number or text as it may be shown."""
        return self.body.decode("utf-8", "replace")


def seal_answer(answer: Answer, public_key: bytes) -> bytes:
    """Seal an answer to a 32-byte X25519 public key."""
    head = json.dumps({"kind": answer.kind, "content_type": answer.content_type}).encode("ascii")
    padded = sodium_pad(head + b"\n" + answer.body, PADDING_BLOCK_BYTES)
    return bytes(SealedBox(PublicKey(public_key)).encrypt(padded))


def read_answer(sealed: bytes, private_key: bytes) -> Answer:
    """The answer, for who holds the private key (32 bytes). Raises CannotRead."""
    try:
        whole = sodium_unpad(SealedBox(PrivateKey(private_key)).decrypt(sealed), PADDING_BLOCK_BYTES)
        head, body = whole.split(b"\n", 1)
        told = json.loads(head)
        return Answer(AnswerKind(told["kind"]), body, str(told["content_type"]))
    except (CryptoError, ValueError, TypeError, KeyError) as error:
        raise CannotRead from error
