"""Exports as somebody asks for them, and cases enough that rows may go out."""

from __future__ import annotations

import itertools
import os
import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from app.clock import utcnow
from app.database import db, transaction
from app.models import Act, Case, ExportRecord, Finding, Involvement, Person, Report, User
from workers.exports.release import Release
from workers.exports.releasing import release_for
from workers.exports.snapshot import begin_snapshot
from workers.processing import Keys

_exports = itertools.count(1)
VIOLATIONS = ("killing", "torture", "pillage", "threats")
LONG_AGO = utcnow() - timedelta(days=200)


def asked_for(user: User, level: str, **columns: Any) -> ExportRecord:
    """An export that stands on record."""
    with transaction() as session:
        record = ExportRecord(
            id=uuid.uuid4(),
            number=next(_exports),
            user_id=user.id,
            organisation_id=user.organisation_id,
            level=level,
            file_format="csv",
            filters={"period": "received"},
            **columns,
        )
        session.add(record)
    return record


def released(keys: Keys, record: ExportRecord) -> Release:
    """What it is made from, within one snapshot."""
    session = db.session()
    begin_snapshot(session)
    return release_for(session, session.get_one(ExportRecord, record.id), keys)


def rows_of(release: Release, table: str = "cases") -> list[dict[str, Any]]:
    """Rows by the codes of their fields."""
    fields = [field.code for field in release.tables[table].fields]
    return [dict(zip(fields, row, strict=True)) for row in release.tables[table].rows()]


def many_cases(count: int, **columns: Any) -> list[int]:
    """Verified cases of one region and month, alike but for the violation; their numbers."""
    with transaction() as session:
        numbers = [10_000 + next(_exports) for _ in range(count)]
        for at, number in enumerate(numbers):
            _case(session, number, VIOLATIONS[at % len(VIOLATIONS)], columns)
    return numbers


def _case(session: Any, number: int, violation: str, columns: dict[str, Any]) -> None:
    case = {
        "id": uuid.uuid4(),
        "number": number,
        "channel": "sms",
        "received_at": LONG_AGO,
        "verification": "verified",
        "verified_at": LONG_AGO,
        "region_code": "ML05",
        "cercle_code": "ML0501",
        "occurred_from": date(2026, 3, 11),
        "occurred_precision": "day",
        "place_name": "Sangha",
        "latitude": 14.46,
        "longitude": -3.31,
        **columns,
    }
    session.execute(insert(Case), case)
    act, person = uuid.uuid4(), uuid.uuid4()
    session.execute(
        insert(Act), {"id": act, "case_id": case["id"], "violation_code": violation, "is_main": True}
    )
    woman = {"sex": "female", "age_group": "adult", "label": "[PERSONNE-1]", "kind": "individual"}
    session.execute(insert(Person), {"id": person, "case_id": case["id"], **woman})
    part = {"person_id": person, "act_id": act, "role": "victim"}
    session.execute(insert(Involvement), {"id": uuid.uuid4(), "case_id": case["id"], **part})
    found = {"kind": "actor", "value": {"code": "gendarmerie", "category": "state"}, "confidence": 0.9}
    session.execute(insert(Finding), {"id": uuid.uuid4(), "case_id": case["id"], **found})


def report_of(case_id: uuid.UUID, consent: dict[str, Any] | None) -> None:
    """One more report of a case, by somebody who was asked (or not) whom it may go to."""
    with transaction() as session:
        session.add(
            Report(
                id=uuid.uuid4(),
                case_id=case_id,
                channel="web",
                channel_reference=os.urandom(32),
                receipt_hash=os.urandom(32),
                received_at=LONG_AGO,
                consent=consent,
            )
        )
