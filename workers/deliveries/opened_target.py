"""A target with what opens it, for the time of one delivery; and why something could not be brought there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.models import DeliveryTarget
from app.notifications.addresses import AddressRefused
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys


class CannotDeliver(Exception):
    """Nothing was brought, or it can't be said that it was. `code` is one of app/deliveries/wording.py's FAILURES.

    `is_final`: trying again would do harm or no good, so the target is left until an administrator looks at it.
    """

    def __init__(self, code: str, *, is_final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class OpenedTarget:
    """Where to and how. Never shown: it holds the secrets."""

    target_id: uuid.UUID
    kind: str
    address: Mapping[str, Any]
    pinned: str
    secret: Mapping[str, str] = field(repr=False)


def opened_target(keys: Keys, target: DeliveryTarget) -> OpenedTarget:
    """A target with its secret opened. Raises CannotDeliver."""
    try:
        secret = open_sealed(keys.workers, target.sealed_secret) if target.sealed_secret else {}
    except CannotOpen as error:
        raise CannotDeliver("secret", is_final=True) from error
    return OpenedTarget(target.id, target.kind, dict(target.address), target.pinned, secret)


def refused(error: AddressRefused) -> CannotDeliver:
    """What a refused address means for a delivery: a private one stays so, a name may come back."""
    return CannotDeliver(error.code, is_final=error.code != "unknown_host")
