"""Views of the inbox that people keep under a name: their own, and those shared with their organisation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.views import InboxFilter, address_of
from app.clock import utcnow
from app.models import SavedView, User

LONGEST_NAME = 60
MOST_VIEWS = 12  # of one person; each is counted with every page
MOST_SHOWN = 24
UNDO_FOR = timedelta(minutes=15)


def views_of(session: Session, user: User) -> Sequence[SavedView]:
    """What is shown beside the tabs: this person's own views and those shared in their organisation, by name."""
    statement = select(SavedView).where(
        SavedView.deleted_at.is_(None),
        or_(
            SavedView.owner_id == user.id,
            SavedView.is_shared & (SavedView.organisation_id == user.organisation_id),
        ),
    )
    return session.scalars(statement.order_by(SavedView.name, SavedView.id).limit(MOST_SHOWN)).all()


def last_deleted(session: Session, user: User) -> SavedView | None:
    """The view that this person deleted last, while it can be put back."""
    statement = select(SavedView).where(SavedView.owner_id == user.id, SavedView.deleted_at > _oldest())
    return session.scalars(statement.order_by(SavedView.deleted_at.desc()).limit(1)).first()


def save(session: Session, user: User, name: str, wanted: InboxFilter, *, is_shared: bool) -> SavedView:
    """Keep a filter under a name.

    Raises CaseworkError: `view_name` (none, too long, or taken), `views_many`, `view_nothing` for the plain inbox,
    `forbidden` for sharing without being allowed to.
    """
    address = address_of(wanted)
    if not address:
        raise CaseworkError("view_nothing")
    own = [view for view in views_of(session, user) if view.owner_id == user.id]
    if len(own) >= MOST_VIEWS:
        raise CaseworkError("views_many")
    view = SavedView(id=uuid.uuid4(), owner_id=user.id, organisation_id=user.organisation_id, address=address)
    _describe(session, user, view, name, is_shared=is_shared)
    session.add(view)
    _record(session, user, view, Action.VIEW_SAVED)
    return view


def change(session: Session, user: User, view_id: uuid.UUID, name: str, *, is_shared: bool) -> SavedView:
    """Rename one's own view, share it or take it back. Raises CaseworkError as `save` does, and `not_found`."""
    view = _own(session, user, view_id)
    _describe(session, user, view, name, is_shared=is_shared)
    _record(session, user, view, Action.VIEW_CHANGED)
    return view


def remove(session: Session, user: User, view_id: uuid.UUID) -> None:
    """Delete one's own view; it can be put back for a while. Raises CaseworkError("not_found")."""
    view = _own(session, user, view_id)
    session.execute(delete(SavedView).where(SavedView.owner_id == user.id, SavedView.deleted_at <= _oldest()))
    view.deleted_at = utcnow()
    _record(session, user, view, Action.VIEW_DELETED)


def restore(session: Session, user: User, view_id: uuid.UUID) -> SavedView:
    """Put a deleted view back. Raises CaseworkError: `not_found`, `undo_over`."""
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id != user.id:
        raise CaseworkError(NOT_FOUND)
    if view.deleted_at is None or view.deleted_at <= _oldest():
        raise CaseworkError("undo_over")
    view.deleted_at = None
    _record(session, user, view, Action.VIEW_CHANGED)
    return view


def may_share(user: User) -> bool:
    """Whether this person may put a view before the whole organisation."""
    return may(user.role, Permission.SHARE_VIEWS)


def _own(session: Session, user: User, view_id: uuid.UUID) -> SavedView:
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id != user.id or view.deleted_at is not None:
        raise CaseworkError(NOT_FOUND)
    return view


def _describe(session: Session, user: User, view: SavedView, name: str, *, is_shared: bool) -> None:
    plain = " ".join(name.split())
    others = (each.name.casefold() for each in views_of(session, user) if each.id != view.id)
    if not 0 < len(plain) <= LONGEST_NAME or plain.casefold() in set(others):
        raise CaseworkError("view_name")
    if is_shared and not may_share(user):
        raise CaseworkError(FORBIDDEN)
    view.name, view.is_shared = plain, is_shared


def _record(session: Session, user: User, view: SavedView, action: Action) -> None:
    detail = {"is_shared": view.is_shared}
    audit.record(session, action, f"view:{view.id}", actor=f"user:{user.id}", detail=detail)


def _oldest() -> datetime:
    return utcnow() - UNDO_FOR
