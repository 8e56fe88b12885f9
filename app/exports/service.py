"""Making an export: the file first, then its record and audit entry, and only then may it be handed out."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO

from flask_babel import format_date, format_datetime, gettext
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import FORBIDDEN, CaseworkError
from app.casework.wording import violation_label
from app.clock import BAMAKO, utcnow
from app.exports import comma_separated, spreadsheet
from app.exports.queries import ExportFilter, stream
from app.models import ExportRecord, User
from app.reference import geography

_IN_MEMORY_BYTES = 4 * 1024 * 1024


class FileFormat(StrEnum):
    """What a file can be."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file, at its beginning, with what is to be recorded of it."""

    content: IO[bytes]
    name: str
    row_count: int
    sha256: bytes
    made_at: datetime


def build(session: Session, user: User, wanted: ExportFilter, file_format: FileFormat) -> ExportFile:
    """Write the file outside any write transaction: the intake must not wait for a large export."""
    if not may(user.role, Permission.EXPORT_CASES):
        raise CaseworkError(FORBIDDEN)
    made_at = utcnow()
    about = _about(user, wanted, made_at)
    content = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - handed on to the answer
    cases = stream(session, user, wanted)
    if file_format is FileFormat.CSV:
        row_count = comma_separated.write(content, cases)
    else:
        row_count = spreadsheet.write(content, cases, about)
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").digest()
    content.seek(0)
    name = f"seere-{made_at.astimezone(BAMAKO):%Y%m%d-%H%M}.{file_format}"
    return ExportFile(content, name, row_count, digest, made_at)


def record(
    session: Session, user: User, wanted: ExportFilter, file_format: FileFormat, file: ExportFile
) -> ExportRecord:
    """Write down who took what, when, how much, and the file's digest."""
    made = ExportRecord(
        id=uuid.uuid4(),
        user_id=user.id,
        made_at=file.made_at,
        file_format=file_format,
        filters=wanted.as_record(),
        row_count=file.row_count,
        sha256=file.sha256,
    )
    session.add(made)
    session.flush()
    detail = {"format": str(file_format), "count": file.row_count, "sha256": file.sha256.hex()}
    audit.record(session, Action.EXPORT_MADE, f"export:{made.id}", actor=f"user:{user.id}", detail=detail)
    return made


def _about(user: User, wanted: ExportFilter, made_at: datetime) -> Sequence[tuple[str, str]]:
    return [
        (gettext("What this is"), gettext("Verified cases from Seere, without identities")),
        (gettext("Made on"), str(format_datetime(made_at, "d MMMM y, HH:mm"))),
        (gettext("Made by"), f"{user.display_name}, {user.organisation.name}"),
        *described(wanted),
    ]


def described(wanted: ExportFilter) -> list[tuple[str, str]]:
    """A filter in words, a line each."""
    by_verification = wanted.period == "verified"
    period = gettext("Verified between") if by_verification else gettext("Received between")
    first = format_date(wanted.first, "d MMM y") if wanted.first else gettext("the beginning")
    last = format_date(wanted.last, "d MMM y") if wanted.last else gettext("today")
    everything = gettext("all")
    return [
        (period, f"{first} – {last}"),
        (gettext("Region"), geography.region_name(wanted.region) or everything),
        (gettext("Violation"), violation_label(wanted.violation) if wanted.violation else everything),
    ]
