"""What a case file shows, in words, ready to be laid out. Nothing in it is looked up or decided any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

Fact = tuple[str, str]  # what, and what it is
Line = tuple[str, ...]  # the cells of a row


@dataclass(frozen=True, slots=True)
class Account:
    """One message of the account: when and how it came, and its text without names."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Something that was sealed and was opened; `text` is None where it can't be opened any more."""

    heading: str
    text: str | None


@dataclass(frozen=True, slots=True)
class ReportIdentities:
    """What was opened of one report. `signs` are the tokens with what they stand for."""

    heading: str
    numbers: Sequence[Opened] = ()
    messages: Sequence[Opened] = ()
    signs: Sequence[Opened] = ()


@dataclass(frozen=True, slots=True)
class Judicial:
    """What a judicial file has besides: for whom and why, and identities."""

    facts: Sequence[Fact]
    reports: Sequence[ReportIdentities]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case as the commission reads it. Lines are cells in the order of the template's headings.

    `chronology`: when, what. `acts`: act, state, where and when, method. `persons`: who, what is known, parts.
    `findings`: kind, finding, confidence and state, explanation. `sources`: number, received, channel, assessment.
    `checks`: point, answer, note. `steps`: when, what, note. `referrals`: organisation, asked, deadline, what came of
    it. `evidence`: kind, received, size, digest.
    """

    reference: str
    title: str
    facts: Sequence[Fact]
    map: Markup
    account: Sequence[Account]
    chronology: Sequence[Line] = field(default=())
    acts: Sequence[Line] = field(default=())
    persons: Sequence[Line] = field(default=())
    findings: Sequence[Line] = field(default=())
    independent: int = 0
    sources: Sequence[Line] = field(default=())
    checks: Sequence[Line] = field(default=())
    steps: Sequence[Line] = field(default=())
    referrals: Sequence[Line] = field(default=())
    evidence: Sequence[Line] = field(default=())
    judicial: Judicial | None = None
