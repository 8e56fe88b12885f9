"""Storing together what arrives at the same time: SQLite has one writer, and waiting for the disk is what costs.

While one thread waits for the disk the others gather; the next of them stores all of it in one statement. Nobody is
answered before what they brought is durable, and nobody waits for more than one other write.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.intake.arrivals import SealedArrival, store

Store = Callable[[list[SealedArrival]], None]


@dataclass
class _Brought:
    """What one thread brought, and how it went."""

    arrivals: Sequence[SealedArrival]
    is_settled: bool = False
    refusal: Exception | None = None


@dataclass
class Gathering:
    """The gathering of one process."""

    store: Store = store
    _waiting: list[_Brought] = field(default_factory=list)
    _gathering: threading.Lock = field(default_factory=threading.Lock)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, arrivals: Sequence[SealedArrival]) -> None:
        """Store arrivals, with those of others if there are any. Raises what the database raised.

        A refusal of what was gathered is tried once more alone: nobody's message fails for another's sake.
        """
        mine = _Brought(arrivals)
        with self._gathering:
            self._waiting.append(mine)
        with self._writing:
            if not mine.is_settled:
                self._write(self._take())
        if mine.refusal is not None:
            self.store(list(arrivals))

    def _take(self) -> list[_Brought]:
        with self._gathering:
            taken, self._waiting = self._waiting, []
        return taken

    def _write(self, gathered: Sequence[_Brought]) -> None:
        refusal: Exception | None = None
        try:
            self.store([arrival for brought in gathered for arrival in brought.arrivals])
        except Exception as error:  # noqa: BLE001 - each of those who wait is told
            refusal = error
        for brought in gathered:
            brought.is_settled, brought.refusal = True, refusal
