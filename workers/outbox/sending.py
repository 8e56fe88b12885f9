"""Sending what is due, most urgent first: claim, call with no transaction open, mark."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DBAPIError

from app.clock import utcnow
from app.database import close_session, transaction
from app.intake.gateways.protocol import Outcome, Result
from app.messaging.policy import warn_if_nearly_used
from workers.outbox.attempts import Claimed
from workers.outbox.claiming import claim
from workers.outbox.outcomes import record_outcome
from workers.outbox.waiting import Places

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

LONGEST_RUN_SECONDS = 20.0
# A database that was away for a moment must not make "unknown" of what a provider did answer.
PAUSES_BETWEEN_MARKS = (0.2, 1.0, 3.0)


def send_due_messages(keys: Keys) -> int:
    """Send everything that is due now, for at most twenty seconds; how many calls were made.

    Any number of workers may do so at once. What waits for a gateway's rate is left for the next run.
    """
    ends_at, places, calls = time.monotonic() + LONGEST_RUN_SECONDS, Places(), 0
    while time.monotonic() < ends_at:
        found = claim(keys, places)
        if found is None:
            break
        if isinstance(found, Claimed):
            _hand_over(found)
            calls += 1
    if calls:
        _warn()
    return calls


def _warn() -> None:
    """Tell administrators in time that the day's budget is nearly used."""
    with transaction() as session:
        warn_if_nearly_used(session, utcnow())


def _hand_over(claimed: Claimed) -> None:
    close_session()  # no transaction is open while the provider takes its time
    outcome = _call(claimed)
    for pause in PAUSES_BETWEEN_MARKS:
        try:
            return record_outcome(claimed, outcome)
        except DBAPIError as error:
            logger.warning("mark_failed", message_id=str(claimed.message_id), error=type(error).__name__)
            close_session()
            time.sleep(pause)
    return record_outcome(claimed, outcome)


def _call(claimed: Claimed) -> Outcome:
    """Call the provider. One that breaks its word never to raise may have sent: nobody can tell."""
    try:
        return claimed.provider.send(claimed.configuration, claimed.outgoing)
    except Exception as error:  # noqa: BLE001 - its text may hold the number
        return Outcome(Result.UNKNOWN, failure=type(error).__name__)
