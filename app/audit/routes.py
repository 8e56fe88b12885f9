"""The audit trail on a page."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.session import current_user
from app.audit import queries
from app.audit.chain import Action
from app.audit.queries import PAGE_SIZE, EntryFilter
from app.audit.wording import ACTIONS, ACTORS, SUBJECTS
from app.database import db

blueprint = Blueprint("audit", __name__, url_prefix="/desk/audit")
_LARGEST = 2**31 - 1
_LONGEST_SUBJECT = 80


@blueprint.get("")
def entries() -> ResponseReturnValue:
    """A page of entries, and on demand a check of the whole chain."""
    session, user, wanted = db.session(), current_user(), _wanted()
    found = queries.entries(session, user, wanted)
    shown = found[:PAGE_SIZE]
    names = queries.names(session, shown)
    return render_template(
        "desk/audit.html",
        entries=shown,
        wanted=wanted,
        typed_subject=request.args.get("subject", "")[:_LONGEST_SUBJECT],
        older=shown[-1].sequence if len(found) > PAGE_SIZE else None,
        check=queries.check(session) if request.args.get("check") else None,
        actions=ACTIONS,
        actor_words=lambda actor: _who(actor, names),
        subject_words=lambda subject: _what(subject, names),
    )


def _wanted() -> EntryFilter:
    action, subject = request.args.get("action", ""), request.args.get("subject", "")
    return EntryFilter(
        action=action if action in set(Action) else "",
        subject=queries.subject_from(db.session(), subject[:_LONGEST_SUBJECT]),
        before=_before(request.args.get("before", "")),
    )


def _before(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and int(typed[:12]) <= _LARGEST and len(typed) <= 10):
        abort(HTTPStatus.BAD_REQUEST)
    return int(typed)


def _who(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor) or str(ACTORS.get(actor, actor))


def _what(subject: str, names: Mapping[str, str]) -> str:
    """The kind of thing and its name; a short form of the id where it has none."""
    kind, _, identifier = subject.partition(":")
    return f"{SUBJECTS.get(kind, kind)} {names.get(subject) or identifier[:8]}"
