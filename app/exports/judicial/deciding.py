"""The second person's part: seeing exactly what was asked for, and approving it with their own keys, or refusing."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.overriding import Override
from app.clock import utcnow
from app.exports.judicial.allowing import (
    check_consent,
    check_recipient,
    check_same_reports,
    standing_reports,
)
from app.exports.judicial.asking import held_file, note
from app.exports.judicial.opening import check_can_open, open_for
from app.exports.judicial.telling import tell_asker
from app.models import JudicialFile, JudicialState, User
from app.queue import JobName, owe

SHORTEST_REASON, LONGEST_REASON = 10, 2000


def approve(session: Session, user: User, file_id: uuid.UUID, *, reason: str) -> JudicialFile:
    """Open the identities with one's own keys, hand them sealed to the workers, and have the file made.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `judicial_over`, `judicial_own`, `reason_short`,
    `judicial_changed`, and what consent, conflicts and the safe have against it.
    """
    file = _waiting(session, user, file_id, reason)
    reports = standing_reports(session, file.case)
    check_same_reports(reports, file.report_ids)
    check_consent(file.asked_by, reports, override_of(file))
    check_recipient(session, file.case, file.recipient_organisation_id)
    check_can_open(session, reports)
    file.sealed_payload = open_for(session, user, file, reports)
    _decide(file, user, JudicialState.APPROVED, reason)
    note(session, user, file, EventKind.JUDICIAL_APPROVED, reason=file.decision_reason)
    owe(session, JobName.MAKE_JUDICIAL_FILE, file.id)
    tell_asker(session, file)
    return file


def refuse(session: Session, user: User, file_id: uuid.UUID, *, reason: str) -> JudicialFile:
    """Say no, and why. Raises CaseworkError: `not_found`, `forbidden`, `judicial_over`, `judicial_own`,
    `reason_short`.
    """
    file = _waiting(session, user, file_id, reason)
    _decide(file, user, JudicialState.REFUSED, reason)
    note(session, user, file, EventKind.JUDICIAL_REFUSED, reason=file.decision_reason)
    tell_asker(session, file)
    return file


def override_of(file: JudicialFile) -> Override | None:
    """On what ground the asker went on although reporters weren't asked; None where they didn't."""
    return Override(file.override_ground, file.override_reason) if file.override_ground else None


def is_second(user: User, file: JudicialFile) -> bool:
    """Whether this is another person of the same organisation: nobody approves their own wish."""
    return user.id != file.asked_by_id and user.organisation_id == file.asked_by.organisation_id


def _waiting(session: Session, user: User, file_id: uuid.UUID, reason: str) -> JudicialFile:
    file = held_file(session, user, file_id)
    if not is_second(user, file):
        raise CaseworkError("judicial_own")
    if file.state != JudicialState.WAITING:
        raise CaseworkError("judicial_over")
    if len(reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    return file


def _decide(file: JudicialFile, user: User, state: JudicialState, reason: str) -> None:
    file.state, file.decided_by_id, file.decided_at = state, user.id, utcnow()
    file.decision_reason = reason.strip()
