"""What is wrong with a workbook, as the administrator's page shows it: a code, and where it stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LONGEST_ABOUT = 200  # characters
MOST_PROBLEMS = 100  # whoever has more than that has sent another kind of file


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that can't be used. `row` as the spreadsheet counts; `about` is what the code is about.

    A note is no problem: it says what was left out, and the questionnaire works without it.
    """

    code: str
    row: int | None = None
    column: str = ""
    about: str = ""
    is_note: bool = False

    def as_record(self) -> dict[str, Any]:
        """As it is stored."""
        return {**asdict(self), "about": self.about[:LONGEST_ABOUT]}


class Refused(ValueError):
    """A file that isn't even opened; the message is the code of the reason."""
