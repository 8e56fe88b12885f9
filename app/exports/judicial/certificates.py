"""A recipient's OpenPGP certificate as somebody pastes it: whether it looks like one. A worker examines it."""

from __future__ import annotations

from app.casework.errors import CaseworkError
from app.notifications.preferences import LARGEST_KEY

_HEAD = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
PRIVATE = "PRIVATE KEY"  # what the first line of one says


def certificate_from(text: str) -> bytes:
    """The certificate's armour. Raises CaseworkError: `certificate_private`, `certificate_unknown`,
    `certificate_long`.
    """
    given = text.strip()
    if PRIVATE in given:
        raise CaseworkError("certificate_private")
    if not given.startswith(_HEAD):
        raise CaseworkError("certificate_unknown")
    armour = given.encode("utf-8", "replace")
    if len(armour) > LARGEST_KEY:
        raise CaseworkError("certificate_long")
    return armour


def spaced(fingerprint: str) -> str:
    """A fingerprint in groups of four, as people read it to each other."""
    return " ".join(fingerprint[at : at + 4].upper() for at in range(0, len(fingerprint), 4))
