"""The states of a text to a phone. They only move forward, whatever receipts say and in whatever order they come."""

from __future__ import annotations

from app.models import DeliveryState

# A receipt moves a message only to a state of a higher rank. `unknown` may be settled by any receipt; a late
# `delivered` outranks a gateway's earlier `undelivered`, since the phone itself confirmed it.
RANK = {
    DeliveryState.WAITING: 0,
    DeliveryState.QUEUED: 1,
    DeliveryState.SENDING: 2,
    DeliveryState.UNKNOWN: 3,
    DeliveryState.SENT: 4,
    DeliveryState.FAILED: 5,
    DeliveryState.UNDELIVERED: 6,
    DeliveryState.DELIVERED: 7,
}
SETTLED = frozenset(
    {DeliveryState.DELIVERED, DeliveryState.UNDELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}
)


def forward(now: DeliveryState, told: DeliveryState) -> DeliveryState:
    """The state after a receipt: the further of the two. What was cancelled or received stays so."""
    if now not in RANK or told not in RANK:
        return now
    return max(now, told, key=RANK.__getitem__)
