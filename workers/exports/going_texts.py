"""Which accounts go out of a release, and why the others don't: only what was made ready, of the account as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from app.exports.fields import texts_while_waiting
from app.exports.release_texts import digest_of
from app.models import GOES_OUT, NameKind, ReleaseState
from app.naming.queries import accepted_words
from workers.exports.preparing import known_language, state_of
from workers.exports.reading import Batch, Facts, read_part_rows
from workers.exports.release import Withheld
from workers.exports.second_pass import second_pass
from workers.exports.statements import Part
from workers.pipeline import NO_NAMES, AcceptedNames

logger = structlog.get_logger()
NOT_READY, WAITING, REFUSED = "text_not_ready", "text_waiting", "text_refused"
PARTS = frozenset({Part.ACCOUNT})
_WHY = {ReleaseState.WAITING: WAITING, ReleaseState.REFUSED: REFUSED}


class GoingTexts:
    """The accounts of one release. A few that nobody made ready are made so here; any others stay away."""

    def __init__(self) -> None:
        self._left = texts_while_waiting()
        self.words = NO_NAMES  # the installation's own, once it was surveyed
        # Of those that were not ready: the text, None to stay away.
        self._made: dict[int, str | None] = {}

    def survey(self, session: Session, numbers: Sequence[int], field: str) -> list[Withheld]:
        """How many accounts stay away, by reason. Reads all of them; keeps the few that it had to make."""
        self.words = accepted_by(session)
        reasons = Counter(map(self._judge, read_part_rows(session, numbers, Part.ACCOUNT)))
        return [Withheld(reason, count, field) for reason, count in sorted(reasons.items()) if reason]

    def texts_of(self, batch: Batch) -> list[str | None]:
        """What stands in the cells: None where the account stays away."""
        made = self._made
        return [
            made[row.number] if made and row.number in made else _kept(row)[1]
            for (row,) in batch.of(Part.ACCOUNT)
        ]

    def _judge(self, account: Facts) -> str:
        """Why an account stays away; empty for one that goes out, or where there is none."""
        reason, _ = _kept(account)
        if reason != NOT_READY or not self._left:
            return reason
        self._left -= 1
        return self._make(account)

    def _make(self, account: Facts) -> str:
        try:
            ready = second_pass(account.anonymised_text, known_language(account.language), self.words)
        except Exception as error:  # noqa: BLE001 - an engine that fails leaves the account where it is
            logger.warning("release_text_failed", error=type(error).__name__)
            self._made[account.number] = None
            return NOT_READY
        goes = state_of(ready) in GOES_OUT
        self._made[account.number] = ready.text if goes else None
        return "" if goes else WAITING


def _kept(account: Facts) -> tuple[str, str | None]:
    """By what was made ready ahead: the reason to stay away, or the text."""
    _, _, whole, digest, state, ready = account
    if not whole:
        return "", None
    if digest != digest_of(whole):
        return NOT_READY, None
    if state not in GOES_OUT:
        return _WHY.get(state, NOT_READY), None
    return "", ready


def accepted_by(session: Session) -> AcceptedNames:
    """The installation's own words, by the session that reads: no other transaction may come between."""
    return AcceptedNames(accepted_words(session, NameKind.NAME), accepted_words(session, NameKind.NOT_A_NAME))
