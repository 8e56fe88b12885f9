"""The time between a text and its arrival on the handset: receipts a moment after, and a page that waits a little."""

from __future__ import annotations

import threading
import time

import structlog

from app.settings import Settings
from app.simulator import mailbox, telephone
from app.simulator.provider import Outgoing

logger = structlog.get_logger()

RECEIPT_AFTER_SECONDS = 0.5  # the worker that sends first writes down that its call was answered
LONGEST_WAIT_SECONDS = 4.0
LOOK_EVERY_SECONDS = 0.1


def wait_for_text(settings: Settings, number: str, known: int) -> None:
    """Return as soon as the handset has more texts than it had, at the latest after LONGEST_WAIT_SECONDS.

    Only fifty are kept: a handset with that many doesn't wait.
    """
    ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
    while known < mailbox.MOST_TEXTS and time.monotonic() < ends_at:
        if len(mailbox.texts(settings, number)) > known:
            return
        time.sleep(LOOK_EVERY_SECONDS)


def confirm_later(settings: Settings, outgoing: Outgoing, message_id: str) -> None:
    """Send the receipts of a text in a moment, if they were asked for."""
    if telephone.is_status_address(settings, outgoing.status_url):
        timer = threading.Timer(RECEIPT_AFTER_SECONDS, _confirm, (settings, outgoing, message_id))
        timer.daemon = True
        timer.start()


def _confirm(settings: Settings, outgoing: Outgoing, message_id: str) -> None:
    try:
        telephone.confirm(settings, outgoing.status_url, message_id, outgoing.number)
    except telephone.NotDelivered as problem:
        logger.warning("receipt_not_taken", error=type(problem).__name__)
