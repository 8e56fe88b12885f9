"""What the page of an organisation's safe shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import OrganisationKey, ReportKeyShare, User
from app.safe.generations import all_keys, current_key, unready_key
from app.safe.grants import Member, members, waiting, without_key
from app.safe.holding import Unlocked
from app.safe.rotation import is_under_way, left_to_move


@dataclass(frozen=True, slots=True)
class SafeView:
    """An organisation's safe, for one of its people.

    `current` is None while there is no safe. `is_member`: this person is in. `left`: reports still under an earlier
    key; None while no rotation goes on.
    """

    current: OrganisationKey | None
    unready: OrganisationKey | None
    keys: Sequence[OrganisationKey]
    members: Sequence[Member]
    waiting: Sequence[User]
    without_key: Sequence[User]
    is_member: bool
    left: int | None
    unlocked: Unlocked | None

    @property
    def is_rotation_due(self) -> bool:
        """Whether somebody who left still knows the key in use."""
        return self.current is not None and self.current.rotation_due_at is not None

    @property
    def is_alone(self) -> bool:
        """Whether only this person can open."""
        return self.is_member and len(self.members) == 1

    @property
    def can_act(self) -> bool:
        """Whether this person's safe is unlocked, with a second factor."""
        return self.unlocked is not None and self.unlocked.is_strong


def view(session: Session, user: User, unlocked: Unlocked | None) -> SafeView:
    """The safe of this person's organisation as it is."""
    organisation_id = user.organisation_id
    there = members(session, organisation_id)
    return SafeView(
        current=current_key(session, organisation_id),
        unready=unready_key(session, organisation_id),
        keys=all_keys(session, organisation_id),
        members=there,
        waiting=waiting(session, organisation_id),
        without_key=without_key(session, organisation_id),
        is_member=any(member.user.id == user.id for member in there),
        left=left_to_move(session, organisation_id) if is_under_way(session, organisation_id) else None,
        unlocked=unlocked,
    )


def reports_held(session: Session, user: User) -> int:
    """How many reports the organisation of a person can open."""
    keys = select(OrganisationKey.id).where(OrganisationKey.organisation_id == user.organisation_id)
    held = select(func.count(ReportKeyShare.report_key_id.distinct()))
    return session.scalar(held.where(ReportKeyShare.organisation_key_id.in_(keys))) or 0
