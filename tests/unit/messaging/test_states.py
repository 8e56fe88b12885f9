"""States only move forward, whatever receipts say and in whatever order they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging.states import RANK, SETTLED, forward
from app.models import DeliveryState

ranked = st.sampled_from(sorted(RANK))


@given(st.lists(ranked, min_size=1), st.randoms(use_true_random=False))
def test_the_order_of_receipts_does_not_matter(told: list[DeliveryState], chance: object) -> None:
    shuffled = [*told, *told]  # and each may come twice
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(told) == fold(shuffled)


def fold(told: list[DeliveryState]) -> DeliveryState:
    state = DeliveryState.SENT
    for each in told:
        state = forward(state, each)
    return state


@given(ranked, ranked)
def test_no_receipt_moves_a_message_back(now: DeliveryState, told: DeliveryState) -> None:
    assert RANK[forward(now, told)] >= RANK[now]


@pytest.mark.parametrize("fixed", [DeliveryState.CANCELLED, DeliveryState.RECEIVED])
def test_what_was_cancelled_or_received_stays_so(fixed: DeliveryState) -> None:
    assert {forward(fixed, told) for told in DeliveryState} == {fixed}


def test_the_phone_outranks_the_network() -> None:
    assert forward(DeliveryState.UNDELIVERED, DeliveryState.DELIVERED) == DeliveryState.DELIVERED


def test_unknown_is_settled_by_any_receipt_and_is_not_settled_itself() -> None:
    assert forward(DeliveryState.UNKNOWN, DeliveryState.SENT) == DeliveryState.SENT
    assert DeliveryState.UNKNOWN not in SETTLED
