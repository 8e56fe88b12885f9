"""Which column of a table is which field of a report, and what its rows allow. Shared with the workers that read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.intake.consent import LEAST, Consent
from app.intake.consent import read as read_consent
from app.intake.partner_cells import guess
from app.intake.partner_problems import FIELDS

MOST_PROBLEMS = 1000  # that are kept of one table; after so many, the file needs mending, not a longer list


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a person said about a table. `columns` gives the place of a field's column, from 0.

    `with_others` adds the columns that are no field to the text, a line each.
    """

    columns: Mapping[str, int]
    consent: Consent = LEAST
    with_others: bool = False

    def as_record(self) -> dict[str, Any]:
        """As it is stored with the import."""
        return {
            "columns": dict(self.columns),
            "consent": self.consent.as_record(),
            "with_others": self.with_others,
        }


def read(record: Mapping[str, Any]) -> Mapped:
    """What was stored; nothing is mapped where nothing was said yet."""
    return Mapped(
        columns={str(field): int(at) for field, at in record.get("columns", {}).items()},
        consent=read_consent(record.get("consent")) or LEAST,
        with_others=bool(record.get("with_others")),
    )


def guessed(columns: Sequence[Mapping[str, Any]]) -> Mapped:
    """The columns whose headings say what they are."""
    at_of = {str(column["heading"]): int(column["at"]) for column in reversed(columns) if column["heading"]}
    return Mapped({field: at_of[heading] for field, heading in guess(at_of).items() if field in FIELDS})
