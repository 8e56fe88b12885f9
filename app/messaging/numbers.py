"""Phone numbers as people type them."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

REGION = "ML"  # a number without a country's code is one of Mali


class NotANumber(ValueError):
    """What was typed can't be called. The message doesn't repeat it."""


def international(typed: str) -> str:
    """A number in the international form (E.164), from what a person typed. Raises NotANumber."""
    try:
        number = phonenumbers.parse(typed, REGION)
    except NumberParseException:
        raise NotANumber from None  # the library's message may repeat the number
    if not phonenumbers.is_possible_number(number):
        raise NotANumber
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
