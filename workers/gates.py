"""Gates: a cheap look at a text for what stands in everything that a costly pattern can match.

A gate that shuts too much would leave a name or a number in a text without anybody noticing. So every gate of a whole
text is a `Gate`: the tests open them all at once, and hold that nothing more is found then.
"""

from __future__ import annotations

import re
from collections.abc import Callable


class Gate:
    """Says of a text whether it is worth asking for what lies behind; shut only where nothing can be found there."""

    __slots__ = ("_stands",)

    def __init__(self, stands: Callable[[str], bool]) -> None:
        """`stands` tells whether the signs stand in a text."""
        self._stands = stands

    @classmethod
    def on(cls, sign: str) -> Gate:
        """A gate that a regular expression opens, capitals or not."""
        search = re.compile(sign, re.IGNORECASE).search
        return cls(lambda text: search(text) is not None)

    def is_open(self, text: str) -> bool:
        """Whether something may be found in `text`."""
        return self._stands(text)
