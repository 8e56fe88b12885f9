"""Recovery codes as they are printed: 28 symbols in seven groups, of which the last two say whether it is typed well.

26 random symbols of Crockford's base 32 are 130 bits: nobody tries them all, whatever they steal.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.receipts import ALPHABET, GROUP, normalise, written

RANDOM_SYMBOLS = 26
CHECK_SYMBOLS = 2
SYMBOLS = RANDOM_SYMBOLS + CHECK_SYMBOLS


def new_recovery_code() -> str:
    """A fresh code, in its written form."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SYMBOLS))
    return written(drawn + _check(drawn))


def plain(typed: str) -> str | None:
    """The code's 28 symbols from what a person typed, or None where it can't be one: a typo, most likely."""
    code = normalise(typed, symbols=SYMBOLS)
    if code is None or not hmac.compare_digest(_check(code[:RANDOM_SYMBOLS]), code[RANDOM_SYMBOLS:]):
        return None
    return code


def last_group(code: str) -> str:
    """What is to be typed back of a code: its last four symbols."""
    return code[-GROUP:]


def _check(symbols: str) -> str:
    digest = int.from_bytes(hashlib.sha256(symbols.encode("ascii")).digest()[:2], "big")
    return ALPHABET[digest & 31] + ALPHABET[(digest >> 5) & 31]
