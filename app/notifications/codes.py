"""The code that confirms a colleague's phone: worked out from the text that carries it, never stored."""

from __future__ import annotations

import hmac
import uuid

from app.sealing import keyed_digest

DIGITS = 6


def confirmation_code(key: bytes, message_id: uuid.UUID) -> str:
    """Six digits that only who holds the key can work out from a text's id."""
    digest = keyed_digest(key, "notice-phone", str(message_id))
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def is_code(key: bytes, message_id: uuid.UUID, typed: str) -> bool:
    """Whether what was typed is a text's code, compared in the same time whatever it is; spaces don't matter."""
    given = "".join(typed.split())[: DIGITS * 2]
    return hmac.compare_digest(given.encode("utf-8", "replace"), confirmation_code(key, message_id).encode())
