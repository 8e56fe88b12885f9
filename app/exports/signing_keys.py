"""The public keys by which exports are checked: kept, the earlier ones too, and written as minisign writes them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import insert_unless_there
from app.models import SigningPublicKey

ALGORITHM = b"Ed"  # minisign's mark of an Ed25519 key
KEY_ID_BYTES = 8


def minisign_id(public_key: bytes) -> bytes:
    """Eight bytes by which a signature names its key. Ours follow from the key, so they need not be kept."""
    return hashlib.sha256(b"seere-export" + public_key).digest()[:KEY_ID_BYTES]


def minisign_text(public_key: bytes) -> str:
    """A 32-byte Ed25519 public key in the one line that `minisign -P` and `seere export verify --key` take."""
    return base64.b64encode(ALGORITHM + minisign_id(public_key) + public_key).decode("ascii")


def keep(session: Session, public_key: bytes) -> None:
    """Remember a key that signs from now on, so that it is shown even after another took its place."""
    row = {"public_key": public_key, "first_seen_at": utcnow()}
    session.execute(insert_unless_there(session, SigningPublicKey, [row], known_by="public_key"))


def public_keys(session: Session) -> Sequence[SigningPublicKey]:
    """Every key that ever signed, the newest first."""
    newest = SigningPublicKey.first_seen_at.desc()
    return session.scalars(select(SigningPublicKey).order_by(newest)).all()
