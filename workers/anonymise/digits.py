"""How many digits a text has: most texts have too few to hold a number that identifies anybody."""

from __future__ import annotations

from workers.gates import Gate

FEWEST_IN_NUMBER = 3
"""No plate, identity number or part of a telephone number has fewer digits."""


def _has_digits_enough(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= FEWEST_IN_NUMBER


NUMBER_GATE = Gate(_has_digits_enough)
"""Open where a text has digits enough for such a number."""
