"""What the inbox can be asked for: a filter as the address has it, and the views that everybody has."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from app.models import CaseStatus

URGENT = 2  # from this level on
OPEN, ANY = "open", "all"  # of the status filter: not closed; whatever it is
SHOWN_WITH_SUMMARIES = frozenset({OPEN, ANY, str(CaseStatus.CLOSED)})  # what a summary tells of the status


class Order(StrEnum):
    """In which order cases stand; the newest first within each urgency unless the address says otherwise."""

    URGENCY = "urgency"
    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What somebody wants to see; empty means everything. `status` is a CaseStatus, `open` or `all`."""

    status: str = OPEN
    verification: str = ""
    violation: str = ""
    region: str = ""
    cercle: str = ""
    urgency: int | None = None
    channel: str = ""
    language: str = ""
    actor: str = ""  # a category of alleged authors
    received_from: date | None = None
    received_to: date | None = None  # that day included
    needs_person: bool = False
    mine: bool = False
    ours: bool = False
    unassigned: bool = False
    overdue: bool = False
    assignee: uuid.UUID | None = None
    organisation: uuid.UUID | None = None  # referred to it, or assigned to its people
    order: str = Order.URGENCY
    q: str = ""


STANDARD_VIEWS: Mapping[str, InboxFilter] = {
    "open": InboxFilter(),
    "mine": InboxFilter(mine=True),
    "ours": InboxFilter(ours=True),
    "person": InboxFilter(needs_person=True),
    "urgent": InboxFilter(urgency=URGENT),
    "overdue": InboxFilter(overdue=True),
    "waiting": InboxFilter(status=CaseStatus.WAITING_FOR_REPORTER),
    "closed": InboxFilter(status=CaseStatus.CLOSED),
}
_OF_A_VIEW = ("status", "urgency", "needs_person", "mine", "ours", "overdue")
_EVERYTHING = InboxFilter()


def address_of(wanted: InboxFilter) -> dict[str, str]:
    """What an address must say for a filter: nothing for what is as usual anyway."""
    said = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    usual = {each.name: getattr(_EVERYTHING, each.name) for each in fields(wanted)}
    return {name: _word(value) for name, value in said.items() if value != usual[name]}


def _word(value: object) -> str:
    return "1" if value is True else str(value)


def current_view(wanted: InboxFilter) -> str | None:
    """The standard view a filter belongs to by its state, if any; finer filters narrow the view."""
    coarse = replace(_EVERYTHING, **{name: getattr(wanted, name) for name in _OF_A_VIEW})
    return next((name for name, view in STANDARD_VIEWS.items() if view == coarse), None)


def finer_filters(wanted: InboxFilter) -> int:
    """How many filters narrow the list beside the view it is in; a search and an order are none."""
    besides = set(address_of(wanted)) - {"q", "order"}
    return len(besides - set(_OF_A_VIEW)) if current_view(wanted) else len(besides)
