"""Suggestions for the lists, what was accepted, and how often masks are corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.casework.tokens import MaskLabel, label_of, tokens_in
from app.clock import BAMAKO, utcnow
from app.models import (
    CorrectionState,
    MaskChange,
    MaskCorrection,
    Message,
    NameKind,
    NameSuggestion,
    SuggestionState,
)

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class MaskFigures:
    """Masks of one kind in the messages of a period: by the machine, wrong ones among them, added by people."""

    label: MaskLabel
    by_machine: int
    removed: int
    added: int

    @property
    def precision(self) -> float | None:
        """The share of the machine's masks that nobody took away; none where it made none."""
        return 1 - self.removed / self.by_machine if self.by_machine else None


def suggestions(session: Session, state: SuggestionState) -> Sequence[NameSuggestion]:
    """The suggestions in a state, those that most corrections speak for first; at most a page of them."""
    statement = select(NameSuggestion).where(NameSuggestion.state == state)
    ordered = statement.order_by(NameSuggestion.count.desc(), NameSuggestion.word, NameSuggestion.kind)
    return session.scalars(ordered.limit(PAGE_SIZE)).all()


def counts(session: Session) -> dict[str, int]:
    """How many suggestions are in each state."""
    found = session.execute(select(NameSuggestion.state, func.count()).group_by(NameSuggestion.state)).all()
    return {str(state): 0 for state in SuggestionState} | {state: count for state, count in found}  # noqa: C416


def accepted_words(session: Session, kind: NameKind) -> frozenset[str]:
    """The words of a kind that were accepted, folded."""
    statement = select(NameSuggestion.word).where(
        NameSuggestion.kind == kind, NameSuggestion.state == SuggestionState.ACCEPTED
    )
    return frozenset(session.scalars(statement))


def month_start() -> datetime:
    """The first moment of this month in Bamako."""
    return utcnow().astimezone(BAMAKO).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def figures(session: Session, since: datetime) -> list[MaskFigures]:
    """How masks fared in the messages received since a moment, by kind of token."""
    standing, corrected = _standing(session, since), _corrected(session, since)
    return [_figures(label, standing[label], corrected) for label in MaskLabel]


def _figures(label: MaskLabel, standing: int, corrected: Counter[tuple[MaskLabel, str, str]]) -> MaskFigures:
    added = corrected[label, MaskChange.ADDED, CorrectionState.DONE]
    undone = corrected[label, MaskChange.ADDED, CorrectionState.UNDONE]
    removed = corrected[label, MaskChange.REMOVED, CorrectionState.DONE] - undone
    return MaskFigures(label, max(standing - added, 0) + removed, removed, added)


def _standing(session: Session, since: datetime) -> Counter[MaskLabel]:
    """Masks that stand in messages, each token once a message. Reads in order, in constant memory."""
    texts = select(Message.anonymised_text).where(
        Message.created_at >= since, Message.anonymised_text.contains("[", autoescape=True)
    )
    found: Counter[MaskLabel] = Counter()
    for text in session.scalars(texts.execution_options(yield_per=500)):
        found.update(label_of(token) for token in tokens_in(text or ""))
    return found


def _corrected(session: Session, since: datetime) -> Counter[tuple[MaskLabel, str, str]]:
    statement = (
        select(MaskCorrection.token, MaskCorrection.change, MaskCorrection.state)
        .join(Message, Message.id == MaskCorrection.message_id)
        .where(Message.created_at >= since)
    )
    rows = session.execute(statement)
    return Counter((label_of(token), change, state) for token, change, state in rows)
