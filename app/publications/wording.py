"""States of a snapshot in words, and why one can't be public, for the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.models import PublicationState

STATES = {
    PublicationState.ASKED: lazy_gettext("Being counted"),
    PublicationState.PROPOSED: lazy_gettext("To be looked at"),
    PublicationState.PUBLISHED: lazy_gettext("Public"),
    PublicationState.DISCARDED: lazy_gettext("Discarded"),
    PublicationState.RETRACTED: lazy_gettext("Taken back"),
    PublicationState.FAILED: lazy_gettext("Could not be counted"),
}
# By the codes of workers/publications/snapshots.py.
FAILURES = {
    "too_few": lazy_gettext("Too few cases: not even their sum may be shown."),
    "too_close": lazy_gettext(
        "These figures differ by too few from those that were public before: who kept those could see whom the "
        "difference is about. Discard them and count again later."
    ),
}
