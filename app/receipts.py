"""Receipt codes: what a reporter comes back with.

Twelve symbols of Crockford's base 32 (60 bits), written in three groups of four. The database holds argon2id over
a keyed digest of the code; see docs/decisions/0003-receipt-codes.md for why that holds against a stolen server.
"""

from __future__ import annotations

import re
import secrets

from argon2.low_level import Type, hash_secret_raw

from app.sealing import keyed_digest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
SYMBOLS = 12
GROUP = 4
_CONFUSED = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-_.·–—]+")


def new_code() -> str:
    """A fresh random code, in its written form."""
    return written(_symbols(secrets.token_bytes(8)))


def derived_code(key: bytes, channel_reference: str) -> str:
    """The one code of a submission, made anew for a replay, because only its slow hash is stored."""
    return written(_symbols(keyed_digest(key, "receipt-code", channel_reference)))


def written(code: str) -> str:
    """`ABCD-EFGH-JKMN` from twelve symbols."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def normalise(typed: str, *, symbols: int = SYMBOLS) -> str | None:
    """Twelve symbols from what a person typed (case, spaces, dashes, O for 0, I or L for 1), or None.

    Other codes of this alphabet have another number of `symbols`.
    """
    code = _SEPARATORS.sub("", typed[:64]).upper().translate(_CONFUSED)
    return code if len(code) == symbols and all(symbol in ALPHABET for symbol in code) else None


def receipt_hash(key: bytes, code: str) -> bytes:
    """32 bytes to look a code up by: argon2id (8 MiB, one pass) over its keyed digest. `code` may be as typed."""
    normalised = normalise(code)
    if normalised is None:
        raise ValueError("not a receipt code")
    return hash_secret_raw(
        secret=keyed_digest(key, "receipt-secret", normalised),
        salt=keyed_digest(key, "receipt-salt", "installation")[:16],
        time_cost=1,
        memory_cost=8 * 1024,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def _symbols(random_bytes: bytes) -> str:
    number = int.from_bytes(random_bytes[:8], "big") >> (64 - 5 * SYMBOLS)
    return "".join(ALPHABET[(number >> (5 * at)) & 31] for at in reversed(range(SYMBOLS)))
