"""Which cases a file may hold at all: those that were asked for, less those that must not reach whoever it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.casework.visibility import in_conflict_with, readable_cases
from app.clock import utcnow
from app.exports.levels import Level
from app.exports.reaching import reason_against
from app.exports.selection import ExportFilter, chosen_cases
from app.models import Case, ExportKind, ExportRecord, Verification
from workers.exports.release import Withheld


@dataclass(frozen=True, slots=True)
class Chosen:
    """The numbers of the cases that may go on, in order, and how many must not, by reason."""

    numbers: Sequence[int]
    withheld: Sequence[Withheld]


def choose(session: Session, record: ExportRecord, delay_days: int = 0) -> Chosen:
    """The cases of an export, less those that came in within the last `delay_days`.

    A case that concerns the recipient is not there at all: not even counted.
    """
    reasons = reason_against(record, utcnow() - timedelta(days=delay_days))
    statement = asked_for(record).with_only_columns(
        Case.number, reasons.label("reason"), maintain_column_froms=True
    )
    if record.recipient_organisation is not None:
        statement = statement.where(~in_conflict_with(record.recipient_organisation))
    numbers: list[int] = []
    kept_back: Counter[str] = Counter()
    for number, reason in session.execute(statement.order_by(Case.number)):
        if reason:
            kept_back[reason] += 1
        else:
            numbers.append(number)
    return Chosen(numbers, [Withheld(reason, count) for reason, count in sorted(kept_back.items())])


def asked_for(record: ExportRecord) -> Select[Case]:
    """The cases by an export's filters, or the one case that it is of."""
    if record.kind != ExportKind.CASE:
        return chosen_cases(record.user, ExportFilter.from_record(record.filters))
    one = readable_cases(record.user).where(Case.id == record.case_id, Case.is_withdrawn.is_(False))
    is_ours = record.level == Level.CNDH  # what isn't verified, or isn't any more, goes to nobody else
    return one if is_ours else one.where(Case.verification == Verification.VERIFIED)
