"""Cases with no more to them than figures count: invented like many_cases.py, without accounts and findings."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import Act, Case, CaseEvent, Referral
from app.reference import geography
from app.reference.taxonomy import violations
from workers.benchmarks.bulk import indexed_at_the_end, write_rows
from workers.benchmarks.many_cases import AT_ONCE, YEARS, People

_SEED = 20130515
_WRITTEN = (Case, Act, CaseEvent, Referral)
_CHANNELS, _LANGUAGES = ("sms", "sms", "sms", "web", "whatsapp", "voice"), ("fra", "fra", "bam", "fuv", "und")
_VERIFICATIONS = ("unverified",) * 7 + ("pending", "verified", "not_substantiated")


def write_reduced_cases(session: Session, people: People, count: int) -> None:
    """Insert so many cases of four years in the caller's transaction: with an act, who first touched it, when it was
    closed, and a referral of three in ten.
    """
    chance = random.Random(_SEED)  # noqa: S311 - the same cases every time
    with indexed_at_the_end(session, _WRITTEN):
        for start in range(0, count, AT_ONCE):
            rows: dict[type[Any], list[dict[str, Any]]] = {each: [] for each in _WRITTEN}
            for number in range(start + 1, min(start + AT_ONCE, count) + 1):
                _add(rows, number, people, chance)
            for table, values in rows.items():
                write_rows(session, table, values)


def _add(
    rows: dict[type[Any], list[dict[str, Any]]], number: int, people: People, chance: random.Random
) -> None:
    case_id, now = uuid.UUID(int=chance.getrandbits(128), version=4), utcnow()
    received = now - YEARS * chance.random() ** 1.2
    touched = min(received + timedelta(hours=chance.expovariate(1 / 20)), now)
    closed = min(touched + timedelta(days=chance.expovariate(1 / 20)), now)
    is_closed = chance.random() < 0.8
    rows[Case].append(_case(case_id, number, chance) | {"received_at": received, "updated_at": closed})
    rows[Case][-1]["status"] = "closed" if is_closed else "new"
    rows[Act].append(
        {"id": uuid.uuid4(), "case_id": case_id, "violation_code": chance.choice(list(violations()))}
    )
    if is_closed:
        for at, detail in ((touched, {"to": "in_progress"}), (closed, {"to": "closed"})):
            line = {"id": uuid.uuid4(), "case_id": case_id, "at": at, "detail": detail}
            rows[CaseEvent].append(
                line | {"kind": "status_changed", "user_id": people.monitors[0].id, "version": 1}
            )
    if chance.random() < 0.3:
        rows[Referral].append(_referral(case_id, people, chance) | {"created_at": touched})
        rows[Referral][-1]["deadline_at"] = touched + timedelta(days=3)


def _case(case_id: uuid.UUID, number: int, chance: random.Random) -> dict[str, Any]:
    cercle = chance.choice(geography.cercles())
    return {
        "id": case_id,
        "number": number,
        "channel": chance.choice(_CHANNELS),
        "language": chance.choice(_LANGUAGES),
        "verification": chance.choice(_VERIFICATIONS),
        "region_code": cercle.region_code,
        "cercle_code": cercle.code,
    }


def _referral(case_id: uuid.UUID, people: People, chance: random.Random) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "case_id": case_id,
        "organisation_id": chance.choice(people.partners).id,
        "state": chance.choice(("sent", "accepted", "done", "declined")),
    }
