"""The gateways as the console's list shows them: how each is configured, how it does, and its last test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration.gateway_steps import WebhookAddress, addresses
from app.administration.gateway_values import has_path_secret
from app.administration.gateways import in_order, lacks_secrets
from app.intake.gateways import providers
from app.intake.gateways.configured import ENVIRONMENT_SLUG, find_gateway
from app.intake.gateways.protocol import Provider
from app.messaging.figures import GatewayFigures, gateway_figures
from app.models import Message, MessagePurpose
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Listed:
    """What is configured of one gateway. `provider` is None for one that this version doesn't know any more."""

    slug: str
    label: str
    provider: Provider | None
    is_enabled: bool
    is_sending: bool
    price_per_segment: float = 0.0
    is_from_environment: bool = False
    lacks_secrets: bool = (
        False  # what recognises its requests isn't there, or the installation's key was changed
    )


@dataclass(frozen=True, slots=True)
class GatewayView:
    """One gateway in the list, with its figures, its addresses (without secrets), and the newest test through it."""

    gateway: Listed
    figures: GatewayFigures | None
    addresses: tuple[WebhookAddress, ...]
    last_test: Message | None
    is_resting: bool = False  # after failures in a row: the others are preferred for a while

    @property
    def is_well(self) -> bool:
        """Whether nothing asks for an administrator: it is off, or nothing was found wrong."""
        found = self.gateway.lacks_secrets or bool(self.figures and self.figures.check_finding)
        return not self.gateway.is_enabled or not found

    @property
    def has_hidden_secret(self) -> bool:
        """Whether the addresses stand there without the secret that belongs to them."""
        return self.gateway.provider is not None and has_path_secret(self.gateway.provider)


def listed(session: Session, settings: Settings) -> list[Listed]:
    """Every gateway, off ones too, in the order in which they are tried; the environment's comes first."""
    rows = [
        Listed(
            slug=row.slug,
            label=row.label,
            provider=providers().get(row.provider),
            is_enabled=row.is_enabled,
            is_sending=row.is_sending,
            price_per_segment=row.price_per_segment,
            lacks_secrets=lacks_secrets(settings, row),
        )
        for row in in_order(session)
    ]
    return [*_of_environment(session, settings), *rows]


def gateway_views(session: Session, settings: Settings, now: datetime) -> list[GatewayView]:
    """Every gateway of the list, as it stands at this moment."""
    gateways = listed(session, settings)
    figures = {each.slug: each for each in gateway_figures(session, now)}
    tests = last_tests(session, [each.slug for each in gateways])
    return [
        GatewayView(
            each,
            figures.get(each.slug),
            _addresses(settings, each),
            tests.get(each.slug),
            is_resting=_rests(figures.get(each.slug), now),
        )
        for each in gateways
    ]


def _rests(figures: GatewayFigures | None, now: datetime) -> bool:
    return figures is not None and figures.resting_until is not None and figures.resting_until > now


def last_tests(session: Session, slugs: Iterable[str]) -> Mapping[str, Message]:
    """The newest test through each gateway, by slug; the outbox sends a test by no other gateway than its own."""
    newest = (_newest_test(session, slug) for slug in slugs)
    return {message.gateway: message for message in newest if message}


def _newest_test(session: Session, slug: str) -> Message | None:
    statement = (
        select(Message)
        .where(Message.purpose == MessagePurpose.TEST, Message.gateway == slug)
        .order_by(Message.created_at.desc())
        .limit(1)
    )
    return session.scalar(statement)


def _of_environment(session: Session, settings: Settings) -> list[Listed]:
    found = find_gateway(session, settings, ENVIRONMENT_SLUG)
    if found is None:
        return []
    return [
        Listed(
            slug=found.slug,
            label=found.label,
            provider=found.provider,
            is_enabled=True,
            is_sending=found.is_sending,
            price_per_segment=found.price_per_segment,
            is_from_environment=True,
        )
    ]


def _addresses(settings: Settings, gateway: Listed) -> tuple[WebhookAddress, ...]:
    return tuple(addresses(settings, gateway.provider, gateway.slug)) if gateway.provider else ()
