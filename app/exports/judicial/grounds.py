"""The grounds on which a case goes to justice, as grounds.toml has them."""

from __future__ import annotations

from functools import cache

from app.casework.grounds import Grounds, in_words, read_grounds


@cache
def grounds() -> Grounds:
    """Each ground with its words in several languages."""
    return read_grounds("app.exports.judicial", "grounds.toml")


def judicial_ground(code: str) -> str:
    """A ground in the language of the page; the code itself for one that is no longer in the list."""
    return in_words(grounds(), code)
