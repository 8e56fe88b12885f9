"""Judicial files as one person of the desk may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.visibility import visible_case, visible_cases
from app.clock import utcnow
from app.exports.judicial.deciding import is_second
from app.models import UNDECIDED, Case, JudicialFile, JudicialState, User
from app.openings.subjects import may_open

SHOWN = 200  # the newest; earlier ones are on their cases


def judicial_files(session: Session, user: User) -> Sequence[JudicialFile]:
    """Those of cases that this person may see, the newest first. Raises CaseworkError("forbidden")."""
    if not may_open(user):
        raise CaseworkError(FORBIDDEN)
    seen = visible_cases(user).with_only_columns(Case.id)
    found = select(JudicialFile).where(JudicialFile.case_id.in_(seen))
    return session.scalars(found.order_by(JudicialFile.asked_at.desc()).limit(SHOWN)).unique().all()


def files_of_case(session: Session, user: User, case: Case) -> Sequence[JudicialFile]:
    """Those of one case, the newest first; none for who may not open identities."""
    if not may_open(user):
        return ()
    found = select(JudicialFile).where(JudicialFile.case_id == case.id)
    return session.scalars(found.order_by(JudicialFile.asked_at.desc())).unique().all()


def judicial_file(session: Session, user: User, file_id: uuid.UUID) -> JudicialFile:
    """One of a case that this person may see. Raises CaseworkError: `forbidden`, `not_found`."""
    if not may_open(user):
        raise CaseworkError(FORBIDDEN)
    file = session.get(JudicialFile, file_id)
    if file is None:
        raise CaseworkError(NOT_FOUND)
    visible_case(session, user, file.case_id)
    return file


def state_of(file: JudicialFile) -> JudicialState:
    """Where it is now: what nobody decided in time is over, whether or not a worker came by."""
    if file.state in UNDECIDED and file.expires_at <= utcnow():
        return JudicialState.EXPIRED
    return JudicialState(file.state)


def may_decide(user: User, file: JudicialFile) -> bool:
    """Whether this person is the second one who has to decide."""
    return state_of(file) is JudicialState.WAITING and is_second(user, file) and may_open(user)
