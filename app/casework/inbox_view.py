"""All that the inbox's page shows, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework import bulk, freshness, queries, saved_views
from app.casework.bulk_acts import BulkAct
from app.casework.casepage import colleagues
from app.casework.inbox_schemas import inbox_filter
from app.casework.message_words import CHANNELS
from app.casework.views import STANDARD_VIEWS, InboxFilter, Order, address_of, current_view, finer_filters
from app.casework.wording import LANGUAGES, STATUSES, VERIFICATIONS, Words
from app.languages import page_language
from app.models import Organisation, OrganisationKind, SavedView, User
from app.reference import geography
from app.reference.taxonomy import actor_categories, violations

VIEW_NAMES: Words = {
    "open": lazy_gettext("Open"),
    "mine": lazy_gettext("Mine"),
    "ours": lazy_gettext("My organisation’s"),
    "person": lazy_gettext("Needs a person"),
    "urgent": lazy_gettext("Urgent"),
    "overdue": lazy_gettext("Overdue"),
    "waiting": lazy_gettext("Waiting for the reporter"),
    "closed": lazy_gettext("Closed"),
}
ORDERS: Words = {
    Order.URGENCY: lazy_gettext("Most urgent first"),
    Order.NEWEST: lazy_gettext("Newest first"),
    Order.OLDEST: lazy_gettext("Oldest first"),
    Order.CHANGED: lazy_gettext("Last changed first"),
}
BULK_ACTS: Words = {
    BulkAct.TAKE: lazy_gettext("Assign to me"),
    BulkAct.GIVE_BACK: lazy_gettext("Assign to nobody"),
    BulkAct.ASSIGN: lazy_gettext("Assign to a colleague"),
    BulkAct.START: lazy_gettext("In progress"),
    BulkAct.WAIT: lazy_gettext("Waiting for the reporter"),
    BulkAct.NEW: lazy_gettext("New"),
    BulkAct.CLOSE: lazy_gettext("Close"),
    BulkAct.CLOSE_AS_SPAM: lazy_gettext("Close as spam"),
}


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A view with its count, as a link beside others. `saved` is the view that somebody keeps, if it is one."""

    key: str
    label: object
    address: Mapping[str, str]
    count: int
    is_current: bool
    saved: SavedView | None = None


@dataclass(frozen=True, slots=True)
class Views:
    """The views that everybody has, those that were saved, and how many cases the filter of the page lets through."""

    standard: Sequence[ViewLink]
    saved: Sequence[ViewLink]
    matching: int


def inbox_context(session: Session, user: User, wanted: InboxFilter) -> dict[str, Any]:
    """What the page's templates ask for beside the rows."""
    views = views_shown(session, user, wanted)
    return {
        "wanted": wanted,
        "address": address_of(wanted),
        "tab": current_view(wanted),
        "finer": finer_filters(wanted),
        "standard_views": views.standard,
        "saved_views": views.saved,
        "current_saved": next((link.saved for link in views.saved if link.is_current), None),
        "may_share_views": saved_views.may_share(user),
        "deleted_view": saved_views.last_deleted(session, user),
        "matching": views.matching if address_of(wanted) else None,
        "most_counted": queries.MOST_COUNTED,
        "mark": freshness.mark_now(session, user).encode(),
        "undoable": bulk.last_undoable(session, user),
        "bulk_words": BULK_ACTS,
        "bulk_acts": acts_of(user),
        "colleagues": colleagues(session, user),
        "may_give": may(user.role, Permission.ASSIGN_TO_OTHERS),
        **_choices(session, user),
    }


def views_shown(session: Session, user: User, wanted: InboxFilter) -> Views:
    """Every view that this person has, and the filter of the page, all counted at once."""
    saved = [(view, inbox_filter(view.address)) for view in saved_views.views_of(session, user)]
    unsorted = replace(wanted, order=Order.URGENCY)  # often one of the views then
    filters = [*STANDARD_VIEWS.values(), *(kept for _, kept in saved), unsorted]
    counted = queries.counts(session, user, filters)
    standing = current_view(wanted)
    standard = [
        ViewLink(key, VIEW_NAMES[key], address_of(view), counted[view], key == standing)
        for key, view in STANDARD_VIEWS.items()
    ]
    kept = [
        ViewLink(str(view.id), view.name, view.address, counted[filtered], filtered == wanted, view)
        for view, filtered in saved
    ]
    return Views(standard, kept, counted[unsorted])


def acts_of(user: User) -> Words:
    """What this person may do to several cases at once; nothing for who only reads."""
    if not may(user.role, Permission.WORK_ON_CASES):
        return {}
    may_give = may(user.role, Permission.ASSIGN_TO_OTHERS)
    return {act: name for act, name in BULK_ACTS.items() if may_give or act != BulkAct.ASSIGN}


def _choices(session: Session, user: User) -> dict[str, Any]:
    """The lists of the filters."""
    return {
        "statuses": STATUSES,
        "verifications": VERIFICATIONS,
        "channels": CHANNELS,
        "languages": LANGUAGES,
        "orders": ORDERS,
        "violations": violations(),
        "actors": [(each.code, each.label(page_language())) for each in actor_categories().values()],
        "regions": geography.regions(),
        "cercles_of": geography.cercles_of,
        "organisations": _organisations(session) if user.organisation.sees_every_case else [],
    }


def _organisations(session: Session) -> Sequence[Organisation]:
    partners = select(Organisation).where(Organisation.is_active, Organisation.kind != OrganisationKind.DESK)
    return session.scalars(partners.order_by(Organisation.name)).all()


def told_count(count: int) -> str:
    """A count as it is shown: exact as far as it was counted."""
    return str(count) if count <= queries.MOST_COUNTED else f"{queries.MOST_COUNTED}+"


def inbox_url(address: Mapping[str, str]) -> str:
    """The inbox as an address filters it."""
    filters: dict[str, Any] = dict(address)
    return url_for("casework.inbox", **filters)
