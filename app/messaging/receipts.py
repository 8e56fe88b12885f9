"""What providers say became of a message: every receipt is kept, and states only move forward."""

from __future__ import annotations

import zlib

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.messaging.states import forward
from app.models import DeliveryReceipt, DeliveryState, Message, SendAttempt

LONGEST_FAILURE = 60
_RECEIPT_LOCKS = 0x5EE4  # PostgreSQL advisory locks: the first of two numbers
_EXPLAINED = (DeliveryState.UNDELIVERED, DeliveryState.FAILED)  # states that a provider's code explains


def take_receipt(
    session: Session, gateway: str, provider_reference: str, state: DeliveryState, code: str
) -> None:
    """Keep one receipt and move its message forward. One that comes before we know its message waits for it."""
    lock_reference(session, gateway, provider_reference)
    receipt = DeliveryReceipt(
        gateway=gateway, provider_reference=provider_reference, state=state, code=code[:40]
    )
    session.add(receipt)
    attempt = session.scalars(
        select(SendAttempt).where(
            SendAttempt.gateway == gateway, SendAttempt.provider_reference == provider_reference
        )
    ).first()
    if attempt is not None:
        _move(session, receipt, attempt)


def take_early_receipts(session: Session, attempt: SendAttempt) -> None:
    """Apply what came before the provider's reference was ours. Call it once the attempt has its reference."""
    session.flush()
    waiting = session.scalars(
        select(DeliveryReceipt)
        .where(
            DeliveryReceipt.gateway == attempt.gateway,
            DeliveryReceipt.provider_reference == attempt.provider_reference,
            DeliveryReceipt.message_id.is_(None),
        )
        .order_by(DeliveryReceipt.received_at)
    ).all()
    for receipt in waiting:
        _move(session, receipt, attempt)


def lock_reference(session: Session, gateway: str, provider_reference: str) -> None:
    """Let one transaction at a time deal with a provider's reference; SQLite's write lock does that already.

    Otherwise a receipt and the acceptance it belongs to, written at the same moment, wouldn't see each other.
    Whoever needs both takes this lock before the message's.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = zlib.crc32(f"{gateway}\0{provider_reference}".encode()) - 2**31
        session.execute(
            text("SELECT pg_advisory_xact_lock(:kind, :number)"), {"kind": _RECEIPT_LOCKS, "number": number}
        )


def _move(session: Session, receipt: DeliveryReceipt, attempt: SendAttempt) -> None:
    receipt.message_id = attempt.message_id
    message = session.get_one(Message, attempt.message_id, with_for_update=True, populate_existing=True)
    before, told = DeliveryState(message.state), DeliveryState(receipt.state)
    message.state = forward(before, told)
    if message.state != before:
        _note_sent(message, receipt)
        is_explained = message.state in _EXPLAINED and receipt.code
        message.failure = f"{receipt.gateway}-{receipt.code}"[:LONGEST_FAILURE] if is_explained else None


def _note_sent(message: Message, receipt: DeliveryReceipt) -> None:
    """Where the provider's answer was lost, the receipt is the first to say that it was sent, and by whom."""
    if message.sent_at is None and message.state != DeliveryState.FAILED:
        message.sent_at, message.gateway = receipt.received_at, receipt.gateway
        message.provider_reference = receipt.provider_reference
