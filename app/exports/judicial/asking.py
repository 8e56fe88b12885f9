"""Asking for a judicial file, saying that the fingerprint was compared, and taking the wish back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.overriding import Override
from app.clock import utcnow
from app.exports.judicial.allowing import (
    case_for_justice,
    check_consent,
    check_recipient,
    check_same_reports,
    standing_reports,
)
from app.exports.judicial.grounds import grounds
from app.exports.judicial.opening import check_can_open
from app.exports.judicial.telling import tell_second_persons
from app.models import UNDECIDED, Case, JudicialFile, JudicialPart, JudicialState, User
from app.queue import JobName, owe

OPEN_FOR = timedelta(days=7)
SHORTEST_REASON, LONGEST_REASON = 30, 2000


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the file: a person with an office, their OpenPGP certificate, and their house if it is known here."""

    name: str
    function: str
    court: str
    certificate: bytes
    organisation_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `override` is of a supervisor, where reporters weren't asked about justice."""

    recipient: Recipient
    ground: str
    reason: str
    parts: Sequence[JudicialPart]
    language: str
    override: Override | None = None


def ask(session: Session, user: User, case_id: uuid.UUID, wish: Wish) -> JudicialFile:
    """Ask for a judicial file; a worker looks at the certificate first. Nothing is opened yet.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `parts_none`, `ground_unknown`,
    `judicial_reason_short`, `reason_long`, as `check_consent` and `check_recipient`, and as `check_can_open`.
    """
    case = case_for_justice(session, user, case_id)
    _check(wish)
    reports = standing_reports(session, case)
    check_consent(user, reports, wish.override)
    check_recipient(session, case, wish.recipient.organisation_id)
    check_can_open(session, reports)
    file = _file(user, case, wish, [str(each.id) for each in reports])
    session.add(file)
    session.flush()
    note(session, user, file, EventKind.JUDICIAL_ASKED, reason=file.reason)
    owe(session, JobName.CHECK_RECIPIENT_KEY, file.id)
    return file


def _check(wish: Wish) -> None:
    if not wish.parts:
        raise CaseworkError("parts_none")
    if wish.ground not in grounds():
        raise CaseworkError("ground_unknown")
    if len(wish.reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("judicial_reason_short")


def _file(user: User, case: Case, wish: Wish, report_ids: list[str]) -> JudicialFile:
    now, recipient = utcnow(), wish.recipient
    return JudicialFile(
        id=uuid.uuid4(),
        case_id=case.id,
        asked_by_id=user.id,
        language=wish.language,
        recipient_name=recipient.name,
        recipient_function=recipient.function,
        recipient_court=recipient.court,
        recipient_organisation_id=recipient.organisation_id,
        certificate=recipient.certificate,
        ground=wish.ground,
        reason=wish.reason.strip(),
        override_ground=wish.override.ground if wish.override else "",
        override_reason=wish.override.reason.strip() if wish.override else "",
        parts=[str(each) for each in JudicialPart if each in wish.parts],
        report_ids=report_ids,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )


def confirm_fingerprint(session: Session, user: User, file_id: uuid.UUID) -> JudicialFile:
    """Say that the recipient read the same fingerprint on another channel; now second persons are told.

    Raises CaseworkError: `not_found`, `forbidden` (somebody else asked), `judicial_over`, `judicial_changed`.
    """
    file = own_file(session, user, file_id)
    if file.state != JudicialState.UNCONFIRMED:
        raise CaseworkError("judicial_over")
    check_same_reports(standing_reports(session, file.case), file.report_ids)
    file.state, file.confirmed_at = JudicialState.WAITING, utcnow()
    note(session, user, file, EventKind.JUDICIAL_CONFIRMED)
    tell_second_persons(session, file)
    return file


def withdraw(session: Session, user: User, file_id: uuid.UUID) -> JudicialFile:
    """Take back what one asked for, as long as nobody has approved it.

    Raises CaseworkError: `not_found`, `forbidden`, `judicial_over`.
    """
    file = own_file(session, user, file_id)
    if file.state not in (*UNDECIDED, JudicialState.KEY_REFUSED):
        raise CaseworkError("judicial_over")
    file.state = JudicialState.WITHDRAWN
    note(session, user, file, EventKind.JUDICIAL_WITHDRAWN)
    return file


def own_file(session: Session, user: User, file_id: uuid.UUID) -> JudicialFile:
    """What this person asked for, held against others until the transaction ends."""
    file = held_file(session, user, file_id)
    if file.asked_by_id != user.id:
        raise CaseworkError(FORBIDDEN)
    return file


def held_file(session: Session, user: User, file_id: uuid.UUID) -> JudicialFile:
    """A judicial file of a case that this person may open, held against others until the transaction ends.

    One whose time is over counts as over, whether or not the sweep came by. Raises CaseworkError: `not_found`,
    `forbidden`, `withdrawn`, `judicial_over`.
    """
    file = session.get(JudicialFile, file_id, with_for_update={"of": JudicialFile}, populate_existing=True)
    if file is None:
        raise CaseworkError(NOT_FOUND)
    case_for_justice(session, user, file.case_id)
    if file.state in UNDECIDED and file.expires_at <= utcnow():
        raise CaseworkError("judicial_over")
    return file


def note(
    session: Session,
    user: User,
    file: JudicialFile,
    kind: EventKind,
    *,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """A line of the case's history and an entry of the audit trail. Ids and codes only: no recipient, no reason."""
    known = {
        "judicial_file": str(file.id),
        "parts": list(file.parts),
        "ground": file.ground,
        **(detail or {}),
    }
    history.write(session, user, file.case, kind, detail=known, reason=reason)
