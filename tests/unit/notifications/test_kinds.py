"""Every kind has its facts and its words, and none of the words that leave the console say anything."""

from __future__ import annotations

import tomllib
from importlib import resources

from app.notifications.kinds import NoticeKind, facts, webhook_kinds
from app.notifications.wording import KINDS, WEBHOOK_KINDS


def test_kinds_are_the_same_in_code_data_and_words() -> None:
    data = tomllib.loads(resources.files("app.notifications").joinpath("kinds.toml").read_text("utf-8"))
    assert set(data) == set(NoticeKind) == set(KINDS)
    assert set(webhook_kinds()) < set(WEBHOOK_KINDS)


def test_a_kind_of_a_later_release_stays_in_the_console() -> None:
    assert facts("of_tomorrow").ways == frozenset()
