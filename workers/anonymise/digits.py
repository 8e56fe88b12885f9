"""How many digits a text has: most texts have too few to hold a number that identifies anybody."""

from __future__ import annotations

import re

from workers.gates import Gate

FEWEST_IN_NUMBER = 3
"""No plate, identity number or part of a telephone number has fewer digits."""


_DIGIT = re.compile(r"[0-9]")


def _has_digits_enough(text: str) -> bool:
    count = len(_DIGIT.findall(text))
    if count >= FEWEST_IN_NUMBER or text.isascii():
        return count >= FEWEST_IN_NUMBER
    return sum(map(str.isdigit, text)) >= FEWEST_IN_NUMBER


NUMBER_GATE = Gate(_has_digits_enough)
"""Open where a text has digits enough for such a number."""
