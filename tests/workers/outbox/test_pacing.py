"""Rates, pauses and rests: a gateway is never asked for more than it may send, and a failing one is left alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workers.gateways import rest
from workers.outbox.choosing import Wait
from workers.outbox.pacing import BURST, FIRST_PAUSE, LONGEST_PAUSE, free_at, lasts, pause, reserved
from workers.outbox.waiting import Places

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(
    st.integers(1, 600),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), min_size=1, max_size=80),
)
def test_over_any_stretch_the_rate_holds_but_for_one_burst(
    rate: int, messages: list[tuple[int, int]]
) -> None:
    """`messages` are seconds since the one before, and segments."""
    now, next_free_at, sent = START, None, []
    for seconds, segments in messages:
        now += timedelta(seconds=seconds)
        if free_at(next_free_at, now) <= now:
            next_free_at = reserved(next_free_at, now, lasts(segments, rate))
            sent.append((now, segments))
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            stretch = sent[last][0] - sent[first][0] + BURST
            between = sum(segments for _, segments in sent[first:last])
            assert between <= rate * stretch / timedelta(minutes=1) + 1e-6


def test_an_idle_gateway_is_free_and_saves_nothing_up() -> None:
    long_ago = START - timedelta(days=1)
    assert free_at(None, START) == START
    assert free_at(long_ago, START) == START
    assert reserved(long_ago, START, timedelta(seconds=2)) == START + timedelta(seconds=2)


@given(st.integers(1, 200), st.integers(0, 2**32))
def test_a_pause_is_random_within_a_doubling_bound(attempts: int, seed: int) -> None:
    found = pause(attempts, None, random.Random(seed))
    assert timedelta() <= found <= min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)


def test_pauses_are_spread_over_their_whole_bound() -> None:
    chance = random.Random(1)
    found = [pause(3, None, chance) / timedelta(seconds=60) for _ in range(300)]
    assert min(found) < 0.1
    assert max(found) > 0.9


@given(st.integers(1, 20), st.integers(0, 86_400))
def test_a_pause_is_never_shorter_than_the_provider_asked(attempts: int, seconds: int) -> None:
    assert pause(attempts, seconds, random.Random(0)) >= timedelta(seconds=seconds)


def test_a_rest_begins_at_the_third_failure_and_doubles_up_to_half_an_hour() -> None:
    minutes = [rest(failures, None) / timedelta(minutes=1) for failures in range(1, 10)]
    assert minutes == [0, 0, 2, 4, 8, 16, 30, 30, 30]


def test_a_gateway_that_asks_for_a_rest_gets_it_at_once() -> None:
    assert rest(1, 40) == timedelta(seconds=40)
    assert rest(1, 86_400) == timedelta(minutes=30)


def test_messages_that_wait_for_one_gateway_get_places_one_after_the_other() -> None:
    places, wait = Places(), Wait(START, "sim")
    two = timedelta(seconds=2)
    assert [places.place(wait, two) for _ in range(3)] == [START, START + two, START + 2 * two]
    assert places.place(Wait(START, "other"), two) == START


def test_nobody_waits_for_a_place_longer_than_for_another_gateway() -> None:
    places, soon = Places(), START + timedelta(seconds=3)
    waits = [places.place(Wait(START, "sim", soon), timedelta(seconds=2)) for _ in range(4)]
    assert waits == [START, START + timedelta(seconds=2), soon, soon]


def test_where_all_rest_all_wait_for_the_same_moment() -> None:
    places = Places()
    assert {places.place(Wait(START), timedelta(seconds=2)) for _ in range(3)} == {START}
