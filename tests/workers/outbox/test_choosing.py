"""Which gateway is chosen: reply by the one that it came in by, by preference, around those that fail or rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workers.outbox.choosing import FAVOURITE_FOR, Candidate, Use, Wait, Wanted, choose
from workers.outbox.pacing import BURST, free_at

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST, SECOND = Candidate("first", 1), Candidate("second", 2)
FRESH = Wanted(NOW)

offsets = st.none() | st.integers(-120, 600).map(lambda seconds: NOW + timedelta(seconds=seconds))
candidates = st.lists(
    st.builds(Candidate, st.sampled_from("abcdef"), st.integers(0, 3), offsets, offsets),
    min_size=1,
    unique_by=lambda candidate: candidate.slug,
)
wanted = st.builds(
    Wanted,
    st.integers(0, 200).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    st.sampled_from(["", *"abcdefg"]),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 8)),
)


def busy(candidate: Candidate, seconds: float = 5) -> Candidate:
    """Its rate allows nothing for so long."""
    return replace(candidate, next_free_at=NOW + BURST + timedelta(seconds=seconds))


def resting(candidate: Candidate, seconds: float = 60) -> Candidate:
    return replace(candidate, resting_until=NOW + timedelta(seconds=seconds))


def test_the_preferred_one_where_nothing_else_speaks() -> None:
    assert choose([SECOND, FIRST], FRESH, NOW) == Use("first")


def test_the_one_that_the_message_came_in_by_before_the_preferred_one() -> None:
    assert choose([FIRST, SECOND], Wanted(NOW, "second"), NOW) == Use("second")


def test_one_that_is_not_there_any_more_is_no_favourite() -> None:
    assert choose([FIRST, SECOND], Wanted(NOW, "sold"), NOW) == Use("first")


def test_one_that_just_failed_goes_behind_the_others_even_as_favourite() -> None:
    assert choose([FIRST, SECOND], Wanted(NOW, "first", {"first": 1}), NOW) == Use("second")
    assert choose([FIRST, SECOND], Wanted(NOW, "first", {"first": 1, "second": 2}), NOW) == Use("first")


def test_one_that_rests_is_left_alone() -> None:
    assert choose([resting(FIRST), SECOND], Wanted(NOW, "first"), NOW) == Use("second")


def test_where_all_rest_the_first_to_wake_is_waited_for() -> None:
    found = choose([resting(FIRST, 60), resting(SECOND, 30)], FRESH, NOW)
    assert found == Wait(NOW + timedelta(seconds=30))


def test_a_busy_favourite_is_waited_for_a_minute() -> None:
    waiting = Wanted(NOW - timedelta(seconds=50), "first")
    found = choose([busy(FIRST), SECOND], waiting, NOW)
    assert found == Wait(NOW + timedelta(seconds=5), "first", NOW + timedelta(seconds=10))
    longer = replace(waiting, created_at=NOW - FAVOURITE_FOR)
    assert choose([busy(FIRST), SECOND], longer, NOW) == Use("second")


def test_where_all_are_busy_the_first_to_be_free_is_waited_for() -> None:
    found = choose([busy(FIRST, 9), busy(SECOND, 4)], Wanted(NOW - FAVOURITE_FOR), NOW)
    assert found == Wait(NOW + timedelta(seconds=4), "second")


@given(candidates, wanted)
def test_what_is_used_is_awake_and_free(found: list[Candidate], about: Wanted) -> None:
    chosen = choose(found, about, NOW)
    if isinstance(chosen, Use):
        used = next(candidate for candidate in found if candidate.slug == chosen.slug)
        assert used.resting_until is None or used.resting_until <= NOW
        assert free_at(used.next_free_at, NOW) <= NOW


@given(candidates, wanted)
def test_waiting_ends_in_the_future_and_only_where_it_must(found: list[Candidate], about: Wanted) -> None:
    chosen = choose(found, about, NOW)
    if isinstance(chosen, Wait):
        assert chosen.until > NOW
        assert chosen.reconsider_at is None or chosen.reconsider_at > NOW
    awake_and_free = [
        candidate
        for candidate in found
        if (candidate.resting_until is None or candidate.resting_until <= NOW)
        and free_at(candidate.next_free_at, NOW) <= NOW
    ]
    if awake_and_free and NOW - about.created_at >= FAVOURITE_FOR:
        assert isinstance(chosen, Use)


@given(candidates, wanted, st.randoms(use_true_random=False))
def test_the_order_of_the_gateways_does_not_matter(
    found: list[Candidate], about: Wanted, chance: object
) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = choose(found, about, NOW), choose(shuffled, about, NOW)
    assert type(one) is type(other)
    if isinstance(one, Use):
        assert one == other
    elif isinstance(one, Wait) and isinstance(other, Wait):
        assert one.until == other.until
