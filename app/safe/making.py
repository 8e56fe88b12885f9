"""Making an organisation's safe, and putting a new key in the place of the present one.

Both go in two steps: the key is made and its recovery code shown (`begin`); once part of the code was typed back, the
key is put to use (`put_to_use`). What dies in between leaves the present key in use.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import Action
from app.models import OrganisationKey, User, UserKey
from app.safe import generations
from app.safe.boxes import seal_key
from app.safe.errors import NOT_FOUND, NOT_GRANTED, SafeError
from app.safe.generations import PreparedGeneration, current_key
from app.safe.grants import check_may_act, give, may_hold, members
from app.safe.holding import Unlocked


def begin(session: Session, user: User, unlocked: Unlocked, prepared: PreparedGeneration) -> OrganisationKey:
    """Make the organisation's next key, so far for this person only; it isn't in use yet.

    Where somebody can open the safe, only one of them may. Where nobody can any more, a member may start afresh:
    what lies under the earlier key stays closed until its recovery code is found.
    Raises SafeError: `forbidden`, `factor_missing`, `not_granted`, `not_found` for who has no key of their own.
    """
    check_may_act(user, unlocked)
    generations.lock_organisation(session, user.organisation_id)
    there = {member.user.id for member in members(session, user.organisation_id)}
    if there and user.id not in there:
        raise SafeError(NOT_GRANTED)
    own = session.scalar(select(UserKey).where(UserKey.user_id == user.id))
    if own is None:
        raise SafeError(NOT_FOUND)
    key = generations.add(session, user.organisation_id, prepared, actor=f"user:{user.id}")
    sealed = seal_key(prepared.private, bytes(own.public_key))
    generations.add_grant(session, key, user.id, sealed, by=None)
    return key


def put_to_use(session: Session, user: User, unlocked: Unlocked, key_id: uuid.UUID) -> OrganisationKey:
    """Seal to this key from now on, for everybody who could open until now. Moving what is under the earlier ones
    comes after (app/safe/rotation.py). Raises SafeError: `forbidden`, `factor_missing`, `not_found`."""
    check_may_act(user, unlocked)
    generations.lock_organisation(session, user.organisation_id)
    key = generations.unready_key(session, user.organisation_id)
    if key is None or key.id != key_id:
        raise SafeError(NOT_FOUND)
    colleagues = [member.user for member in members(session, user.organisation_id)]
    earlier = generations.put_to_use(session, key, actor=f"user:{user.id}")
    for colleague in colleagues:
        give(session, key, colleague, unlocked, by=user)
    if earlier:
        generations.note(session, Action.ORGANISATION_KEY_ROTATED, key, actor=f"user:{user.id}")
    return key


def make_without_member(session: Session, organisation_id: uuid.UUID, prepared: PreparedGeneration) -> bool:
    """Make an organisation's first key from the command line and put it to use; False where there is one already.

    Its code lets the first member in.
    """
    generations.lock_organisation(session, organisation_id)
    if current_key(session, organisation_id) is not None:
        return False
    key = generations.add(session, organisation_id, prepared, actor="command")
    generations.put_to_use(session, key, actor="command")
    return True


def make_for_members(
    session: Session, organisation_id: uuid.UUID, prepared: PreparedGeneration, *, actor: str
) -> bool:
    """Make an invented organisation's first key with everybody let in who may open; False without such people.

    Nobody ever sees its recovery code, so it gets none.
    """
    people = _people_with_keys(session, organisation_id)
    if not people or not make_without_member(session, organisation_id, prepared):
        return False
    key = current_key(session, organisation_id)
    if key is None:
        return False
    key.recovery_sealed = key.recovery_salt = None
    for person, public_key in people:
        sealed = seal_key(prepared.private, public_key)
        generations.add_grant(session, key, person.id, sealed, by=None)
        generations.note(session, Action.KEY_GRANTED, key, actor=actor)
    return True


def _people_with_keys(session: Session, organisation_id: uuid.UUID) -> list[tuple[User, bytes]]:
    rows = session.execute(
        select(User, UserKey.public_key)
        .join(UserKey, UserKey.user_id == User.id)
        .where(User.organisation_id == organisation_id)
    ).unique()
    return [(person, bytes(public_key)) for person, public_key in rows if may_hold(person)]
