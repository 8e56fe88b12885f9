"""A country's worth of invented cases: what years of use would leave in a database.

Four cases in five are closed, one in a hundred is urgent and open, three in ten were referred, half of these to the
first partner, and one in a hundred concerns a partner or a colleague, who may not find it; words are syllables
strung together, some far more frequent than others, as in a language. The same seed gives the same cases.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import Base
from app.models import Act, Case, CaseConflict, Finding, Message, Organisation, Referral, Report, User
from app.reference import geography
from app.reference.taxonomy import actor_categories, violations
from workers.benchmarks.bulk import indexed_at_the_end, write_rows

AT_ONCE = 2000
YEARS = timedelta(days=4 * 365)
RARE_WORD = "zanbugukoro"  # in one account of a thousand
_SEED = 20130515
_SYLLABLES = [first + second for first in "bdfgklmnstwy" for second in "aeiou"]


def _spread(weights: Mapping[Any, int]) -> Sequence[Any]:
    """Each value as often as its weight says, to choose one of."""
    return [value for value, weight in weights.items() for _ in range(weight)]


_STATES = _spread({"closed": 80, "new": 6, "in_progress": 10, "waiting_for_reporter": 4})
_URGENCIES = _spread({0: 50, 1: 33, 2: 14, 3: 3})
_CHANNELS = _spread({"sms": 70, "web": 20, "whatsapp": 8, "voice": 2})
_LANGUAGES = _spread({"fra": 60, "bam": 30, "fuv": 5, "und": 4, "eng": 1})
USUAL_VERIFICATIONS: Mapping[str, int] = {
    "unverified": 75,
    "pending": 10,
    "verified": 10,
    "not_substantiated": 4,
    "false": 1,
}
_REFERRALS = _spread({"sent": 10, "accepted": 15, "done": 60, "declined": 15})

_WRITTEN: tuple[type[Base], ...] = (Case, Report, Message, Act, Finding, Referral, CaseConflict)

Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class People:
    """Who cases are assigned and referred to."""

    monitors: Sequence[User]
    partners: Sequence[Organisation]


def write_cases(
    session: Session,
    people: People,
    count: int,
    verifications: Mapping[str, int] = USUAL_VERIFICATIONS,
) -> None:
    """Insert so many cases with a report, a message, findings, acts and referrals each, in the caller's transaction.

    `verifications` says how often each outcome of verification comes among them, in whatever unit.
    """
    chance = random.Random(_SEED)  # noqa: S311 - the same cases every time
    inventor = _Inventor(people, chance, _spread(verifications))
    with indexed_at_the_end(session, _WRITTEN):
        for start in range(0, count, AT_ONCE):
            rows: Rows = {each: [] for each in _WRITTEN}
            for number in range(start + 1, min(start + AT_ONCE, count) + 1):
                inventor.add(rows, number)
            for table, values in rows.items():
                write_rows(session, table, values)


class _Inventor:
    """Draws one case after the other."""

    def __init__(self, people: People, chance: random.Random, verifications: Sequence[str]) -> None:
        self._people, self._chance, self._verifications = people, chance, verifications
        self._now = utcnow()
        self._words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(4000)]
        self._rank_shares = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))
        self._cercles = [
            cercle for region in geography.regions() for cercle in geography.cercles_of(region.code)
        ]
        self._actors = list(actor_categories())
        self._violations = list(violations())

    def add(self, rows: Rows, number: int) -> None:
        """One case and all that belongs to it."""
        case_id, report_id, message_id = self._uuid(), self._uuid(), self._uuid()
        received_at = self._now - YEARS * self._chance.random() ** 1.2
        channel, text = self._chance.choice(_CHANNELS), self._text()
        case = self._case(case_id, number, received_at, channel, text)
        rows[Case].append(case)
        rows[Report].append(self._report(report_id, case_id, received_at, channel))
        rows[Message].append(self._message(message_id, report_id, received_at, channel, text))
        rows[Act].extend(self._acts(case_id))
        rows[Finding].append(self._finding(case_id, message_id, "actor", self._chance.choice(self._actors)))
        rows[Finding].append(self._finding(case_id, message_id, "violation", rows[Act][-1]["violation_code"]))
        if self._chance.random() < 0.3:
            rows[Referral].append(self._referral(case_id, received_at))
        if self._chance.random() < 0.01:
            rows[CaseConflict].append(self._conflict(case_id))

    def _case(
        self, case_id: uuid.UUID, number: int, received_at: datetime, channel: str, text: str
    ) -> dict[str, Any]:
        status, cercle = self._chance.choice(_STATES), self._chance.choice(self._cercles)
        is_taken = status != "new" and self._chance.random() < 0.6
        return {
            "id": case_id,
            "number": number,
            "status": status,
            "verification": self._chance.choice(self._verifications),
            "needs_person": "no_place" if status == "new" and self._chance.random() < 0.3 else "",
            "channel": channel,
            "language": self._chance.choice(_LANGUAGES),
            "received_at": received_at,
            "updated_at": min(received_at + timedelta(days=self._chance.expovariate(1 / 20)), self._now),
            "urgency": self._chance.choice(_URGENCIES),
            "region_code": cercle.region_code,
            "cercle_code": cercle.code,
            "anonymised_text": text,
            "search_text": text,
            "assigned_to_id": self._chance.choice(self._people.monitors).id if is_taken else None,
        }

    def _text(self) -> str:
        words = self._chance.choices(
            self._words, cum_weights=self._rank_shares, k=self._chance.randint(12, 45)
        )
        if self._chance.random() < 0.001:
            words.append(RARE_WORD)
        return " ".join(words)

    def _report(
        self, report_id: uuid.UUID, case_id: uuid.UUID, received_at: datetime, channel: str
    ) -> dict[str, Any]:
        return {
            "id": report_id,
            "case_id": case_id,
            "channel": channel,
            "channel_reference": self._chance.randbytes(32),
            "receipt_hash": self._chance.randbytes(32),
            "received_at": received_at,
            "state": "processed",
        }

    def _message(
        self, message_id: uuid.UUID, report_id: uuid.UUID, received_at: datetime, channel: str, text: str
    ) -> dict[str, Any]:
        return {
            "id": message_id,
            "report_id": report_id,
            "direction": "in",
            "state": "received",
            "channel": channel,
            "created_at": received_at,
            "anonymised_text": text,
        }

    def _acts(self, case_id: uuid.UUID) -> Iterator[dict[str, Any]]:
        codes = self._chance.sample(self._violations, k=1 + (self._chance.random() < 0.3))
        for at, code in enumerate(codes):
            yield {"id": self._uuid(), "case_id": case_id, "violation_code": code, "is_main": at == 0}

    def _finding(self, case_id: uuid.UUID, message_id: uuid.UUID, kind: str, code: str) -> dict[str, Any]:
        return {
            "id": self._uuid(),
            "case_id": case_id,
            "message_id": message_id,
            "kind": kind,
            "value": {"code": code, "category": code},
            "confidence": 0.8,
        }

    def _referral(self, case_id: uuid.UUID, received_at: datetime) -> dict[str, Any]:
        return {
            "id": self._uuid(),
            "case_id": case_id,
            "organisation_id": self._partner().id,
            "state": self._chance.choice(_REFERRALS),
            "created_at": received_at,
            "deadline_at": received_at + timedelta(days=3),
        }

    def _conflict(self, case_id: uuid.UUID) -> dict[str, Any]:
        is_person = self._chance.random() < 0.5
        colleague = self._chance.choice(self._people.monitors) if is_person else None
        return {
            "id": self._uuid(),
            "case_id": case_id,
            "organisation_id": None if colleague else self._partner().id,
            "user_id": colleague.id if colleague else None,
            "source": "machine",
        }

    def _partner(self) -> Organisation:
        first, *others = self._people.partners
        return self._chance.choice(others) if others and self._chance.random() < 0.5 else first

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(bytes=self._chance.randbytes(16), version=4)
