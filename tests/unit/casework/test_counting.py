"""How many a group is: whatever is known adds up, and nothing is invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casework.counting import COUNTED, settle_counts
from app.casework.errors import CaseworkError

counts = st.none() | st.integers(-5, 50)


@given(st.fixed_dictionaries(dict.fromkeys((*COUNTED, "unknown"), counts)), counts)
def test_what_is_taken_adds_up_to_the_total_and_keeps_what_was_typed(
    given_counts: dict[str, int | None], total: int | None
) -> None:
    try:
        settled = settle_counts(given_counts, total)
    except CaseworkError as error:
        assert error.code in {"counts_range", "counts_sum"}  # noqa: PT017 - most of what is drawn is refused
        return
    assert all(count >= 0 for count in settled.values())
    assert not total or sum(settled.values()) == total
    assert all(settled[name] == count for name, count in given_counts.items() if count)


def test_of_whom_nothing_is_said_is_unknown() -> None:
    assert settle_counts({"women": 2, "girls": 1}, 10)["unknown"] == 7
    assert settle_counts({}, 12)["unknown"] == 12
    assert sum(settle_counts({}, None).values()) == 0


@pytest.mark.parametrize(
    ("known", "total"),
    [({"women": 3}, 2), ({"men": 1, "unknown": 1}, 3), ({"boys": -1}, None), ({"men": 2_000_000}, None)],
)
def test_numbers_that_cannot_be_are_refused(known: dict[str, int | None], total: int | None) -> None:
    with pytest.raises(CaseworkError):
        settle_counts(known, total)
