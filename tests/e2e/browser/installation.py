"""What tests do to the running installation besides looking at it: send a report and wait for its case."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from tests.e2e.running import Running, wait_for

PIPELINE_SECONDS = 45
EVERYBODY = ("cndh", "civil_society", "institution")


@dataclass(frozen=True)
class Filed:
    """A report that became a case: its reporter's code and the case's address at the desk."""

    code: str
    path: str
    reference: str


@dataclass(frozen=True)
class Installation:
    """A running installation and a way to put cases into it."""

    running: Running

    @property
    def address(self) -> str:
        return self.running.address

    def file(self, text: str, **fields: str) -> Filed:
        """Write through the form as a citizen and wait until the workers have made a case of it."""
        self.settle()
        before = self.newest_case()
        code = self.running.web_report(text=text, share_with=EVERYBODY, **fields)
        wait_for(lambda: self.newest_case() != before, PIPELINE_SECONDS)
        path, reference = self.newest_case()
        return Filed(code, path, reference)

    def settle(self) -> None:
        """Wait until the workers have nothing left to do of what tests sent before, but for unfinished forms."""
        waiting = (
            "SELECT count(*) FROM report WHERE state = 'received' "
            "AND id NOT IN (SELECT report_id FROM draft WHERE length(encrypted_answers) > 0)"
        )
        wait_for(lambda: self.running.rows(waiting) == [(0,)], PIPELINE_SECONDS)

    def newest_case(self) -> tuple[str, str]:
        """The desk's address of the case with the highest number, and its reference."""
        found = self.running.rows("SELECT id, number FROM casefile ORDER BY number DESC LIMIT 1")
        identifier, number = found[0]
        return f"/desk/cases/{uuid.UUID(str(identifier))}", f"S-{number:06}"
