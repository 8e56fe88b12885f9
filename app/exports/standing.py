"""Whether what a made file holds may still be handed out: looked at again before each byte leaves the house.

Between making and taking lie up to seven days. Whoever reported may have withdrawn or been erased, a case may have
been merged away, found false, or said to concern the recipient; words of an account may have been hidden. Then the
whole file goes, and who asked is told no more than that something changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.visibility import in_conflict_with, readable_cases
from app.exports.judicial.allowing import (
    case_for_justice,
    check_consent,
    check_recipient,
    check_same_reports,
    standing_reports,
)
from app.exports.judicial.deciding import override_of
from app.exports.levels import Level
from app.exports.members import unpacked
from app.exports.reaching import is_refused
from app.exports.selection import ExportFilter
from app.models import (
    Case,
    CaseEvent,
    ExportKind,
    ExportRecord,
    JudicialFile,
    ReleaseState,
    ReleaseText,
    Verification,
)

AT_ONCE = 5_000  # SQLite takes no more than 32,766 values in one statement
_OF_CASES = frozenset({ExportKind.CASES, ExportKind.CASE})
_WITHDRAWN = "report_withdrawn"  # a line of a case's history: others may still stand


def is_outdated(session: Session, record: ExportRecord) -> bool:
    """Whether a case in this file must no longer get to whom it is for, or what it says of one must not.

    A file of which nobody knows what is in it is outdated. Registers and reports hold no cases.
    """
    if record.kind == ExportKind.JUDICIAL:
        return not _judicial_stands(session, record)
    if record.kind not in _OF_CASES:
        return False
    if record.members is None:
        return True
    stands = _standing(record)
    return any(
        (session.scalar(stands.where(Case.number.in_(part))) or 0) < len(part)
        or _was_hidden(session, record, part)
        for part in _parts(unpacked(record.members))
    )


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + AT_ONCE] for at in range(0, len(numbers), AT_ONCE))


def _standing(record: ExportRecord) -> Select[int]:
    """How many cases may still go out to this recipient in the name of who asked."""
    statement = readable_cases(record.user).where(*_conditions(record))
    return statement.with_only_columns(func.count(Case.id), maintain_column_froms=True)


def _conditions(record: ExportRecord) -> Iterator[ColumnElement[bool]]:
    yield Case.is_withdrawn.is_(False)
    yield ~is_refused(record)
    if record.recipient_organisation is not None:
        yield ~in_conflict_with(record.recipient_organisation)
    if record.level != Level.CNDH or (
        record.kind == ExportKind.CASES and ExportFilter.from_record(record.filters).is_verified_only
    ):
        yield Case.verification == Verification.VERIFIED


def _was_hidden(session: Session, record: ExportRecord, part: Sequence[int]) -> bool:
    """Whether a report was taken back, or words of an account since this was asked for."""
    ids = select(Case.id).where(Case.number.in_(part))
    event = select(CaseEvent.id).where(
        CaseEvent.case_id.in_(ids),
        CaseEvent.kind.in_([_WITHDRAWN, EventKind.WORDS_MASKED]),
        CaseEvent.at > record.asked_at,
    )
    refused = select(ReleaseText.id).where(
        ReleaseText.case_id.in_(ids),
        ReleaseText.state == ReleaseState.REFUSED,
        ReleaseText.read_at > record.asked_at,
    )
    return bool(session.scalar(select(or_(exists(event), exists(refused)))))


def _judicial_stands(session: Session, record: ExportRecord) -> bool:
    """Whether the two people's decision still holds: they may open the case, and the reports are the same."""
    file = session.scalar(select(JudicialFile).where(JudicialFile.export_id == record.id))
    if file is None:
        return False
    try:
        case = case_for_justice(session, file.asked_by, file.case_id)
        reports = standing_reports(session, case)
        check_same_reports(reports, file.report_ids)
        check_consent(file.asked_by, reports, override_of(file))
        check_recipient(session, case, file.recipient_organisation_id)
    except CaseworkError:
        return False
    return True
