"""An export asked for and taken at a terminal: by a person with their own password and code, under the same rules."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nacl.public import PrivateKey
from sqlalchemy import select

from app.accounts import app_codes
from app.casework.errors import FORBIDDEN, CaseworkError
from app.clock import utcnow
from app.database import db, transaction
from app.exports import downloading
from app.exports.asking import NewExport, ask
from app.exports.previewing import checked
from app.exports.queries import recipients
from app.exports.schemas import ExportIn
from app.models import OPEN_STATES, ExportKind, ExportRecord, OwedWork, User
from app.queue import JobName
from app.safe import user_keys
from app.safe.holding import Unlocked
from workers import jobs

if TYPE_CHECKING:
    from workers.processing import Keys

WAITING_SECONDS = 900
_PAUSE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class AskedFor:
    """An export as it was typed. `form` holds the filter and the level under the names of the page's form."""

    email: str
    form: Mapping[str, str]
    file_format: str
    recipient: str
    purpose: str
    language: str = "fr"
    password: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


def make_and_take(keys: Keys, asked: AskedFor, target: Path) -> str:
    """Have it made and write it to `target`, readable by its owner only; how the export is called.

    Raises CaseworkError: `forbidden` for a wrong password or code as for an unknown person, what asking on the page
    raises, `export_state` where it could not be made; marshmallow's ValidationError for a filter that can't be.
    """
    data = ExportIn().load(_with_organisation(asked.form))
    unlocked = _unlocked(asked)
    with transaction() as session:
        user = session.get_one(User, unlocked.user_id)
        if not app_codes.use(session, user, asked.code, utcnow()):
            raise CaseworkError(FORBIDDEN)
        wanted, level = checked(session, user, data)
        new = NewExport(
            kind=ExportKind.CASES,
            level=level,
            file_format=asked.file_format,
            language=asked.language,
            purpose=asked.purpose,
            recipient=asked.recipient,
            filters=wanted.as_record(),
            recipient_organisation_id=data["recipient_organisation"],
        )
        export_id = ask(session, user, new).id
    _make(export_id)
    return _take(keys, export_id, unlocked, target)


def _with_organisation(form: Mapping[str, str]) -> dict[str, str]:
    """The form with the id of an organisation that was called by its short name. Raises CaseworkError."""
    called = form.get("recipient_organisation", "").strip()
    if not called:
        return dict(form)
    known = [each for each in recipients(db.session()) if called in {each.short_name, str(each.id)}]
    if len(known) != 1:
        raise CaseworkError("organisation_unknown")
    return {**form, "recipient_organisation": str(known[0].id)}


def _unlocked(asked: AskedFor) -> Unlocked:
    """The person's key, opened with their password; their code is looked at next. Raises CaseworkError("forbidden")."""
    found = select(User).where(User.email == asked.email.strip().lower(), User.is_active)
    user = db.session.scalars(found).unique().one_or_none()
    key = user_keys.key_of(db.session(), user.id) if user else None
    private: PrivateKey | None = user_keys.open_own(key, asked.password) if key else None
    if user is None or private is None:
        raise CaseworkError(FORBIDDEN)
    return Unlocked(user.id, private, is_strong=True)


def _make(export_id: uuid.UUID) -> None:
    """Make it here, unless a worker was quicker: then wait for that one."""
    owed = select(OwedWork.id).where(OwedWork.job == JobName.MAKE_EXPORT, OwedWork.subject_id == export_id)
    jobs.make_export(str(db.session.scalar(owed)))
    given_up_at = time.monotonic() + WAITING_SECONDS
    while _is_open(export_id) and time.monotonic() < given_up_at:
        time.sleep(_PAUSE_SECONDS)


def _is_open(export_id: uuid.UUID) -> bool:
    db.session.rollback()
    state = db.session.scalar(select(ExportRecord.state).where(ExportRecord.id == export_id))
    return state in OPEN_STATES


def _take(keys: Keys, export_id: uuid.UUID, unlocked: Unlocked, target: Path) -> str:
    db.session.remove()
    with transaction() as session:
        record, user = session.get_one(ExportRecord, export_id), session.get_one(User, unlocked.user_id)
        if not downloading.can_be_taken(user, record, utcnow()):
            raise CaseworkError(record.failure or "export_state")
        source = downloading.opened(keys.settings, session, user, record, unlocked)
        downloading.note_taking(session, user, record, 0)
        reference = record.reference
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(source, file)
    with transaction() as session:
        downloading.taken_whole(session, export_id)
    return reference
