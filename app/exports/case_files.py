"""Asking for the file of one case to print, by the same way as any export."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.casework.errors import FORBIDDEN, CaseworkError
from app.casework.visibility import may_read_text, visible_case
from app.exports.askers import levels_for
from app.exports.asking import NewExport, ask
from app.exports.formats import formats_for
from app.exports.judicial.allowing import check_recipient
from app.exports.levels import Level
from app.models import Case, ExportKind, ExportRecord, User, Verification

FORMAT = "pdf"


@dataclass(frozen=True, slots=True)
class NewCaseFile:
    """Whose file is wanted, at which level, for whom and why."""

    level: Level
    language: str
    purpose: str
    recipient: str
    recipient_organisation_id: uuid.UUID | None = None


def levels_of_case_file(user: User, case: Case) -> tuple[Level, ...]:
    """The levels at which a person may have the file of a case that they see; none where they may not.

    What isn't verified goes to nobody but the commission.
    """
    if case.is_withdrawn or not may_read_text(user, case):
        return ()
    is_verified = case.verification == Verification.VERIFIED
    return tuple(
        level
        for level in levels_for(user)
        if any(each.code == FORMAT for each in formats_for(ExportKind.CASE, level))
        and (is_verified or level is Level.CNDH)
    )


def ask_case_file(session: Session, user: User, case_id: uuid.UUID, wanted: NewCaseFile) -> ExportRecord:
    """Have the file of one case made. Raises CaseworkError: `not_found`, `forbidden`, `conflict`, and as `ask`."""
    case = visible_case(session, user, case_id)
    if wanted.level not in levels_of_case_file(user, case):
        raise CaseworkError(FORBIDDEN)
    check_recipient(session, case, wanted.recipient_organisation_id)
    new = NewExport(
        kind=ExportKind.CASE,
        level=wanted.level,
        file_format=FORMAT,
        language=wanted.language,
        purpose=wanted.purpose,
        recipient=wanted.recipient,
        filters={},
        recipient_organisation_id=wanted.recipient_organisation_id,
        case_id=case.id,
        rows_total=1,
    )
    return ask(session, user, new)
