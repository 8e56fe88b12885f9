"""Rows of many cases as one statement gives them, in the order of the cases' numbers, a batch at a time.

A cursor of the database's own: PostgreSQL goes through its tables once, and not by index for each batch anew, and hands
over as many rows as are asked for. A cursor must be closed within its transaction: by whoever reads to the end or
drops what reads, else by `readings_closed`, before an error reaches those who end the transaction.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from operator import itemgetter

from sqlalchemy.orm import Session

from workers.exports.statement_columns import Facts, Statement

_FETCHED_AT_ONCE = 2000  # rows in memory for each statement that is open
_OPEN = "seere_export_readings"
_number = itemgetter(0)


@contextmanager
def readings_closed(session: Session) -> Iterator[None]:
    """Close at the end whatever this session still reads by, whether all of it was read or not."""
    with ExitStack() as left_open:
        session.info[_OPEN] = left_open
        try:
            yield
        finally:
            session.info.pop(_OPEN, None)


class Flow:
    """The rows of a statement that begin with a case's number and come in its order."""

    def __init__(self, session: Session, statement: Statement) -> None:
        connection = session.connection()
        self._transaction = connection.get_transaction()
        self._result = connection.execute(
            statement, execution_options={"stream_results": True, "yield_per": _FETCHED_AT_ONCE}
        )
        self._pieces = self._result.partitions()
        self._rows: list[Facts] = []
        if (left_open := session.info.get(_OPEN)) is not None:
            left_open.callback(self.close)

    def upto(self, number: int) -> list[Facts]:
        """The next rows, as far as they are of cases up to this number."""
        taken: list[Facts] = []
        while not self._rows or _number(self._rows[-1]) <= number:
            taken += self._rows
            self._rows = list(next(self._pieces, ()))
            if not self._rows:
                return taken
        end = bisect_right(self._rows, number, key=_number)
        taken += self._rows[:end]
        del self._rows[:end]
        return taken

    def close(self) -> None:
        """Close the cursor, where its transaction hasn't ended and taken it along."""
        if self._transaction is not None and self._transaction.is_active:
            self._result.close()
