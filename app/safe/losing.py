"""What would be lost with somebody's password or membership: to be said before it happens."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from app.models import User
from app.safe.generations import current_key
from app.safe.grants import members


class Loss(StrEnum):
    """What happens to what a person can open, if they forget their password, are reset, closed or leave."""

    NOTHING = "nothing"  # they can't open anything now
    UNTIL_LET_IN = (
        "until_let_in"  # they: until a present member lets them in again; nobody else loses anything
    )
    ONLY_CODE = "only_code"  # everybody: only the printed recovery code opens the safe then
    FOR_EVER = "for_ever"  # there is no recovery code either


def loss_of(session: Session, user: User) -> Loss:
    """What is lost if this person's key is."""
    there = {member.user.id for member in members(session, user.organisation_id)}
    if user.id not in there:
        return Loss.NOTHING
    if there != {user.id}:
        return Loss.UNTIL_LET_IN
    key = current_key(session, user.organisation_id)
    return Loss.ONLY_CODE if key is not None and key.recovery_sealed is not None else Loss.FOR_EVER
