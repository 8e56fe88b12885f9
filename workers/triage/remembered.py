"""What was found out about words is remembered, since people use the same ones again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Remembered(dict[str, T]):
    """What was found out about each word; about a new one it is found out now. All is forgotten above `most` words."""

    def __init__(self, find_out: Callable[[str], T], most: int) -> None:
        super().__init__()
        self._find_out, self._most = find_out, most

    def __missing__(self, word: str) -> T:
        if len(self) > self._most:
            self.clear()
        found = self[word] = self._find_out(word)
        return found
