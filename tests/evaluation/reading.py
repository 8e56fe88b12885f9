"""Reads the messages that anonymisation and triage are measured on: markup into spans, each line checked.

The form of a line, and what each field means, is described in README.md beside this file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, post_load, validate, validates_schema
from marshmallow.fields import AwareDateTime, Date, Integer, List, Nested, String

from app.reference import geography, taxonomy

MASKED = frozenset({"PERSON", "PHONE", "EMAIL", "ID", "PLATE", "ADDRESS", "COORD", "DOB"})
KEEP = "KEEP"
LANGUAGES = ("fra", "bam", "eng", "mixed")
SPLITS = ("development", "mended", "held_out")
# What may be measured by name: the folder and the split of each set.
SETS = {
    "development": ("messages", "development"),
    "held_out": ("messages", "held_out"),
    "held_out_two": ("messages_two", "held_out"),
    "mended_three": ("messages_three", "mended"),
    "held_out_three": ("messages_three", "held_out"),
}
# Only counted: whoever mends an engine never sees a line of these.
UNREAD = frozenset({"held_out", "held_out_two", "held_out_three"})
CODES = frozenset(taxonomy.violations())

_MARK = re.compile(r"\{\{([A-Z]+):([^{}]+)\}\}")


class BrokenMessage(ValueError):
    """A line of the set that is not as README.md says; the message names the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, in Unicode code points, with one of `MASKED` or `KEEP` as label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Period:
    """When it happened, both days included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a citizen would send it, and what a careful reader finds in it."""

    id: str
    style: str
    language: str
    split: str
    text: str
    masked: tuple[Span, ...]
    kept: tuple[Span, ...]
    codes: tuple[str, ...]
    region: str | None
    cercle: str | None
    urgency: int
    received_at: datetime
    occurred: Period | None

    @property
    def main_code(self) -> str:
        """What the message is first of all about."""
        return self.codes[0]


def read_markup(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The text without its `{{LABEL:words}}` marks, and their spans in it; BrokenMessage on bad markup."""
    plain: list[str] = []
    spans: list[Span] = []
    length = at = 0
    for mark in _MARK.finditer(marked):
        before, words = marked[at : mark.start()], mark[2]
        start = length + len(before)
        length, at = start + len(words), mark.end()
        plain += [before, words]
        spans.append(Span(start, length, _known(mark[1])))
    return _without_braces("".join([*plain, marked[at:]])), tuple(spans)


@cache
def messages(chosen: str | None = None) -> tuple[Message, ...]:
    """The messages of one of `SETS`, or both splits of the first folder, in the order of files and lines."""
    folder, split = SETS[chosen] if chosen else ("messages", None)
    return tuple(each for each in _all(folder) if split in (None, each.split))


def files(folder: str) -> list[Path]:
    """The files of a folder of messages (`messages`, `messages_two`), one for each style."""
    return sorted((Path(__file__).parent / folder).glob("*.jsonl"))


def read_line(line: str) -> Message:
    """One JSON line as a message; BrokenMessage says what is wrong with it."""
    try:
        found: Message = _LineSchema().load(json.loads(line))
    except (ValidationError, ValueError) as problem:
        raise BrokenMessage(f"{problem} in {line[:80]}") from problem
    return found


def _all(folder: str) -> Iterator[Message]:
    for file in files(folder):
        # Not splitlines(): a text may hold a line separator of Unicode, which JSON leaves as it is.
        yield from (read_line(line) for line in file.read_text(encoding="utf-8").split("\n") if line)


def _known(label: str) -> str:
    if label != KEEP and label not in MASKED:
        raise BrokenMessage(f"unknown label {label}")
    return label


def _without_braces(text: str) -> str:
    if "{{" in text or "}}" in text:
        raise BrokenMessage("markup that is nested or not closed")
    return text


def _is_region(name: str) -> None:
    found = geography.region(name)
    if found is None or found.name != name:
        raise ValidationError(f"no region is written {name}")


def _text(*choices: str) -> String:
    rule = validate.OneOf(choices) if choices else validate.Length(min=1)
    return String(required=True, validate=rule)


class _PeriodSchema(Schema):
    first = Date(required=True, data_key="from")
    last = Date(required=True, data_key="to")

    @validates_schema
    def in_order(self, data: Mapping[str, date], **_: object) -> None:
        if data["first"] > data["last"]:
            raise ValidationError("ends before it begins", "to")

    @post_load
    def made(self, data: Mapping[str, date], **_: object) -> Period:
        return Period(**data)


class _LineSchema(Schema):
    class Meta:
        unknown = RAISE

    id = _text()
    style = _text()
    language = _text(*LANGUAGES)
    split = _text(*SPLITS)
    text = _text()
    codes = List(
        String(validate=validate.OneOf(sorted(CODES))), required=True, validate=validate.Length(min=1)
    )
    region = String(required=True, allow_none=True, validate=_is_region)
    cercle = String(required=True, allow_none=True)
    urgency = Integer(required=True, strict=True, validate=validate.Range(0, 3))
    received_at = AwareDateTime(required=True)
    occurred = Nested(_PeriodSchema, required=True, allow_none=True)

    @validates_schema
    def codes_agree(self, data: Mapping[str, Any], **_: object) -> None:
        codes: list[str] = data["codes"]
        if len(set(codes)) < len(codes) or ("none" in codes and len(codes) > 1):
            raise ValidationError("a code twice, or none beside another", "codes")

    @validates_schema
    def cercle_is_in_region(self, data: Mapping[str, Any], **_: object) -> None:
        name, region = data["cercle"], data["region"]
        found = geography.cercle(name, region) if name and region else None
        if name and (found is None or found.name != name):
            raise ValidationError(f"no cercle of {region} is written {name}", "cercle")

    @validates_schema
    def is_past(self, data: Mapping[str, Any], **_: object) -> None:
        occurred: Period | None = data["occurred"]
        if occurred is not None and occurred.last > data["received_at"].date():
            raise ValidationError("happened after it was told", "occurred")

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Message:
        text, spans = read_markup(data["text"])
        masked = tuple(each for each in spans if each.label != KEEP)
        kept = tuple(each for each in spans if each.label == KEEP)
        values = dict(data) | {"text": text, "codes": tuple(data["codes"])}
        return Message(**values, masked=masked, kept=kept)
