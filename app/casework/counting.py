"""How many a group is: those of whom sex and age are known, and the rest. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.errors import CaseworkError

COUNTED = ("women", "men", "girls", "boys")
HIGHEST = 1_000_000


def settle_counts(given: Mapping[str, int | None], total: int | None) -> dict[str, int]:
    """The five counts of a group, which sum to its total.

    Of whom nothing is said are `unknown`: they are worked out where only the total is given. All zero means that
    nobody knows how many. Raises CaseworkError: `counts_range`, or `counts_sum` where the parts don't make the total.
    """
    numbers = [*(given.get(name) for name in (*COUNTED, "unknown")), total]
    if any(number is not None and not 0 <= number <= HIGHEST for number in numbers):
        raise CaseworkError("counts_range")
    known = {name: given.get(name) or 0 for name in COUNTED}
    unknown = given.get("unknown")
    if unknown is None:
        unknown = (total or sum(known.values())) - sum(known.values())
    if unknown < 0 or (total and sum(known.values()) + unknown != total):
        raise CaseworkError("counts_sum")
    return {**known, "unknown": unknown}
