"""Looking after the gateways: whether each answers, and what it may have failed to hand over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

import structlog

from app.clock import utcnow
from app.database import close_session, transaction
from app.intake.arrivals import SealedArrival, prepare, store
from app.intake.gateways.configured import ConfiguredGateway, enabled_gateways
from app.intake.gateways.protocol import Capability, ReconcilingProvider
from workers.gateways import full_configuration, locked_state

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

LONGEST_FINDING = 80
OVERLAP = timedelta(minutes=10)  # for what a provider lists late, and for clocks that differ
FIRST_LOOK_BACK = timedelta(days=1)
STORED_AT_ONCE = 100


def check_gateways(keys: Keys) -> None:
    """Call every enabled gateway without sending anything, and keep what was found: empty when it answered."""
    for gateway in _enabled(keys):
        finding = _check(keys, gateway)
        with transaction() as session:
            state = locked_state(session, gateway.slug)
            state.checked_at, state.check_finding = utcnow(), finding[:LONGEST_FINDING]


def reconcile_gateways(keys: Keys) -> int:
    """Ask every gateway that can be asked for recent messages, and take in what is new; how many were listed.

    A message that is here already is left alone. Where asking fails, the next time asks for the same again.
    """
    return sum(
        _reconcile(keys, gateway)
        for gateway in _enabled(keys)
        if Capability.RECONCILES in gateway.provider.capabilities
    )


def _enabled(keys: Keys) -> list[ConfiguredGateway]:
    with transaction() as session:
        found = enabled_gateways(session, keys.settings)
    close_session()
    return found


def _check(keys: Keys, gateway: ConfiguredGateway) -> str:
    try:
        return str(gateway.provider.check(full_configuration(keys, gateway)))
    except Exception as error:  # noqa: BLE001 - one gateway must not keep the others from being looked at
        return type(error).__name__


def _reconcile(keys: Keys, gateway: ConfiguredGateway) -> int:
    asked_at, since = utcnow(), _since(gateway.slug)
    try:
        listed = _recent(keys, gateway, since, asked_at)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next time asks again
        logger.warning("reconciliation_failed", gateway=gateway.slug, error=type(error).__name__)
        return 0
    for first in range(0, len(listed), STORED_AT_ONCE):
        store(listed[first : first + STORED_AT_ONCE])
    with transaction() as session:
        locked_state(session, gateway.slug).reconciled_until = asked_at
    return len(listed)


def _since(slug: str) -> datetime:
    with transaction() as session:
        until = locked_state(session, slug).reconciled_until
    close_session()
    return until - OVERLAP if until else utcnow() - FIRST_LOOK_BACK


def _recent(
    keys: Keys, gateway: ConfiguredGateway, since: datetime, received_at: datetime
) -> list[SealedArrival]:
    provider = cast("ReconcilingProvider", gateway.provider)
    texts = provider.recent(full_configuration(keys, gateway), since)
    return [prepare(keys.settings, gateway.slug, text, received_at) for text in texts]
