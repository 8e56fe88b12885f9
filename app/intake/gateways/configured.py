"""The gateways of this installation: those an administrator configured, and the one of the environment.

Each zone sees of a configuration what it needs: the web process what recognises requests, workers what sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake.gateways import providers
from app.intake.gateways.protocol import Configuration, Provider
from app.models import Gateway
from app.sealing import keyed_digest
from app.settings import Settings

ENVIRONMENT_SLUG = "twilio"  # SEERE_TWILIO_…: the gateway that needs no console
ENVIRONMENT_PREFERENCE = 0


@dataclass(frozen=True, slots=True)
class ConfiguredGateway:
    """One gateway as it stands. `configuration` holds the values that aren't secret and those the web may read."""

    slug: str
    label: str
    provider: Provider
    configuration: Configuration
    is_sending: bool = True
    preference: int = 10
    segments_per_minute: int = 30
    price_per_segment: float = 0.0
    worker_secrets: bytes | None = None

    @property
    def is_from_environment(self) -> bool:
        """Whether settings describe it, so that the console can't change it."""
        return self.slug == ENVIRONMENT_SLUG


def enabled_gateways(session: Session, settings: Settings) -> list[ConfiguredGateway]:
    """Every gateway that may receive, the preferred one first."""
    rows = session.scalars(select(Gateway).where(Gateway.is_enabled)).all()
    found = [gateway_of_row(row, settings) for row in rows if row.provider in providers()]
    found += _of_environment(settings)
    return sorted(found, key=lambda gateway: (gateway.preference, gateway.slug))


def find_gateway(session: Session, settings: Settings, slug: str) -> ConfiguredGateway | None:
    """One enabled gateway by its slug; the environment's name can't be taken by another."""
    if slug == ENVIRONMENT_SLUG:
        return next(iter(_of_environment(settings)), None)
    row = session.scalar(select(Gateway).where(Gateway.slug == slug, Gateway.is_enabled))
    return gateway_of_row(row, settings) if row is not None and row.provider in providers() else None


def encrypt_web_secrets(settings: Settings, secrets: Mapping[str, str]) -> bytes:
    """Encrypt what the web process needs to recognise requests, under its own key."""
    return bytes(_box(settings).encrypt(json.dumps(dict(secrets)).encode()))


def gateway_of_row(row: Gateway, settings: Settings) -> ConfiguredGateway:
    """A gateway as it is kept, enabled or not."""
    values = {name: str(value) for name, value in row.settings.items()} | _web_secrets(row, settings)
    return ConfiguredGateway(
        slug=row.slug,
        label=row.label,
        provider=providers()[row.provider],
        configuration=Configuration(row.slug, row.provider, values),
        is_sending=row.is_sending,
        preference=row.preference,
        segments_per_minute=row.segments_per_minute,
        price_per_segment=row.price_per_segment,
        worker_secrets=row.worker_secrets,
    )


def _of_environment(settings: Settings) -> list[ConfiguredGateway]:
    account = settings.twilio
    if not account.auth_token:
        return []
    values = {
        "account_sid": account.account_sid,
        "auth_token": account.auth_token,
        "number": account.number,
        "api_base": account.api_base,
    }
    return [
        ConfiguredGateway(
            slug=ENVIRONMENT_SLUG,
            label="Twilio",
            provider=providers()["twilio"],
            configuration=Configuration(ENVIRONMENT_SLUG, "twilio", values),
            is_sending=account.can_send,
            preference=ENVIRONMENT_PREFERENCE,
            segments_per_minute=6000,
        )
    ]


def _web_secrets(row: Gateway, settings: Settings) -> dict[str, str]:
    """Empty where the key was changed since: the gateway then recognises nothing, and the console says so."""
    if row.web_secrets is None:
        return {}
    try:
        return {
            name: str(value) for name, value in json.loads(_box(settings).decrypt(row.web_secrets)).items()
        }
    except CryptoError:
        return {}


def _box(settings: Settings) -> SecretBox:
    return SecretBox(keyed_digest(settings.secret_key, "gateway-secrets", "web"))
