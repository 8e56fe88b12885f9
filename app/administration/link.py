"""A link for partners' sites: one line of markup that loads nothing and sends nothing along."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from app.languages import NAMES

# Inline, because a partner's page has its own style sheet; the contrast of the two colours is 7.6 to 1.
STYLE = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5a4b;color:#fff;"
    "font:600 1rem/1.25 system-ui,sans-serif;text-decoration:none"
)
_WORDS = Path(__file__).with_name("link.toml")


@dataclass(frozen=True, slots=True)
class Snippet:
    """The link in one language: where it leads, what it says, and the line to copy."""

    language: str
    name: str
    address: str
    words: str

    @property
    def markup(self) -> str:
        """The line for the page of a partner. No referrer is sent, and the new page can't reach the old one."""
        return (
            f'<a href="{escape(self.address)}" lang="{self.language}" rel="noreferrer noopener" '
            f'referrerpolicy="no-referrer" style="{STYLE}">{escape(self.words)}</a>'
        )


def snippets(public_url: str) -> list[Snippet]:
    """The link in every language for which there are words."""
    return [
        Snippet(language, NAMES.get(language, language), f"{public_url}/?lang={language}", words)
        for language, words in _words().items()
    ]


@cache
def _words() -> Mapping[str, str]:
    return tomllib.loads(_WORDS.read_text("utf-8"))
