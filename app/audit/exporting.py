"""The audit trail as a file that can be checked without this installation: one JSON object a line.

A first line with the public keys, every entry in order, each signed head right after the entry it was signed at, and a
last line that says how many there were. `app/audit/checking.py` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.digests import FORMAT, moment
from app.audit.heads import public_keys
from app.models import AuditEntry, SignedHead

FILE_NAME = "seere-audit.jsonl"
_AT_ONCE = 1000


def lines(session: Session, exported_at: datetime) -> Iterator[str]:
    """The file, a line at a time, in constant memory but for the heads (one a day)."""
    last = session.scalar(select(func.max(AuditEntry.sequence))) or 0
    heads = session.scalars(
        select(SignedHead).where(SignedHead.sequence <= last).order_by(SignedHead.number)
    ).all()
    at_entry = {sequence: list(each) for sequence, each in groupby(heads, lambda head: head.sequence)}
    keys = [key.hex() for key in public_keys(session)]
    yield _line(kind="trail", format=FORMAT, exported_at=moment(exported_at), public_keys=keys)
    count = 0
    for entry in _entries(session, last):
        count += 1
        yield _entry(entry)
        yield from map(_head, at_entry.get(entry.sequence, []))
    yield _line(kind="end", entries=count, heads=len(heads))


def _entries(session: Session, last: int) -> Iterator[AuditEntry]:
    statement = select(AuditEntry).where(AuditEntry.sequence <= last).order_by(AuditEntry.sequence)
    yield from session.scalars(statement.execution_options(yield_per=_AT_ONCE))


def _entry(entry: AuditEntry) -> str:
    return _line(
        kind="entry",
        sequence=entry.sequence,
        at=moment(entry.at),
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        detail=entry.detail,
        previous=bytes(entry.previous_digest).hex(),
        digest=bytes(entry.digest).hex(),
    )


def _head(head: SignedHead) -> str:
    return _line(
        kind="head",
        number=head.number,
        sequence=head.sequence,
        digest=bytes(head.digest).hex(),
        signed_at=moment(head.signed_at),
        previous=bytes(head.previous).hex(),
        public_key=bytes(head.public_key).hex(),
        signature=bytes(head.signature).hex(),
    )


def _line(**fields: Any) -> str:
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=True) + "\n"
