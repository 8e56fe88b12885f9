"""One person, one number: write senders as E.164, however a gateway spells them.

Otherwise a STOP by one gateway would not be seen by another.
"""

from __future__ import annotations

import phonenumbers

COUNTRY = "ML"  # whose numbers networks write without a country
_MARKS = " -.()"


def e164(sender: str) -> str:
    """A sender such as `76000001`, `22376000001` or `0022376000001` in E.164; short codes and names as they are."""
    digits = sender.translate(str.maketrans("", "", _MARKS))
    if not digits.removeprefix("+").isdecimal():
        return sender
    spellings = (digits, "+" + digits.removeprefix("+"))
    return next((found for spelling in spellings if (found := _valid(spelling))), sender)


def _valid(spelling: str) -> str:
    try:
        number = phonenumbers.parse(spelling, COUNTRY)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
