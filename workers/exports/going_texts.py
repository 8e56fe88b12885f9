"""Which accounts go out of a release, and why the others don't: only what was made ready, of the account as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from app.exports.fields import texts_while_waiting
from app.models import GOES_OUT, NameKind, ReleaseState
from app.naming.queries import accepted_words
from workers.exports.preparing import known_language, state_of
from workers.exports.reading import Batch, read_part_rows
from workers.exports.release import Withheld
from workers.exports.second_pass import SecondPass, second_pass
from workers.exports.statement_columns import Facts
from workers.exports.statements import Part
from workers.pipeline import NO_NAMES, AcceptedNames

logger = structlog.get_logger()
NOT_READY, WAITING, REFUSED = "text_not_ready", "text_waiting", "text_refused"
PARTS = frozenset({Part.ACCOUNT})
_WHY = {ReleaseState.WAITING: WAITING, ReleaseState.REFUSED: REFUSED}


class GoingTexts:
    """The accounts of one release. A few that nobody made ready are made so here; any others stay away."""

    def __init__(self, again: SecondPass | None = None) -> None:
        self._again = again
        self._left = texts_while_waiting()
        self.words = NO_NAMES  # the installation's own, once it was surveyed
        # Of those that were not ready: the text, None to stay away.
        self._made: dict[int, str | None] = {}

    def survey(self, session: Session, numbers: Sequence[int], field: str) -> list[Withheld]:
        """How many accounts stay away, by reason. Reads those that aren't ready; keeps the few that it had to make."""
        self.words = accepted_by(session)
        reasons = Counter(map(self._judge, read_part_rows(session, numbers, Part.HELD)))
        return [Withheld(reason, count, field) for reason, count in sorted(reasons.items()) if reason]

    def texts_of(self, batch: Batch) -> list[str | None]:
        """What stands in the cells: None where the account stays away."""
        ready = batch.own["going_text"]
        if not self._made:
            return list(ready)
        return [self._made.get(number, text) for number, text in zip(batch.numbers, ready, strict=True)]

    def _judge(self, account: Facts) -> str:
        """Why an account stays away that isn't ready to go; empty for one that was made so."""
        reason = _WHY.get(account.state, NOT_READY) if account.is_current else NOT_READY
        if reason != NOT_READY or not self._left:
            return reason
        self._left -= 1
        return self._make(account)

    def _make(self, account: Facts) -> str:
        try:
            read = self._again or second_pass
            ready = read(account.anonymised_text, known_language(account.language), self.words)
        except Exception as error:  # noqa: BLE001 - an engine that fails leaves the account where it is
            logger.warning("release_text_failed", error=type(error).__name__)
            self._made[account.number] = None
            return NOT_READY
        goes = state_of(ready) in GOES_OUT
        self._made[account.number] = ready.text if goes else None
        return "" if goes else WAITING


def accepted_by(session: Session) -> AcceptedNames:
    """The installation's own words, by the session that reads: no other transaction may come between."""
    return AcceptedNames(accepted_words(session, NameKind.NAME), accepted_words(session, NameKind.NOT_A_NAME))
