"""What can stand in the way of the safe."""

from __future__ import annotations


class SafeError(ValueError):
    """Something of the safe can't be done or opened. `code` says why; app/safe_pages/words.py has the words.

    `safe_locked`: the person's private key is not open in this session. `factor_missing`: nor was a second factor
    given. `not_granted`: the person has no key of the organisation. `not_shared`: the organisation has none of the
    report. `unreadable`: a box is damaged, or doesn't hold the key that it should.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


LOCKED = "safe_locked"
FACTOR_MISSING = "factor_missing"
NOT_GRANTED = "not_granted"
NOT_SHARED = "not_shared"
UNREADABLE = "unreadable"
FORBIDDEN = "forbidden"
NOT_FOUND = "not_found"
