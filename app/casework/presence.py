"""Who has a case open just now. Kept in Valkey alone, as ids that fade within a minute; without Valkey nobody is shown.

Only people who may see the case are shown. The desk's people see everybody; others see their own colleagues by name and
the desk as "the desk", never another organisation's people.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import redis
from flask_babel import gettext, ngettext
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.visibility import visible_cases
from app.casework.wording import initials
from app.clock import utcnow
from app.models import Case, User

HERE_SECONDS = 60  # without script a page is asked for once; with it every five seconds
WRITING_SECONDS = 15
_MOST = 40  # people looked up at once


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has the case open, as another person may know them."""

    initials: str
    name: str
    is_writing: bool

    @property
    def sentence(self) -> str:
        """What they do, in words."""
        if self.is_writing:
            return gettext("%(name)s is writing", name=self.name)
        return gettext("%(name)s has this case open", name=self.name)


def arrive(client: redis.Redis, case_id: uuid.UUID, user_id: uuid.UUID, *, is_writing: bool = False) -> None:
    """Note that somebody has a case open; forgotten by itself."""
    now = utcnow().timestamp()
    with client.pipeline(transaction=False) as pipe:
        pipe.zadd(_here(case_id), {user_id.hex: now})
        pipe.expire(_here(case_id), HERE_SECONDS)
        if is_writing:
            pipe.zadd(_writing(case_id), {user_id.hex: now})
            pipe.expire(_writing(case_id), WRITING_SECONDS)
        pipe.execute()


def others_here(client: redis.Redis, session: Session, user: User, case_id: uuid.UUID) -> list[Present]:
    """Who else has a case open that this person was found to see, as far as they may know."""
    here = _since(client, _here(case_id), HERE_SECONDS) - {user.id}
    writing = _since(client, _writing(case_id), WRITING_SECONDS)
    people = session.scalars(select(User).where(User.id.in_(list(here)[:_MOST]), User.is_active)).unique()
    known = [each for each in people if _may_know(session, user, each, case_id)]
    return _shown(user, known, writing)


def visit(
    client: redis.Redis, session: Session, user: User, case_id: uuid.UUID, *, is_writing: bool = False
) -> list[Present]:
    """Note that somebody has a case open, and give who else has. Nobody where Valkey doesn't answer."""
    try:
        arrive(client, case_id, user.id, is_writing=is_writing)
        return others_here(client, session, user, case_id)
    except RedisError:
        return []


def summary(present: Sequence[Present]) -> str:
    """One line for those who don't see the initials."""
    if not present:
        return ""
    if len(present) == 1:
        return present[0].sentence
    return ngettext(
        "%(num)s other person has this case open", "%(num)s other people have this case open", len(present)
    )


def _may_know(session: Session, user: User, other: User, case_id: uuid.UUID) -> bool:
    is_known = user.organisation.sees_every_case or other.organisation.sees_every_case
    if not is_known and other.organisation_id != user.organisation_id:
        return False
    return (
        session.scalar(visible_cases(other).where(Case.id == case_id).with_only_columns(Case.id)) is not None
    )


def _shown(user: User, people: Sequence[User], writing: set[uuid.UUID]) -> list[Present]:
    """One entry for each person; for a partner, one for the whole desk."""
    is_desk = user.organisation.sees_every_case
    named = [each for each in people if is_desk or not each.organisation.sees_every_case]
    found = [Present(initials(each.display_name), _called(user, each), each.id in writing) for each in named]
    hidden = [each for each in people if each not in named]
    if hidden:
        found.append(Present("–", gettext("The desk"), any(each.id in writing for each in hidden)))
    return sorted(found, key=lambda each: each.name)


def _called(user: User, other: User) -> str:
    if other.organisation_id == user.organisation_id:
        return other.display_name
    return f"{other.display_name} ({other.organisation.short_name})"


def _since(client: redis.Redis, key: str, seconds: int) -> set[uuid.UUID]:
    earliest = utcnow().timestamp() - seconds
    found = client.zrangebyscore(key, earliest, "+inf")
    return {uuid.UUID(hex=each.decode("ascii")) for each in found}  # type: ignore[union-attr]


def _here(case_id: uuid.UUID) -> str:
    return f"seere:presence:{case_id.hex}"


def _writing(case_id: uuid.UUID) -> str:
    return f"seere:writing:{case_id.hex}"
