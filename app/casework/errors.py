"""What can stand in the way of an action on a case."""

from __future__ import annotations


class CaseworkError(ValueError):
    """An action that can't be done. `code` says why; routes turn it into words and a status."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


NOT_FOUND = "not_found"
FORBIDDEN = "forbidden"
CHANGED_MEANWHILE = "changed_meanwhile"
