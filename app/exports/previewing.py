"""What an export would be, before it is asked for: the count at once, what is withheld and risky by a worker."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.saved_views import views_of
from app.clock import utcnow
from app.exports.askers import asks_for_itself, levels_for, may_receive, needs_organisation
from app.exports.asking import NewExport, ask
from app.exports.formats import formats
from app.exports.level_rules import is_finer_than
from app.exports.levels import Level
from app.exports.schemas import export_filter
from app.exports.selection import ExportFilter, count_chosen, of_view
from app.models import ExportKind, ExportPreview, ExportRecord, Organisation, PreviewState, User
from app.queue import JobName, owe

KEPT = timedelta(days=1)  # a preview that nobody made an export of


@dataclass(frozen=True, slots=True)
class SmallCell:
    """A region and a kind of violation of which there are few cases."""

    region: str
    violation: str
    cases: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a worker found out: rows that would go out, what wouldn't and why ({reason, count, field}), the figures of
    risk, the smallest cells, how many cases stand alone in theirs, and about how large the file is.

    `refusal` says why nothing could go out at this level, if so.
    """

    rows: int
    withheld: Sequence[Mapping[str, Any]]
    risks: Mapping[str, Any] | None
    small: Sequence[SmallCell]
    alone: int
    bytes: int
    refusal: str = ""


def checked(session: Session, user: User, data: Mapping[str, Any]) -> tuple[ExportFilter, Level]:
    """The filter of a loaded form, with its saved view, and its level.

    Raises CaseworkError: `level_unknown`, `verification_level`, `cercle_level`, `view_unknown`, `view_words`.
    """
    level = next((each for each in levels_for(user) if each == data["level"]), None)
    if level is None:
        raise CaseworkError("level_unknown")
    wanted = _with_view(session, user, export_filter(data), data.get("view"))
    if level is not Level.CNDH and not wanted.is_verified_only:
        raise CaseworkError("verification_level")
    if is_finer_than(level, wanted.cercle or dict(wanted.view_address).get("cercle", "")):
        raise CaseworkError("cercle_level")
    return wanted, level


def _with_view(session: Session, user: User, wanted: ExportFilter, view_id: uuid.UUID | None) -> ExportFilter:
    if view_id is None:
        return wanted
    view = next((each for each in views_of(session, user) if each.id == view_id), None)
    if view is None:
        raise CaseworkError("view_unknown")
    if view.address.get("q"):
        raise CaseworkError("view_words")
    return replace(wanted, **of_view(view))


def propose(session: Session, user: User, data: Mapping[str, Any]) -> ExportPreview:
    """Have worked out what an export would hold. Raises CaseworkError as `checked` does, and `nothing_chosen`,
    `organisation_unknown`, `organisation_needed`.
    """
    wanted, level = checked(session, user, data)
    count = count_chosen(session, user, wanted)
    if count == 0:
        raise CaseworkError("nothing_chosen")
    recipient_id = user.organisation_id if asks_for_itself(user) else data["recipient_organisation"]
    check_recipient(session, level, recipient_id)
    session.execute(delete(ExportPreview).where(ExportPreview.asked_at < utcnow() - KEPT))
    preview = ExportPreview(
        id=uuid.uuid4(),
        user_id=user.id,
        level=level,
        recipient_organisation_id=recipient_id,
        asked=wanted.as_record(),
        cases_total=count,
    )
    session.add(preview)
    session.flush()
    owe(session, JobName.PREVIEW_EXPORT, preview.id)
    return preview


def check_recipient(session: Session, level: Level, organisation_id: uuid.UUID | None) -> None:
    """Who gets it decides what is left out, and with what it is compared: what they have. Raises CaseworkError:
    `organisation_needed`, `organisation_unknown`, `level_recipient`.
    """
    if organisation_id is None and needs_organisation(level):
        raise CaseworkError("organisation_needed")
    if organisation_id is None:
        return
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise CaseworkError("organisation_unknown")
    if not may_receive(organisation, level):
        raise CaseworkError("level_recipient")


def own_preview(
    session: Session, user: User, preview_id: uuid.UUID, *, is_locked: bool = False
) -> ExportPreview:
    """A preview of the person who asked for it: it counts what they may see. Raises CaseworkError("not_found")."""
    preview = session.get(ExportPreview, preview_id, with_for_update=is_locked or None)
    if preview is None or preview.user_id != user.id:
        raise CaseworkError(NOT_FOUND)
    return preview


def outlook_of(preview: ExportPreview) -> Outlook:
    """What the worker found out."""
    known: Mapping[str, Any] = preview.result
    return Outlook(**{**known, "small": [SmallCell(**each) for each in known["small"]]})


def ask_for(session: Session, user: User, preview_id: uuid.UUID, data: Mapping[str, Any]) -> ExportRecord:
    """Make an export of a preview, once. `data` is a loaded PurposeIn.

    Raises CaseworkError: `not_found`, `preview_waits`, `preview_used`, `level_unknown`, `nothing_chosen`,
    `not_confirmed`, `format_small`, and as `asking.ask`.
    """
    preview = own_preview(session, user, preview_id, is_locked=True)
    _check(user, preview, data)
    record = ask(session, user, _new(preview, data))
    preview.export_id = record.id
    return record


def _check(user: User, preview: ExportPreview, data: Mapping[str, Any]) -> None:
    if preview.state != PreviewState.DONE:
        raise CaseworkError("preview_waits")
    outlook, chosen = outlook_of(preview), formats().get(data["file_format"])
    problems = {
        "preview_used": preview.export_id is not None,
        "level_unknown": preview.level not in levels_for(user),
        "nothing_chosen": outlook.rows == 0,
        "format_small": chosen is not None and not chosen.takes(outlook.rows),
        "not_confirmed": not data["confirmed"],
    }
    for code, is_so in problems.items():
        if is_so:
            raise CaseworkError(code)


def _new(preview: ExportPreview, data: Mapping[str, Any]) -> NewExport:
    return NewExport(
        kind=ExportKind.CASES,
        level=Level(preview.level),
        file_format=data["file_format"],
        language=data["language"],
        purpose=data["purpose"],
        recipient=data["recipient"],
        recipient_organisation_id=preview.recipient_organisation_id,
        filters=preview.asked,
        rows_total=outlook_of(preview).rows,
    )
