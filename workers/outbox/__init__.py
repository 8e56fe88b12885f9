"""Sending what must be sent to phones: claim, call, mark."""

from workers.outbox.sending import send_message

__all__ = ["send_message"]
