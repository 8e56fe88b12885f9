"""Sending what must be sent to phones: claim, call, mark. Nothing is sent twice unless its gateway sends it once."""

from workers.outbox.sending import send_due_messages
from workers.outbox.upkeep import check_gateways, reconcile_gateways

__all__ = ["check_gateways", "reconcile_gateways", "send_due_messages"]
