"""List what httpSMS took from the phone since a moment, page by page, newest first.

A current server lists all incoming messages at once; an older one only conversation by conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.intake.gateways._payload import moment, words

INCOMING_PAGE = 200  # the most that /v1/messages/incoming gives at once
CONVERSATION_PAGE = 20  # the most that the other two listings give at once
MOST_PAGES = 500  # of one listing: a server that repeats itself must not hold a worker for ever
# How late a phone without network may hand over what it received: conversations are ordered by its own time.
LATENESS = timedelta(days=2)
_FROM_A_PHONE = "mobile-originated"
Ask = Callable[[str, Mapping[str, str]], list[dict[str, Any]]]


class NoSuchListing(OSError):
    """The server doesn't have this listing, or not with these values."""


def received_since(ask: Ask, owner: str, since: datetime) -> Iterator[dict[str, Any]]:
    """The messages that came to `owner` since then. `ask(path, query)` gives a listing's objects.

    `ask` raises NoSuchListing and OSError. Raises OSError, also when a listing has no end. An older server's
    messages may be up to LATENESS older than asked for.
    """
    try:
        yield from _incoming(ask, owner, since)
    except NoSuchListing:
        yield from _by_conversation(ask, owner, since - LATENESS)


def _incoming(ask: Ask, owner: str, since: datetime) -> Iterator[dict[str, Any]]:
    query = {"owners": owner, "sort_by": "created_at", "sort_descending": "true"}
    pages = _pages(ask, "/v1/messages/incoming", query, INCOMING_PAGE)
    yield from _until(pages, "created_at", since)


def _by_conversation(ask: Ask, owner: str, since: datetime) -> Iterator[dict[str, Any]]:
    threads = _pages(ask, "/v1/message-threads", {"owner": owner}, CONVERSATION_PAGE)
    for thread in _until(threads, "order_timestamp", since):
        query = {"owner": owner, "contact": words(thread, "contact")}
        messages = _pages(ask, "/v1/messages", query, CONVERSATION_PAGE)
        for message in _until(messages, "order_timestamp", since):
            if message.get("type") == _FROM_A_PHONE:
                yield message


def _pages(ask: Ask, path: str, query: Mapping[str, str], size: int) -> Iterator[dict[str, Any]]:
    for page in range(MOST_PAGES):
        found = ask(path, {**query, "limit": str(size), "skip": str(page * size)})
        yield from found
        if len(found) < size:
            return
    raise OSError("EndlessListing")


def _until(found: Iterator[dict[str, Any]], name: str, since: datetime) -> Iterator[dict[str, Any]]:
    """What is as new as asked for, of a listing whose newest come first. What has no time is kept."""
    for one in found:
        at = moment(one.get(name))
        if at is not None and at < since:
            return
        yield one
