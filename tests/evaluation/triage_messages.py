"""The messages on which triage is measured, and what triage makes of each.

`triage.jsonl` was written beside the vocabulary in five batches and tuned on, a guard against getting worse. The sets
of `reading.SETS` were written independently; nobody who writes engines has read those that are `UNREAD`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.evaluation.reading import SETS, files
from workers.triage import summary, triage

_FOLDER = Path(__file__).parent
_RECEIVED_AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # of the older set, which doesn't say
_MARKED = re.compile(r"\{\{[A-Z_]+:(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Judged:
    """A message of a set, what it should give and what triage gave."""

    expected: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def codes(self) -> list[str]:
        """The codes given, main first."""
        return [violation["code"] for violation in self.given["violations"]]

    @property
    def has_main(self) -> bool:
        """Whether the main code given is one of those expected."""
        return self.codes[0] in self.expected["codes"]

    def is_right(self, part: str) -> bool | None:
        """Whether the region or cercle is right; None where the text doesn't say."""
        expected = self.expected.get(part)
        return None if expected is None else (self.given["place"] or {}).get(part) == expected

    @property
    def has_invented_place(self) -> bool | None:
        """Whether a place was given where the text tells none; None where it tells one."""
        return None if self.expected.get("region") else self.given["place"] is not None

    @property
    def has_day(self) -> bool | None:
        """Whether the period given meets the one expected and is not more than a week off at either end."""
        expected, given = self.expected.get("occurred"), self.given["occurred"]
        if not expected:
            return None
        return bool(given) and all(_days_apart(expected[end], given[end]) <= 7 for end in ("from", "to"))

    @property
    def has_first_day(self) -> bool | None:
        """Whether the first day given is exactly the one expected."""
        expected, given = self.expected.get("occurred"), self.given["occurred"]
        return None if not expected else bool(given) and given["from"] == expected["from"]

    @property
    def urgency_error(self) -> int:
        """How far the level given is above the one expected."""
        return int(self.given["urgency"]) - int(self.expected["urgency"])


def _days_apart(one: str, other: str) -> int:
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days)


def plain(marked: str) -> str:
    """A message without the marks around its names: what a person would have sent."""
    return _MARKED.sub(r"\1", marked)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def messages(chosen: str) -> Iterator[dict[str, Any]]:
    """The messages of a half of `triage.jsonl` or of one of `SETS`, their texts as people would have sent them."""
    for line in _lines(_FOLDER / "triage.jsonl"):
        if line["half"] == chosen:
            yield {**line, "style": line["half"]}
    folder, split = SETS.get(chosen, ("messages", None))
    for path in files(folder):
        for line in _lines(path):
            if line["split"] == split:
                yield {**line, "text": plain(line["text"])}


def judged(chosen: str) -> Iterator[Judged]:
    """Every message of a set, read by triage."""
    for line in messages(chosen):
        text = line["text"]
        yield Judged(line, summary(text, triage(text, received_at=_received_at(line))))


def _received_at(line: Mapping[str, Any]) -> datetime:
    moment = line.get("received_at")
    return datetime.fromisoformat(str(moment)) if moment else _RECEIVED_AT
