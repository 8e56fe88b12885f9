"""Cases with the keys by which they are found again, as years of reports would leave them in `likeness`.

The keys are those that `workers.twinning.keys_of` makes of a case, of words as unevenly frequent as in a language. Half
of all cases lie in three regions and half of all acts are of three kinds, so that some weeks hold many of one event;
one report in twenty tells an earlier one again in nearly its words; some full names are very common.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.casework.likeness import Keys
from app.clock import utcnow
from app.database import Base
from app.models import Act, Case, Likeness, Message, Report
from app.reference import geography
from app.reference.taxonomy import violations
from workers.benchmarks.bulk import indexed_at_the_end, write_rows
from workers.benchmarks.many_cases import AT_ONCE, YEARS
from workers.twinning import keys_of

_SEED = 20130515
_WRITTEN: tuple[type[Base], ...] = (Case, Report, Message, Act, Likeness)
_SYLLABLES = [first + second for first in "bdfgklmnstwy" for second in "aeiou"]
_WORDS, _NAMES = 6000, 20_000
_TOLD_AGAIN, _NAMES_SOMEBODY, _GIVES_A_PHONE = 0.05, 0.3, 0.1
_KEY = b"\x05" * 32  # of the measurement alone

Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the machine understood it: the case it makes, its text, and what its tokens stand for."""

    case: Case
    text: str
    tokens: Mapping[str, str]

    @property
    def keys(self) -> Keys:
        """By what it can be found again."""
        return keys_of(self.case, self.text, self.tokens, _KEY)


class Teller:
    """Draws one report after the other, the same ones each time."""

    def __init__(self) -> None:
        self._chance = random.Random(_SEED)  # noqa: S311 - the same reports every time
        self._today = utcnow().date()
        self._words = self._invented(_WORDS)
        self._shares = list(accumulate(1 / rank for rank in range(1, _WORDS + 1)))
        self._names = [f"{name} {family}" for name, family in zip(*self._two_lists(), strict=True)]
        self._name_shares = list(accumulate(1 / rank for rank in range(1, _NAMES + 1)))
        self._regions = _uneven([each.code for each in geography.regions()])
        self._kinds = _uneven(list(violations()))
        self._recent: deque[Told] = deque(maxlen=1000)

    def tell(self) -> Told:
        """A new report, or now and then one of the last thousand again."""
        if self._recent and self._chance.random() < _TOLD_AGAIN:
            return self._again(self._chance.choice(self._recent))
        self._recent.append(told := self._new())
        return told

    def uuid(self) -> uuid.UUID:
        """An id of its own."""
        return uuid.UUID(bytes=self._chance.randbytes(16), version=4)

    def _new(self) -> Told:
        words = self._chance.choices(self._words, cum_weights=self._shares, k=self._chance.randint(12, 40))
        day = self._today - timedelta(days=int(YEARS.days * self._chance.random() ** 1.2))
        kinds = {self._draw(self._kinds)}
        if self._chance.random() < 0.3:
            kinds.add(self._draw(self._kinds))
        return Told(
            self._case(self._draw(self._regions), day, sorted(kinds)), " ".join(words), self._tokens()
        )

    def _again(self, before: Told) -> Told:
        """The same in other words here and there, by somebody who names the same people."""
        words = before.text.split()
        words[self._chance.randrange(len(words))] = self._chance.choice(self._words)
        case = before.case
        kinds = [act.violation_code for act in case.acts]
        return Told(
            self._case(str(case.region_code), case.occurred_from, kinds), " ".join(words), before.tokens
        )

    def _case(self, region: str, day: date | None, kinds: Sequence[str]) -> Case:
        acts = [Act(violation_code=kind, is_main=at == 0) for at, kind in enumerate(kinds)]
        return Case(id=self.uuid(), region_code=region, occurred_from=day, acts=acts)

    def _tokens(self) -> dict[str, str]:
        tokens = {}
        if self._chance.random() < _NAMES_SOMEBODY:
            [tokens["[PERSONNE-1]"]] = self._chance.choices(self._names, cum_weights=self._name_shares)
        if self._chance.random() < _GIVES_A_PHONE:
            tokens["[TELEPHONE-1]"] = f"+2237{self._chance.randrange(10**7):07}"
        return tokens

    def _invented(self, count: int) -> list[str]:
        return ["".join(self._chance.choices(_SYLLABLES, k=self._chance.randint(2, 4))) for _ in range(count)]

    def _two_lists(self) -> tuple[list[str], list[str]]:
        return self._invented(_NAMES), self._invented(_NAMES)

    def _draw(self, uneven: tuple[Sequence[str], Sequence[float]]) -> str:
        values, shares = uneven
        return self._chance.choices(values, cum_weights=shares)[0]


def _uneven(values: Sequence[str]) -> tuple[Sequence[str], Sequence[float]]:
    """Values of which the first few come as often as all others together, with their cumulated weights."""
    return values, list(accumulate(1 / rank for rank in range(1, len(values) + 1)))


def write_told(session: Session, teller: Teller, count: int) -> None:
    """Insert so many reports with their cases and keys, in the caller's transaction."""
    ids = map(_numbered, itertools.count(1))
    _trust(session)
    with indexed_at_the_end(session, _WRITTEN):
        for start in range(0, count, AT_ONCE):
            rows: Rows = {each: [] for each in _WRITTEN}
            for number in range(start + 1, min(start + AT_ONCE, count) + 1):
                _add(rows, teller.tell(), number, ids)
            for table, values in rows.items():
                write_rows(session, table, values)


def _trust(session: Session) -> None:
    """Where this account may: PostgreSQL doesn't look up what each row refers to, which would take half the time."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if is_postgresql and session.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        session.execute(text("SET LOCAL session_replication_role = replica"))


def _numbered(number: int) -> uuid.UUID:
    """Ids that follow each other: a database takes rows faster in the order of their keys."""
    return uuid.UUID(int=number)


def _add(rows: Rows, told: Told, number: int, ids: Iterator[uuid.UUID]) -> None:
    report_id, message_id, case = next(ids), next(ids), told.case
    of_all = {"channel": "sms", "received_at": utcnow()}
    where = {"region_code": case.region_code, "occurred_from": case.occurred_from}
    rows[Case].append({"id": case.id, "number": number, **where, "anonymised_text": told.text, **of_all})
    unique = {"channel_reference": report_id.bytes * 2, "receipt_hash": report_id.bytes * 2}
    rows[Report].append({"id": report_id, "case_id": case.id, **unique, **of_all})
    message = {"direction": "in", "state": "received", "channel": "sms"}
    rows[Message].append({"id": message_id, "report_id": report_id, **message})
    rows[Act].extend(
        {"id": next(ids), "case_id": case.id, "violation_code": act.violation_code} for act in case.acts
    )
    of_one = {"case_id": case.id, "message_id": message_id}
    rows[Likeness].extend({"id": next(ids), "kind": kind, "key": key, **of_one} for kind, key in _pairs(told))


def _pairs(told: Told) -> Iterator[tuple[str, bytes]]:
    """What `app.casework.likeness.remember` would add row by row."""
    for kind, keys in told.keys.items():
        yield from ((str(kind), key) for key in sorted(set(keys)))
