"""How many digits a text has: most texts have too few to hold a number that identifies anybody."""

from __future__ import annotations

FEWEST_IN_NUMBER = 3
"""No plate, identity number or part of a telephone number has fewer digits."""


def may_hold_number(text: str) -> bool:
    """Whether a text has digits enough for such a number; the patterns for them need not be tried where it hasn't."""
    return sum(map(str.isdigit, text)) >= FEWEST_IN_NUMBER
