"""The gateways as workers see them: with what it takes to send, and how each is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.database import insert_unless_there
from app.intake.gateways.configured import ConfiguredGateway, enabled_gateways
from app.intake.gateways.protocol import Capability, Configuration, Outcome, Result
from app.models import Channel, GatewayState
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

CARRIES_WHATSAPP = frozenset({"twilio"})
WHATSAPP_SENDER = "whatsapp:"  # how a sender begins that can't send SMS
FAILURES_BEFORE_REST = 3
FIRST_REST = timedelta(minutes=2)
LONGEST_REST = timedelta(minutes=30)
FAILURES = frozenset({Result.LATER, Result.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Known:
    """A gateway and how it is doing."""

    gateway: ConfiguredGateway
    state: GatewayState

    @property
    def slug(self) -> str:
        """Its name in addresses and tables."""
        return self.gateway.slug


def full_configuration(keys: Keys, gateway: ConfiguredGateway) -> Configuration:
    """Every value of a gateway, with those only workers can open. Raises CannotOpen."""
    if gateway.worker_secrets is None:
        return gateway.configuration
    secrets = {name: str(value) for name, value in open_sealed(keys.workers, gateway.worker_secrets).items()}
    return replace(gateway.configuration, values={**gateway.configuration.values, **secrets})


def can_be_opened(keys: Keys, gateway: ConfiguredGateway) -> bool:
    """Whether this worker has the key to a gateway's secrets; if not, it is as if the gateway weren't there."""
    try:
        full_configuration(keys, gateway)
    except CannotOpen:
        logger.warning("gateway_cannot_be_opened", gateway=gateway.slug)
        return False
    return True


def known_gateways(session: Session, keys: Keys) -> list[Known]:
    """Every enabled gateway that can send and be opened here, the preferred one first."""
    senders = [
        gateway
        for gateway in enabled_gateways(session, keys.settings)
        if Capability.SENDS in gateway.provider.capabilities and can_be_opened(keys, gateway)
    ]
    states = states_of(session, [gateway.slug for gateway in senders])
    return [Known(gateway, states[gateway.slug]) for gateway in senders]


def carries(gateway: ConfiguredGateway, channel: Channel) -> bool:
    """Whether a gateway takes messages of a channel; everything that isn't WhatsApp goes as SMS."""
    if channel is Channel.WHATSAPP:
        return gateway.provider.name in CARRIES_WHATSAPP
    return not gateway.configuration["number"].startswith(WHATSAPP_SENDER)


def states_of(session: Session, slugs: Sequence[str]) -> Mapping[str, GatewayState]:
    """How gateways are doing, by slug; rows that were missing are made."""
    found = {state.slug: state for state in session.scalars(_of(slugs))}
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        session.execute(
            insert_unless_there(
                session, GatewayState, [{"slug": slug} for slug in missing], known_by=GatewayState.slug
            )
        )
        found |= {state.slug: state for state in session.scalars(_of(missing))}
    return found


def locked_state(session: Session, slug: str) -> GatewayState:
    """How one gateway is doing, locked until the transaction ends."""
    statement = _of([slug]).with_for_update().execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is not None:
        return found
    states_of(session, [slug])
    return session.scalars(statement).one()


def note_outcome(state: GatewayState, outcome: Outcome, now: datetime) -> None:
    """Count failures in a row and let a failing gateway rest. One that answered, even to refuse, is well."""
    if outcome.result not in FAILURES:
        state.failures_in_a_row, state.resting_until = 0, None
        return
    state.failures_in_a_row += 1
    resting = rest(state.failures_in_a_row, outcome.retry_after_seconds)
    if resting > timedelta():
        state.resting_until = max(state.resting_until or now, now + resting)


def rest(failures_in_a_row: int, retry_after_seconds: int | None) -> timedelta:
    """How long a gateway is left alone after so many failures: none for the first two, unless it asked for it."""
    beyond = failures_in_a_row - FAILURES_BEFORE_REST
    tired = FIRST_REST * (1 << min(beyond, 20)) if beyond >= 0 else timedelta()
    return min(max(tired, timedelta(seconds=retry_after_seconds or 0)), LONGEST_REST)


def _of(slugs: Sequence[str]) -> Select[GatewayState]:
    return select(GatewayState).where(GatewayState.slug.in_(slugs)).order_by(GatewayState.slug)
