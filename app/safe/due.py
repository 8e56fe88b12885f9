"""What a member of a safe should see to, as one number for the menu."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.permissions import ROLES, Permission
from app.models import KeyGrant, OrganisationKey, User, UserKey

_MAY_HOLD = [role for role, permissions in ROLES.items() if Permission.OPEN_SEALED in permissions]


def due(session: Session, user: User) -> int:
    """How many colleagues wait to be let in, and keys to be replaced or finished with; 0 for who isn't in.

    One question to the database: it is asked for every page of the desk.
    """
    own = aliased(KeyGrant)
    key_work = case((OrganisationKey.rotation_due_at.is_not(None), 1), else_=0) + case(
        (OrganisationKey.retired_at.is_not(None), 1), else_=0
    )
    waiting = case((OrganisationKey.retired_at.is_(None), _waiting_people()), else_=0)
    statement = (
        select(func.coalesce(func.sum(key_work + waiting), 0))
        .join(own, and_(own.organisation_key_id == OrganisationKey.id, own.user_id == user.id))
        .where(
            OrganisationKey.organisation_id == user.organisation_id,
            OrganisationKey.ready_at.is_not(None),
            OrganisationKey.discarded_at.is_(None),
        )
    )
    return int(session.scalar(statement) or 0)


def _waiting_people() -> ScalarSelect[int]:
    """How many people of a key's organisation could be let in and are not."""
    granted = select(KeyGrant.user_id).where(KeyGrant.organisation_key_id == OrganisationKey.id)
    return (
        select(func.count())
        .select_from(User)
        .join(UserKey, UserKey.user_id == User.id)
        .where(
            User.organisation_id == OrganisationKey.organisation_id,
            User.is_active,
            User.role.in_(_MAY_HOLD),
            User.id.not_in(granted.correlate(OrganisationKey)),
        )
        .correlate(OrganisationKey)
        .scalar_subquery()
    )
