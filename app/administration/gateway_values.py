"""Which zone keeps which value of a gateway: open settings, the web's own secrets, and those only workers can open."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.intake.gateways.protocol import Capability, ConfigurationField, Provider, Reader, Shape

PATH_SECRET = "path_secret"  # noqa: S105 - the name of a field: see Capability.SECRET_PATH
_PATH_SECRET_BYTES = 24  # 192 bits in 32 letters and digits


@dataclass(frozen=True, slots=True)
class Divided:
    """The values of a gateway by who may read them. Empty ones are left out of the secrets."""

    settings: dict[str, str] = field(repr=False)
    web_secrets: dict[str, str] = field(repr=False)
    worker_secrets: dict[str, str] = field(repr=False)


def divide(provider: Provider, values: Mapping[str, str]) -> Divided:
    """Divide values. A secret for both zones goes to the web's: workers have the installation's key as well."""
    divided = Divided({}, {}, {})
    for each in provider.fields:
        value = values.get(each.name, "")
        if not is_secret(each):
            divided.settings[each.name] = value
        elif value:
            target = divided.worker_secrets if is_for_workers_only(each) else divided.web_secrets
            target[each.name] = value
    return divided


def is_secret(each: ConfigurationField) -> bool:
    """Whether a value is never shown again."""
    return each.shape is Shape.SECRET


def is_for_workers_only(each: ConfigurationField) -> bool:
    """Whether the web process can't read a value once it is kept."""
    return is_secret(each) and each.reader is Reader.WORKER


def is_sent_to_provider(each: ConfigurationField) -> bool:
    """Whether a secret goes out to the provider's address, so that a changed address must not get it unasked."""
    return is_secret(each) and each.reader is not Reader.WEB and each.name != PATH_SECRET


def is_usually_left(each: ConfigurationField) -> bool:
    """Whether hardly anybody changes a value: it may be left out and has a default."""
    return bool(each.default) and not each.is_required and not is_secret(each)


def has_path_secret(provider: Provider) -> bool:
    """Whether the addresses to give to the provider hold a secret."""
    return Capability.SECRET_PATH in provider.capabilities


def new_path_secret() -> str:
    """A secret for an address, in signs that no address escapes."""
    return secrets.token_urlsafe(_PATH_SECRET_BYTES)
