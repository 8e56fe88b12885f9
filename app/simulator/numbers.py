"""Phone numbers of the handset: Malian ones, made up for each page."""

from __future__ import annotations

import secrets

import phonenumbers

COUNTRY = "ML"
_FIRST_DIGITS = "6789"  # mobile numbers; the rest is checked against the numbering plan
_LENGTH = 8


def new_number() -> str:
    """A made-up mobile number that fits Mali's numbering plan, in E.164."""
    while True:
        digits = secrets.choice(_FIRST_DIGITS) + "".join(
            secrets.choice("0123456789") for _ in range(_LENGTH - 1)
        )
        if number := read_number(digits):
            return number


def read_number(typed: str) -> str | None:
    """E.164 of a number as typed (a Malian one where no country is given), or None."""
    try:
        parsed = phonenumbers.parse(typed[:40], COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def written(number: str) -> str:
    """`+223 76 12 34 56` from E.164; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
