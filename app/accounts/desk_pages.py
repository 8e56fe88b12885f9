"""The desk's pages in the order of its menu: what a person may open, and where sign-in leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Blueprint, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select

from app.accounts.permissions import ENDPOINTS, may
from app.accounts.session import DESK_PATH, signed_in_user
from app.current import current_settings
from app.database import db
from app.models import CallbackRequest, ReleaseState, ReleaseText, Role, User
from app.safe.due import due


@dataclass(frozen=True, slots=True)
class DeskPage:
    """An entry of the menu; `waiting` counts what waits there, to be told beside its name."""

    endpoint: str
    label: LazyString | str
    is_of_the_desk: bool = False  # partners' people have no use for it, whatever their role
    waiting: Callable[[], int] | None = None


def _waiting_call_backs() -> int:
    waiting = select(func.count()).select_from(CallbackRequest).where(CallbackRequest.done_at.is_(None))
    return db.session.scalar(waiting) or 0


def _due_in_the_safe() -> int:
    user = signed_in_user()
    return due(db.session(), user) if user else 0


def _waiting_readings() -> int:
    waiting = select(func.count()).where(ReleaseText.state == ReleaseState.WAITING)
    return db.session.scalar(waiting) or 0


PAGES = (
    DeskPage("casework.inbox", lazy_gettext("Inbox")),
    DeskPage(
        "call_backs.requests", lazy_gettext("Call backs"), is_of_the_desk=True, waiting=_waiting_call_backs
    ),
    DeskPage("imports.overview", lazy_gettext("Imports")),
    DeskPage("exports.overview", lazy_gettext("Exports")),
    DeskPage(
        "readings.overview", lazy_gettext("Accounts to read"), is_of_the_desk=True, waiting=_waiting_readings
    ),
    DeskPage("judicial.overview", lazy_gettext("Judicial files"), is_of_the_desk=True),
    DeskPage("figures.dashboard", lazy_gettext("Figures")),
    DeskPage("publishing.overview", lazy_gettext("Published figures"), is_of_the_desk=True),
    DeskPage("naming.names", lazy_gettext("Lists of names"), is_of_the_desk=True),
    DeskPage("rules.overview", lazy_gettext("Routing rules"), is_of_the_desk=True),
    DeskPage("safe.overview", lazy_gettext("Safe"), waiting=_due_in_the_safe),
    DeskPage("people.overview", lazy_gettext("People")),
    DeskPage("retention.overview", lazy_gettext("Retention"), is_of_the_desk=True),
    DeskPage("audit.entries", lazy_gettext("Audit trail")),
    DeskPage("administration.overview", lazy_gettext("Administration")),
)
# Where those begin whose work isn't what stands first in the menu.
_FIRST: dict[str, str] = {Role.ADMINISTRATOR: "administration.overview", Role.AUDITOR: "audit.entries"}
_NEVER_NEXT = (f"{DESK_PATH}/sign-in", f"{DESK_PATH}/sign-out")


def pages_for(user: User | None) -> tuple[DeskPage, ...]:
    """The menu of a person; empty for nobody."""
    if user is None:
        return ()
    is_desk = user.organisation.sees_every_case
    return tuple(
        page
        for page in PAGES
        if may(user.role, ENDPOINTS[page.endpoint]) and (is_desk or not page.is_of_the_desk)
    )


def _counted(pages: tuple[DeskPage, ...]) -> list[DeskPage]:
    """The menu with the number that waits beside the names it concerns."""
    return [replace(page, label=_label(page)) for page in pages]


def _label(page: DeskPage) -> LazyString | str:
    count = page.waiting() if page.waiting else 0
    return gettext("%(page)s (%(count)s)", page=page.label, count=count) if count else page.label


def landing(user: User) -> str:
    """The address of the first page a person may open."""
    pages = pages_for(user)
    first = pages[0].endpoint if pages else "accounts.account"
    return url_for(_FIRST.get(user.role, first))


def safe_next(asked: str) -> str | None:
    """An address to go on to after sign-in, if it is a page of the desk and nothing else."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return None
    is_own = not parts.scheme and not parts.netloc and (parts.path + "/").startswith(f"{DESK_PATH}/")
    is_plain = (
        asked.isprintable() and "\\" not in asked and not asked.startswith("//") and ".." not in parts.path
    )
    return asked if is_own and is_plain and parts.path not in _NEVER_NEXT else None


def init_desk_pages(blueprint: Blueprint) -> None:
    """Give templates the menu. Functions, not values: an error page must not ask the database who is there."""
    blueprint.add_app_template_global(signed_in_user, "desk_user")
    blueprint.add_app_template_global(lambda: _counted(pages_for(signed_in_user())), "desk_pages")
    blueprint.add_app_template_global(_is_demonstration, "is_demonstration")


def _is_demonstration() -> bool:
    settings = current_settings()
    return settings.demonstration
