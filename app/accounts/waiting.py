"""How long to wait after too many tries, in words."""

from __future__ import annotations

from flask_babel import gettext, ngettext


def too_many(seconds: int) -> str:
    """What to tell who has to wait before the next try."""
    minutes = -(-seconds // 60)
    if seconds < 60:
        pause = ngettext("%(num)d second", "%(num)d seconds", seconds)
    else:
        pause = ngettext("%(num)d minute", "%(num)d minutes", minutes)
    return gettext("Too many tries. Wait %(pause)s and try again.", pause=pause)
