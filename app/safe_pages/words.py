"""What stands in the way of the safe, in words that say what to do."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext

from app.safe import errors

WORDS = {
    errors.LOCKED: lazy_gettext("Your safe is locked. Unlock it first."),
    errors.FACTOR_MISSING: lazy_gettext(
        "This needs your second factor. Set one up in your account, then sign in again with it."
    ),
    errors.NOT_GRANTED: lazy_gettext(
        "You were not let into this safe yet. Ask a colleague who is in, or use the recovery code."
    ),
    errors.NOT_SHARED: lazy_gettext("Your organisation can’t open this report."),
    errors.UNREADABLE: lazy_gettext("This key is damaged. Ask another member of the safe to try."),
    errors.FORBIDDEN: lazy_gettext("Your role may not open."),
    errors.NOT_FOUND: lazy_gettext("This is no longer there. Look at the page again."),
    "code_mistyped": lazy_gettext(
        "This code has a typing mistake. Compare it with the paper, group by group."
    ),
    "code_wrong": lazy_gettext("This is not the recovery code of this safe. Look for the newest paper."),
    "code_differs": lazy_gettext("These are not the last four characters. Look at your paper."),
    "code_gone": lazy_gettext("This code can’t be shown any more. Make the key again."),
    "password_wrong": lazy_gettext("This password doesn’t open your safe."),
    "password_differs": lazy_gettext("The two new passwords are not the same."),
    "password_short": lazy_gettext("Use at least 12 characters, for example four words."),
    "password_long": lazy_gettext("Use at most 200 characters."),
    "not_confirmed": lazy_gettext("Tick the box to say that you have read this."),
    "too_many": lazy_gettext("Too many tries. Wait a quarter of an hour and try again."),
}


def words_for(code: str) -> str:
    """What to tell the person."""
    return str(WORDS[code])


def status_for(code: str) -> int:
    """The status of the answer."""
    if code == "too_many":
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.FORBIDDEN if code == errors.FORBIDDEN else HTTPStatus.UNPROCESSABLE_ENTITY
