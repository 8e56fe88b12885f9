"""Why a format can't hold what it was given."""

from __future__ import annotations

TOO_MANY_ROWS = "too_many_rows"
ROWS_CHANGED = "rows_changed"


class CannotWrite(Exception):
    """A file of this format can't be made; `code` says why and goes onto the record of the export."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
