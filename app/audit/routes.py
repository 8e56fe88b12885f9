"""The audit trail on pages: its entries, whether it holds, who signed it, and the file for an auditor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from app import audit
from app.accounts.session import current_user
from app.audit import exporting, heads, queries
from app.audit.chain import Action
from app.audit.queries import PAGE_SIZE, EntryFilter
from app.audit.whole import last_check
from app.audit.wording import ACTIONS, ACTORS, PROBLEMS, SUBJECTS
from app.clock import utcnow
from app.database import db, transaction

blueprint = Blueprint("audit", __name__, url_prefix="/desk/audit")
_LARGEST = 2**31 - 1
_LONGEST_SUBJECT = 80
_HEADS_SHOWN = 14
_FILTERS = ("action", "subject", "actor", "since", "until", "whole")


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
        filters={name: request.args[name][:_LONGEST_SUBJECT] for name in _FILTERS if request.args.get(name)},
        older=shown[-1].sequence if len(found) > PAGE_SIZE else None,
        check=queries.check(session) if request.args.get("check") else None,
        last_check=last_check(session),
        last_head=heads.last_head(session),
        people=queries.people(session, user),
        actors=ACTORS,
        actions=ACTIONS,
        problems=PROBLEMS,
        actor_words=lambda actor: _who(actor, names),
        subject_words=lambda subject: _what(subject, names),
    )


@blueprint.get("/signatures")
def signatures() -> ResponseReturnValue:
    """The keys to keep on paper, and the newest signed heads."""
    session = db.session()
    return render_template(
        "desk/audit_signatures.html",
        keys=[key.hex() for key in heads.public_keys(session)],
        heads=heads.newest_heads(session, _HEADS_SHOWN),
        last_check=last_check(session),
        may_take_out=queries.sees_all(current_user()),
    )


@blueprint.post("/file")
def download() -> ResponseReturnValue:
    """The whole trail as a file, for those who may read all of it. Taking it out is on record."""
    user = current_user()
    if not queries.sees_all(user):
        abort(HTTPStatus.FORBIDDEN)
    with transaction() as session:
        audit.record(session, Action.AUDIT_EXPORTED, "audit:trail", actor=f"user:{user.id}")
    answer = Response(stream_with_context(_lines()), mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = f'attachment; filename="{exporting.FILE_NAME}"'
    return answer


def _lines() -> Iterator[str]:
    yield from exporting.lines(db.session(), utcnow())


def _wanted() -> EntryFilter:
    action, subject = request.args.get("action", ""), request.args.get("subject", "")
    return EntryFilter(
        action=action if action in set(Action) else "",
        subject=queries.subject_from(db.session(), subject[:_LONGEST_SUBJECT]),
        before=_before(request.args.get("before", "")),
        actor=request.args.get("actor", "")[:_LONGEST_SUBJECT].replace("\x00", ""),
        since=_day(request.args.get("since", "")),
        until=_day(request.args.get("until", "")),
        is_whole_case=bool(request.args.get("whole")),
    )


def _day(typed: str) -> date | None:
    """A day as a date field sends it; what isn't one narrows nothing."""
    try:
        return date.fromisoformat(typed[:10])
    except ValueError:
        return None


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
