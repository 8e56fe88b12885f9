"""Keyed pseudonyms: two cases can be seen to name the same person or number without saying whom.

The key never leaves the workers. Pseudonyms that leave the house take a key per case or per export, so that two
exports can't be joined.
"""

from __future__ import annotations

import hashlib
import hmac

import phonenumbers

from workers.anonymise.cues import cue_words
from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.mentions import name_parts, read_digits

_SHORTEST_KEY = 16
_SHORTEST_NUMBER = 8
_COUNTRY = "ML"


def pseudonym(key: bytes, name: str) -> bytes | None:
    """32 bytes that stand for a full name in any order and usual spelling; None where it could be a stranger's.

    A listed name alone (`Amadou`, `Traoré`) and a name known by an initial only fit too many people.
    """
    parts = {part for part in name_parts(name) if part not in cue_words("person", "particles")}
    full = sorted(part for part in parts if len(part) > 1 and part.isalpha())
    if not full or len(full) < len(parts) or (len(full) == 1 and _is_common(full[0], name)):
        return None
    return _keyed(key, "person", "|".join(full))


def phone_pseudonym(key: bytes, number: str) -> bytes | None:
    """32 bytes that stand for a telephone number however it is grouped; None where fewer than eight digits stand."""
    digits = read_digits(number)
    if len(digits) < _SHORTEST_NUMBER:
        return None
    return _keyed(key, "phone", _international(number, digits))


def _is_common(sound: str, name: str) -> bool:
    lexicon = load_lexicon()
    folded = "".join(letter for letter in name.casefold() if letter.isalpha())
    return sound in lexicon.keys or lexicon.name(folded, sound, is_capital=True) is not None


def _international(number: str, digits: str) -> str:
    plus = "+" if number.strip(" (").startswith("+") else ""
    try:
        parsed = phonenumbers.parse(plus + digits, _COUNTRY)
    except phonenumbers.NumberParseException:
        return digits
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _keyed(key: bytes, kind: str, canonical: str) -> bytes:
    if len(key) < _SHORTEST_KEY:
        raise ValueError("the pseudonym key is too short")
    return hmac.digest(key, f"{kind}:{canonical}".encode(), hashlib.sha256)
