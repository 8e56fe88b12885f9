"""Words that colleagues typed into the record, for a copy that goes out: masked a second time, as accounts are.

Nobody reads them one by one before they go, as accounts above the limit are read: above it they stay away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.exports.fields import residual_risk_limit, texts_while_waiting
from app.models import Act, Case, Person
from app.plain_text import plain
from workers.anonymise.token_words import TOKEN
from workers.exports.among import about
from workers.exports.going_texts import accepted_by
from workers.exports.release import Withheld
from workers.exports.second_pass import HIDDEN, SecondPass, second_pass
from workers.pipeline import NO_NAMES, AcceptedNames

logger = structlog.get_logger()

TYPED = "typed_text"
_COLUMNS: Mapping[tuple[str, str], InstrumentedAttribute[str]] = {
    ("acts", "method"): Act.method,
    ("persons", "label"): Person.label,
}


@dataclass
class TypedTexts:
    """The typed words of one release. `made` is by what was typed: what stands in the cell, None to stay away.

    So many different ones are looked at as accounts that aren't ready; any others stay away, and so does whatever the
    machine fails at.
    """

    words: AcceptedNames = NO_NAMES
    made: dict[str, str | None] = field(default_factory=dict)
    left: int = field(default_factory=texts_while_waiting)
    again: SecondPass | None = None  # reads in place of this process

    @classmethod
    def of(cls, session: Session) -> TypedTexts:
        """With the installation's own words, by the session that reads."""
        return cls(accepted_by(session))

    def text_of(self, typed: str | None) -> str | None:
        """What stands in a cell: None where nothing was typed, or it stays away."""
        if not typed:
            return None
        bare = _bare(plain(typed))
        if not bare or is_of_tokens(bare):
            return bare or None
        if bare not in self.made:
            self.made[bare] = self._make(bare)
        return self.made[bare]

    def shown(self, typed: str) -> str:
        """The same for a paper, where what stays away leaves a mark."""
        return (self.text_of(typed) or HIDDEN) if typed else ""

    @property
    def kept_back(self) -> int:
        """How many different ones stay away so far."""
        return sum(text is None for text in self.made.values())

    def survey(self, session: Session, numbers: Sequence[int], table: str, code: str) -> Withheld | None:
        """How many cells of a field stay away, if any do."""
        counts = _typed(session, numbers, _COLUMNS[table, code])
        count = sum(many for typed, many in counts if self.text_of(typed) is None)
        return Withheld(TYPED, count, code) if count else None

    def _make(self, typed: str) -> str | None:
        if not self.left:
            return None
        self.left -= 1
        try:
            ready = (self.again or second_pass)(typed, None, self.words)
        except Exception as error:  # noqa: BLE001 - an engine that fails lets nothing out
            logger.warning("release_text_failed", error=type(error).__name__)
            return None
        return ready.text if ready.residual_risk <= residual_risk_limit() else None


def is_of_tokens(typed: str) -> bool:
    """Whether words are signs of the account and nothing else."""
    return bool(typed.strip()) and not TOKEN.sub("", typed).strip(" ,;.")


def _bare(typed: str) -> str:
    """Signs without what stands beside their number: there a person can type whatever they like."""
    return TOKEN.sub(r"[\1-\2]", typed).strip()


def _typed(
    session: Session, numbers: Sequence[int], column: InstrumentedAttribute[str]
) -> Iterator[tuple[str, int]]:
    """What was typed into a field of these cases, and in how many rows; the same words may come again."""
    owner: Any = column.class_
    standing: ColumnElement[bool] = owner.removed_at.is_(None)
    found = select(column, func.count()).join(Case, Case.id == owner.case_id)
    return about(session, numbers, found.where(column != "", standing).group_by(column))
