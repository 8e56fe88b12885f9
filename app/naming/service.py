"""Counting what corrections speak for, and deciding on it. A suggestion is one word and belongs to no case."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.folding import fold
from app.models import NameKind, NameSuggestion, SuggestionState, User

SHORTEST_WORD, LONGEST_WORD = 3, 40
_WORD = re.compile(
    r"(?:[nm]['’](?=[bcdfghjklmnpqrstvwxyz]))?[^\W\d_]+"
)  # N'Golo is one word, d'Amadou is two


def suggest(session: Session, words: str, kind: NameKind) -> None:
    """Count each word of a mask, folded, as proposed for the lists; what was decided on it stays decided."""
    audit.lock(session)  # two corrections of one word at a time would both find none
    for word in single_words(words):
        known = session.scalar(
            select(NameSuggestion).where(NameSuggestion.word == word, NameSuggestion.kind == kind)
        )
        if known is None:
            session.add(NameSuggestion(id=uuid.uuid4(), word=word, kind=kind, count=1))
        else:
            known.count += 1
    session.flush()


def single_words(words: str) -> list[str]:
    """The words that can stand in a list: lower case without accents, each once, neither tiny nor endless."""
    found = (re.sub("['’]", "", match.group()) for match in _WORD.finditer(fold(words)))
    return list(dict.fromkeys(word for word in found if SHORTEST_WORD <= len(word) <= LONGEST_WORD))


def decide(session: Session, user: User, ids: Collection[uuid.UUID], state: SuggestionState) -> int:
    """Accept or reject suggestions; how many changed. A word is never accepted as a name and as none at once."""
    found = session.scalars(select(NameSuggestion).where(NameSuggestion.id.in_(ids))).all()
    changed = [each for each in found if each.state != state]
    for suggestion in changed:
        _put(session, user, suggestion, state)
        if state is SuggestionState.ACCEPTED:
            _reject_opposite(session, user, suggestion)
    return len(changed)


def _reject_opposite(session: Session, user: User, accepted: NameSuggestion) -> None:
    opposite = session.scalar(
        select(NameSuggestion).where(
            NameSuggestion.word == accepted.word,
            NameSuggestion.kind != accepted.kind,
            NameSuggestion.state == SuggestionState.ACCEPTED,
        )
    )
    if opposite is not None:
        _put(session, user, opposite, SuggestionState.REJECTED)


def _put(session: Session, user: User, suggestion: NameSuggestion, state: SuggestionState) -> None:
    before, suggestion.state = suggestion.state, state
    suggestion.decided_by_id, suggestion.decided_at = user.id, utcnow()
    detail = {"kind": suggestion.kind, "from": before, "to": str(state)}
    audit.record(
        session, Action.NAME_DECIDED, f"name:{suggestion.id}", actor=f"user:{user.id}", detail=detail
    )
