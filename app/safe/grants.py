"""Who may open: an organisation's private key, sealed to each member's own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.clock import utcnow
from app.models import KeyGrant, OrganisationKey, User, UserKey
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify
from app.safe.boxes import seal_key
from app.safe.errors import FORBIDDEN, NOT_FOUND, SafeError
from app.safe.generations import add_grant, current_key, usable_keys
from app.safe.holding import Unlocked


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can open their organisation's safe, since when, and by whose hand (None: the recovery code,
    or themselves when they made the key)."""

    user: User
    since: datetime
    granted_by: User | None


def may_hold(user: User) -> bool:
    """Whether a person may be a member of their organisation's safe at all."""
    return user.is_active and user.organisation.is_active and may(user.role, Permission.OPEN_SEALED)


def check_may_act(user: User, unlocked: Unlocked) -> None:
    """Raises SafeError: `forbidden`, `factor_missing`."""
    if not may_hold(user) or unlocked.user_id != user.id:
        raise SafeError(FORBIDDEN)
    unlocked.check_strong()


def members(session: Session, organisation_id: uuid.UUID) -> Sequence[Member]:
    """Who can open an organisation's safe as it is now, those who have been able to for longest first."""
    key = current_key(session, organisation_id)
    if key is None:
        return ()
    rows = session.execute(
        select(User, KeyGrant.granted_at, KeyGrant.granted_by_id)
        .join(KeyGrant, KeyGrant.user_id == User.id)
        .where(KeyGrant.organisation_key_id == key.id, User.organisation_id == organisation_id)
        .order_by(KeyGrant.granted_at, User.id)
    ).unique()
    return [
        Member(user, since, session.get(User, by) if by else None)
        for user, since, by in rows
        if may_hold(user)
    ]


def waiting(session: Session, organisation_id: uuid.UUID) -> Sequence[User]:
    """Who may open by their role and has a key of their own, but was not let in yet."""
    key = current_key(session, organisation_id)
    if key is None:
        return ()
    granted = select(KeyGrant.user_id).where(KeyGrant.organisation_key_id == key.id)
    people = session.scalars(
        select(User)
        .join(UserKey, UserKey.user_id == User.id)
        .where(User.organisation_id == organisation_id, User.id.not_in(granted))
        .order_by(User.display_name)
    ).unique()
    return [person for person in people if may_hold(person)]


def without_key(session: Session, organisation_id: uuid.UUID) -> Sequence[User]:
    """Who may open by their role but never signed in since there is a safe, so nobody can let them in yet."""
    keyed = select(UserKey.user_id)
    people = session.scalars(
        select(User)
        .where(User.organisation_id == organisation_id, User.id.not_in(keyed))
        .order_by(User.display_name)
    ).unique()
    return [person for person in people if may_hold(person)]


def is_last_member(session: Session, user: User) -> bool:
    """Whether nobody else can open their organisation's safe: if they leave, only the recovery code is left."""
    there = {member.user.id for member in members(session, user.organisation_id)}
    return there == {user.id}


def grant(session: Session, user: User, unlocked: Unlocked, member_id: uuid.UUID) -> User:
    """A present member lets a colleague in: everything the member can open, the colleague can from now on.

    Raises SafeError: `forbidden`, `factor_missing`, `not_granted`, `unreadable`, `not_found` for who doesn't wait.
    """
    check_may_act(user, unlocked)
    member = next((each for each in waiting(session, user.organisation_id) if each.id == member_id), None)
    if member is None:
        raise SafeError(NOT_FOUND)
    for key in usable_keys(session, user.organisation_id):
        if is_current_or_held(session, user, key):
            give(session, key, member, unlocked, by=user)
    notify(session, NoticeKind.SAFE_ACCESS_GIVEN, [member])
    audit.record(
        session,
        Action.KEY_GRANTED,
        f"user:{member.id}",
        actor=f"user:{user.id}",
        detail={"organisation": str(user.organisation_id)},
    )
    return member


def is_current_or_held(session: Session, user: User, key: OrganisationKey) -> bool:
    """The key in use must be handed on, or the grant fails; an older one only if the person has it themselves."""
    return key.retired_at is None or _holds(session, user.id, key)


def _holds(session: Session, user_id: uuid.UUID, key: OrganisationKey) -> bool:
    return (
        session.scalar(
            select(KeyGrant.id).where(KeyGrant.organisation_key_id == key.id, KeyGrant.user_id == user_id)
        )
        is not None
    )


def give(session: Session, key: OrganisationKey, member: User, unlocked: Unlocked, *, by: User) -> None:
    """Seal one generation, opened by a present member, to another's own key. Raises SafeError."""
    own = session.scalar(select(UserKey).where(UserKey.user_id == member.id))
    if own is None:
        raise SafeError(NOT_FOUND)
    if not _holds(session, member.id, key):
        sealed = seal_key(unlocked.private_key_of(session, key.id), bytes(own.public_key))
        add_grant(session, key, member.id, sealed, by=by.id)


def remove(session: Session, user: User, unlocked: Unlocked, member_id: uuid.UUID) -> None:
    """A present member shuts a colleague out; a new key is due. Raises SafeError: `forbidden`, `factor_missing`,
    `not_found`, `not_granted` when the person who asks isn't a member."""
    check_may_act(user, unlocked)
    there = {member.user.id for member in members(session, user.organisation_id)}
    if user.id not in there:
        raise SafeError("not_granted")
    member = session.get(User, member_id)
    if member is None or member_id not in there or member_id == user.id:
        raise SafeError(NOT_FOUND)
    member_left(session, member, actor=f"user:{user.id}")


def member_left(session: Session, user: User, *, actor: str = "worker") -> bool:
    """Take away every grant of who left, was closed, moved, or may not open any more; True when there was one.

    What they could open stays readable to the others; since they held its key, a new one is due.
    """
    held = select(KeyGrant.organisation_key_id).where(KeyGrant.user_id == user.id)
    keys = list(session.scalars(select(OrganisationKey).where(OrganisationKey.id.in_(held))))
    if not keys:
        return False
    remove_grants(session, user.id)
    session.execute(
        update(OrganisationKey)
        .where(
            OrganisationKey.organisation_id.in_({key.organisation_id for key in keys}),
            OrganisationKey.ready_at.is_not(None),
            OrganisationKey.retired_at.is_(None),
            OrganisationKey.rotation_due_at.is_(None),
        )
        .values(rotation_due_at=utcnow())
    )
    for organisation_id in sorted({key.organisation_id for key in keys}):
        detail = {"organisation": str(organisation_id)}
        audit.record(session, Action.KEY_GRANT_REMOVED, f"user:{user.id}", actor=actor, detail=detail)
    return True


def remove_grants(session: Session, user_id: uuid.UUID) -> int:
    """Delete a person's grants; how many there were."""
    deleted = session.execute(delete(KeyGrant).where(KeyGrant.user_id == user_id))
    return deleted.rowcount if isinstance(deleted, CursorResult) else 0


def ask_for_grant(session: Session, user: User) -> None:
    """Tell the members of a safe that a colleague could be let in."""
    if may_hold(user):
        there = [member.user for member in members(session, user.organisation_id)]
        notify(session, NoticeKind.SAFE_ACCESS_ASKED, [each for each in there if each.id != user.id])
