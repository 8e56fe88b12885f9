"""Measures triage on the development set: `python -m tests.evaluation.evaluate_triage [--misses]`.

The set was written for Seere by one of its engineers, in five batches, each before the vocabulary was tuned on it:
plain messages, then oblique ones, then plain ones again (`held`). Each batch was measured first (main code 0.94, 0.81,
0.58, 0.58 and, for `held`, 0.98) and its misses were looked at afterwards, so only those first figures were honest;
what is printed now is a guard against getting worse. New messages by other hands are wanted.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from workers.triage import summary, triage

RECEIVED_AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
_SET = Path(__file__).with_name("triage.jsonl")


@dataclass(frozen=True)
class Judged:
    """A message of the set, what it should give and what triage gave."""

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
        expected = self.expected[part]
        return None if expected is None else (self.given["place"] or {}).get(part) == expected

    @property
    def urgency_error(self) -> int:
        """How far the level given is above the one expected."""
        return int(self.given["urgency"]) - int(self.expected["urgency"])


def judged() -> Iterator[Judged]:
    """Every message of the set, read by triage."""
    for line in _SET.read_text(encoding="utf-8").splitlines():
        expected = json.loads(line)
        text = expected["text"]
        yield Judged(expected, summary(text, triage(text, received_at=RECEIVED_AT)))


def macro_f1(messages: Sequence[Judged]) -> float:
    """The mean of each code's F1 over the codes expected anywhere; alternatives accepted for the main code."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for message in messages:
        main = message.codes[0]
        label = main if message.has_main else message.expected["codes"][0]
        right[label] += message.has_main
        wrong[main] += not message.has_main
        missed[label] += not message.has_main
    codes = {code for message in messages for code in message.expected["codes"]} & ({*right} | {*missed})
    scores = [2 * right[code] / (2 * right[code] + wrong[code] + missed[code]) for code in codes]
    return sum(scores) / len(scores)


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0


def figures(messages: Sequence[Judged]) -> dict[str, float]:
    """The figures by which triage is judged."""
    errors = [message.urgency_error for message in messages]
    return {
        "messages": len(messages),
        "main_code": _share([message.has_main for message in messages]),
        "macro_f1": round(macro_f1(messages), 3),
        "urgency_exact": _share([error == 0 for error in errors]),
        "urgency_within_one": _share([abs(error) <= 1 for error in errors]),
        "urgency_too_low": _share([error < 0 for error in errors]),
        "language": _share([m.given["language"] == m.expected["language"] for m in messages]),
        "region": _share([right for m in messages if (right := m.is_right("region")) is not None]),
        "cercle": _share([right for m in messages if (right := m.is_right("cercle")) is not None]),
    }


def _is_missed(message: Judged) -> bool:
    return not message.has_main or message.urgency_error != 0 or message.is_right("region") is False


def _miss(message: Judged) -> str:
    expected, place = message.expected, message.given["place"] or {}
    return (
        f"{expected['id']} {expected['text']}\n    codes {expected['codes']} <- {message.codes}; "
        f"urgency {expected['urgency']} <- {message.given['urgency']}; "
        f"region {expected['region']} <- {place.get('region')}; language {message.given['language']}"
    )


def main() -> None:
    """Prints the figures of each half as JSON lines, and with `--misses` what went wrong in the tuning half."""
    messages = list(judged())
    for half in ("tuning", "held"):
        chosen = [message for message in messages if message.expected["half"] == half]
        click.echo(json.dumps({"half": half, **figures(chosen)}))
    if "--misses" in sys.argv:
        missed = (m for m in messages if m.expected["half"] == "tuning" and _is_missed(m))
        for message in missed:
            click.echo(_miss(message))


if __name__ == "__main__":
    main()
