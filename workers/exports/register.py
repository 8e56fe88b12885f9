"""The register of exports as a release of its own: who took what, when, at which level, for whom and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from importlib import resources
from importlib.metadata import version
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from app.clock import BAMAKO, utcnow
from app.exports.fields import rules_digest
from app.exports.formats import formats
from app.exports.levels import Level
from app.exports.queries import RegisterFilter, register
from app.exports.wording import KINDS, LEVELS, STATES
from app.languages import speaking
from app.models import ExportRecord
from workers.exports.release import ROUNDED, Copy, Field, FieldKind, Release, Row, Table

READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Words:
    """Codes of the register in the language of the copy."""

    kinds: Mapping[str, str]
    levels: Mapping[str, str]
    states: Mapping[str, str]
    formats: Mapping[str, str]


def release_for(session: Session, record: ExportRecord) -> Release:
    """The register of the period that was asked for, as far as the person who asked may read it.

    It ends before the export that it is itself: a file can't hold its own digest.
    """
    wanted = RegisterFilter.from_record(record.filters)
    statement = register(record.user, wanted).where(ExportRecord.number < record.number)
    count = session.scalar(statement.with_only_columns(func.count(ExportRecord.id))) or 0
    labels, fields = _definition()
    rows = partial(_rows, session, statement, _words(record.language))
    table = Table(code="exports", labels=labels, fields=fields, rows=rows, count=count)
    return Release(copy=_copy(record, wanted), tables={"cases": table}, withheld=(), risks=None)


def _rows(session: Session, statement: Select[ExportRecord], words: _Words) -> Iterator[Row]:
    ordered = statement.order_by(ExportRecord.number).execution_options(yield_per=READ_AT_ONCE)
    for part in session.scalars(ordered).partitions():
        for each in part:
            yield _row(each, words)


def _row(each: ExportRecord, words: _Words) -> Row:
    return (
        each.reference,
        _day(each.asked_at),
        _day(each.made_at),
        _day(each.taken_at),
        each.user.display_name,
        each.organisation.name,
        words.kinds.get(each.kind, each.kind),
        words.levels.get(each.level, each.level),
        words.formats.get(each.file_format, each.file_format),
        words.states.get(each.state, each.state),
        each.recipient,
        each.purpose,
        each.row_count,
        sum(
            int(found["count"])
            for found in each.withheld
            if not found.get("field") and found["reason"] != ROUNDED
        ),
        each.sha256.hex() if each.sha256 else "",
    )


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(BAMAKO).date() if moment else None


def _words(language: str) -> _Words:
    with speaking(language):
        kinds, levels, states = (
            {str(code): str(text) for code, text in table.items()} for table in (KINDS, LEVELS, STATES)
        )
    return _Words(kinds, levels, states, {code: each.label(language) for code, each in formats().items()})


def _copy(record: ExportRecord, wanted: RegisterFilter) -> Copy:
    return Copy(
        number=record.reference,
        level=Level(record.level),
        recipient=record.recipient,
        purpose=record.purpose,
        language=record.language,
        made_at=utcnow(),
        made_by=f"{record.user.display_name}, {record.organisation.name}",
        filters=[(name, day) for name, day in wanted.as_record().items()],
        software=f"seere {version('seere')}",
        rules=rules_digest(),
    )


@cache
def _definition() -> tuple[Mapping[str, str], tuple[Field, ...]]:
    text = resources.files(__package__).joinpath("register.toml").read_text("utf-8")
    data: Mapping[str, Any] = tomllib.loads(text)
    fields = tuple(
        Field(
            code=code,
            kind=FieldKind(each["kind"]),
            labels=each["label"],
            width=each["width"],
            description=each["about"],
        )
        for code, each in data["fields"].items()
    )
    return data["label"], fields
