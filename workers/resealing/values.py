"""One sealed value, taken from under the keys that are here and put under a report's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.safe.opening import sealed_under
from app.sealing import key_id, seal, seal_bytes
from workers.opening import CannotOpen, open_sealed, open_sealed_bytes
from workers.settings import WorkerSettings

SENDER = "sender"  # a phone number in a message: the contact has it, for the workers alone


@dataclass(frozen=True, slots=True)
class Turning:
    """From which keys to which: `ring` opens what is here, `public_key` is the report's own."""

    ring: WorkerSettings
    public_key: bytes

    def is_there(self, sealed: bytes | None) -> bool:
        """Whether a value is under the report's own key."""
        return sealed is not None and sealed_under(sealed) == key_id(self.public_key)

    def turned(self, sealed: bytes | None) -> bytes | None:
        """The same value under the report's key; as it was if it is there already, or can't be opened here."""
        if not sealed or self.is_there(sealed):
            return sealed
        try:
            return seal_bytes(open_sealed_bytes(self.ring, sealed), self.public_key)
        except CannotOpen:
            return sealed

    def turned_content(self, sealed: bytes | None) -> bytes | None:
        """The same for what a message says, without the number that it came from."""
        opened = self.opened(sealed)
        if opened is None or self.is_there(sealed):
            return sealed
        return seal({name: value for name, value in opened.items() if name != SENDER}, self.public_key)

    def opened(self, sealed: bytes | None) -> Mapping[str, Any] | None:
        """What a value holds; None for none, or where it can't be opened here."""
        if not sealed:
            return None
        try:
            return open_sealed(self.ring, sealed)
        except CannotOpen:
            return None
