"""Checking an exported audit trail on a machine that has nothing but the file and the printed public key.

Found is: an entry or a signed head that was changed, removed, put in or reordered; a chain written anew by somebody
without the key; days that nobody signed; and, beside an earlier export, whatever that one holds and this one doesn't.
Not found without an earlier export: that the newest entries are missing together with every head signed after them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from app.audit.digests import FIRST_DIGEST, FORMAT, Head, entry_digest, is_signed, signature_digest

LONGEST_UNSIGNED = timedelta(days=2)  # workers sign daily


class Problem(StrEnum):
    """What can be wrong with a file, and what to say."""

    UNREADABLE = "this line can't be read"
    CHANGED = "the entry was changed"
    MISSING = "an entry before it is missing, or the order was changed"
    NOT_FOLLOWING = "the entry does not follow the one before it"
    HEAD_MISSING = "a signed head before it is missing, or the order was changed"
    HEAD_ELSEWHERE = "the signed head is not about the entry before it"
    NOT_SIGNED = "the head is not signed by a key that was given"
    UNSIGNED_LONG = "entries for more than two days after the last signed head are not signed"
    NO_HEAD = "there is no signed head: nothing proves who wrote this"
    NO_END = "the file is cut off, or something follows its end"
    NOT_AS_EARLIER = "the earlier export holds something else here"


@dataclass(frozen=True, slots=True)
class Found:
    """A problem and the line of the file where it shows."""

    line: int
    problem: Problem


@dataclass(slots=True)
class Outcome:
    """What a check found; the file holds when there are no problems."""

    entries: int = 0
    heads: int = 0
    last_signed_at: datetime | None = None
    unsigned: int = 0  # entries after the last signed head
    problems: list[Found] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check(lines: Iterable[str], keys: Collection[bytes], earlier: Iterable[str] | None = None) -> Outcome:
    """Go through an exported trail. `keys` are the public keys (32 bytes) that the auditor has from elsewhere."""
    checker = _Checker(frozenset(keys))
    if earlier is None:
        for number, line in enumerate(lines, 1):
            checker.take(number, line)
    else:
        checker.take_beside(lines, earlier)
    return checker.finish()


class _Checker:
    """Reads lines in order and keeps only what the next one has to fit."""

    def __init__(self, keys: frozenset[bytes]) -> None:
        self.keys = keys
        self.outcome = Outcome()
        self.line = 0
        self.sequence, self.previous = 0, FIRST_DIGEST
        self.head_number, self.previous_head = 0, FIRST_DIGEST
        self.last_at: datetime | None = None
        self.is_begun = self.is_ended = False

    def take(self, number: int, line: str) -> None:
        """One line of the file."""
        self.line = number
        if self.is_ended:
            self._find(Problem.NO_END)
            return
        try:
            record = json.loads(line)
            self._reader(record)(record)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._find(Problem.UNREADABLE)

    def take_beside(self, lines: Iterable[str], earlier: Iterable[str]) -> None:
        """The file, and an earlier one that must be its beginning but for the first and last line of each."""
        is_over = False
        for number, (line, before) in enumerate(zip_longest(lines, earlier), 1):
            is_over = is_over or before is None or _is_end(before)
            if line is not None:
                self.take(number, line)
            if number > 1 and not is_over and not _is_same(line, before):
                self.line, is_over = number, True
                self._find(Problem.NOT_AS_EARLIER)

    def finish(self) -> Outcome:
        """What was found, once every line was read."""
        if not self.is_ended:
            self._find(Problem.NO_END)
        signed_at = self.outcome.last_signed_at
        if signed_at is None:
            self._find(Problem.NO_HEAD)
        elif self.outcome.unsigned and self.last_at and self.last_at - signed_at > LONGEST_UNSIGNED:
            self._find(Problem.UNSIGNED_LONG)
        return self.outcome

    def _reader(self, record: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], None]:
        by_kind = {"trail": self._begin, "entry": self._entry, "head": self._head, "end": self._end}
        kind = str(record["kind"])
        if (kind == "trail") is self.is_begun:
            raise ValueError
        return by_kind[kind]

    def _begin(self, record: Mapping[str, Any]) -> None:
        self.is_begun = True
        if record["format"] != FORMAT:
            raise ValueError

    def _entry(self, record: Mapping[str, Any]) -> None:
        sequence, at = _whole(record["sequence"]), _moment(record["at"])
        previous, digest = bytes.fromhex(record["previous"]), bytes.fromhex(record["digest"])
        if sequence != self.sequence + 1:
            self._find(Problem.MISSING)
        elif previous != self.previous:
            self._find(Problem.NOT_FOLLOWING)
        actor, action, subject = (str(record[name]) for name in ("actor", "action", "subject"))
        if entry_digest(sequence, at, actor, action, subject, record["detail"], previous) != digest:
            self._find(Problem.CHANGED)
        self.sequence, self.previous, self.last_at = sequence, digest, at
        self.outcome.entries += 1
        self.outcome.unsigned += 1

    def _head(self, record: Mapping[str, Any]) -> None:
        signature, key = bytes.fromhex(record["signature"]), bytes.fromhex(record["public_key"])
        head = _head_of(record)
        if head.number != self.head_number + 1 or head.previous != self.previous_head:
            self._find(Problem.HEAD_MISSING)
        if (head.sequence, head.digest) != (self.sequence, self.previous):
            self._find(Problem.HEAD_ELSEWHERE)
        if key in self.keys and is_signed(head, signature, key):
            self.outcome.last_signed_at, self.outcome.unsigned = head.signed_at, 0
        else:
            self._find(Problem.NOT_SIGNED)
        self.head_number, self.previous_head = head.number, signature_digest(signature)
        self.outcome.heads += 1

    def _end(self, record: Mapping[str, Any]) -> None:
        self.is_ended = True
        if (record["entries"], record["heads"]) != (self.outcome.entries, self.outcome.heads):
            self._find(Problem.NO_END)

    def _find(self, problem: Problem) -> None:
        self.outcome.problems.append(Found(self.line, problem))


def _head_of(record: Mapping[str, Any]) -> Head:
    return Head(
        number=_whole(record["number"]),
        sequence=_whole(record["sequence"]),
        digest=bytes.fromhex(record["digest"]),
        signed_at=_moment(record["signed_at"]),
        previous=bytes.fromhex(record["previous"]),
    )


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _moment(text: Any) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def _is_end(line: str) -> bool:
    return _read(line).get("kind") == "end"


def _is_same(line: str | None, before: str) -> bool:
    return line is not None and _read(line) == _read(before) != {}


def _read(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
