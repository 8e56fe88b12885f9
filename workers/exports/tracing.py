"""From a row that turned up somewhere to the copy that it is of: references are keyed for each copy."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, ExportRecord
from workers.exports.case_columns import reference_of
from workers.exports.tokens import MARK_BYTES, CopyTokens

_FORM = re.compile(r"([A-Z])-([A-Z2-7]{16})")
_CASE = "C"
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Traced:
    """A copy, and the case that the row is about where it is one and is still there."""

    export: ExportRecord
    case: str = ""  # its reference


def trace(session: Session, pseudonym_key: bytes, token: str) -> Traced | None:
    """The copy that a row's reference is from, as it was read or typed; None for one that isn't ours."""
    form = _FORM.fullmatch(token.strip().upper())
    if form is None:
        return None
    letter, reference = form[1], form[0]
    mark = _mark(form[2])
    for export_id in session.scalars(select(ExportRecord.id).order_by(ExportRecord.number.desc())):
        tokens = CopyTokens.of(pseudonym_key, export_id)
        if hmac.compare_digest(tokens.mark, mark):
            record = session.get_one(ExportRecord, export_id)
            return Traced(record, _case(session, tokens, reference) if letter == _CASE else "")
    return None


def _mark(encoded: str) -> bytes:
    try:
        return base64.b32decode(encoded)[:MARK_BYTES]
    except binascii.Error:
        return b""


def _case(session: Session, tokens: CopyTokens, reference: str) -> str:
    numbers = session.scalars(select(Case.number).execution_options(yield_per=_AT_ONCE))
    return next((reference_of(number) for number in numbers if tokens.token(_CASE, number) == reference), "")
