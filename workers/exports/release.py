"""What a file is made from: tables of values that may go out, and what is said about them.

Everything in a `Release` has already been through the rules of its level. A writer puts it into a format and decides
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.exports.levels import Level
from workers.exports.papers.case_file import CaseFile

Value = str | int | float | bool | date | tuple[str, ...] | None
Row = Sequence[Value]


class FieldKind(StrEnum):
    """What the values of a field are."""

    REFERENCE = "reference"  # str: how a row of this file is known, within this file
    TEXT = "text"  # str
    CODE = "code"  # str: one code of a vocabulary
    CODES = "codes"  # tuple[str, ...]: several
    DATE = "date"  # date
    PERIOD = "period"  # str: "2026-W07", "2026-02", "2026-Q1", "2026"
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # float
    BOOLEAN = "boolean"  # bool


@dataclass(frozen=True, slots=True)
class Field:
    """A column. `code` is its name for machines; `labels`, by language (fr, en), its heading for people.

    `vocabulary` names the list that codes are from ("violation", "region"…), empty where there is none. `hxl` is the
    tag with its attributes ("#event+type+code"). `rule` is what was done to it at this level, for the codebook.
    `width` is in characters. `description`, by language, says what stands in it.
    """

    code: str
    kind: FieldKind
    labels: Mapping[str, str]
    vocabulary: str = ""
    hxl: str = ""
    rule: str = "keep"
    width: int = 16
    description: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one shape. `rows()` begins anew each time it is called and never holds all of them in memory."""

    code: str  # "cases", "acts", "persons", "involvements", "interventions", "information"
    labels: Mapping[str, str]
    fields: tuple[Field, ...]
    rows: Callable[[], Iterable[Row]]
    count: int


ROUNDED = "rounded"  # says of the other counts that each is at most so much too high: they are multiples of this one


@dataclass(frozen=True, slots=True)
class Withheld:
    """What did not go out: `reason` is a code of withheld.toml, `field` is empty where whole rows were held back."""

    reason: str
    count: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Risks:
    """What somebody who knows a person could find out, after all measures (docs/disclosure.md has the definitions)."""

    k: int  # rows in the smallest group that looks alike
    l: int  # noqa: E741 - the literature's name: kinds of violation in the least varied group
    highest: float  # chance to single somebody out of the smallest group, 1/k
    mean: float  # the same over all rows
    rows: int
    groups: int
    generalised: Mapping[
        str, str
    ]  # by field, what it was generalised to: {"place": "region", "date": "month"}
    information_loss: float  # 0 (nothing lost) to 1 (nothing left)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: what it is called, for whom it was made, and from what."""

    number: str  # "E-000012"
    level: Level
    recipient: str  # a person or an organisation, in words
    purpose: str
    language: str  # fr or en: of headings and labels
    made_at: datetime
    made_by: str
    filters: Sequence[tuple[str, str]]  # in words, in the copy's language
    software: str  # "seere 0.1.0"
    rules: str  # digest of the rules that were in force


@dataclass(frozen=True, slots=True)
class Release:
    """All that a writer needs. The main table is "cases"; the others exist where the level lets them out."""

    copy: Copy
    tables: Mapping[str, Table]
    withheld: Sequence[Withheld]
    risks: Risks | None  # none where rows are of one case or for the commission's own use
    # What must be written in the transaction that makes the copy ready, given the session and the export's record:
    # the ledger of releases. None where nothing must. May raise workers.exports.ledger.LedgerMoved: make it anew.
    settle: Callable[[Any, Any], None] | None = None
    members: Sequence[int] = ()  # numbers of the cases in it: looked at again before the file is handed out
    case_file: CaseFile | None = None  # of one case, where the level lets all of it be read

    @property
    def cases(self) -> Table:
        """The main table."""
        return self.tables["cases"]


Progress = Callable[[int], None]  # told how many rows more were written
Writer = Callable[
    [Release, Path, Progress], Sequence[Path]
]  # writes into an empty private folder; the files it made
