"""Finding cases again by what they share, with an index and never by reading all of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.models import Case, Message
from app.models.likeness import Likeness, LikenessKind

Keys = Mapping[LikenessKind, Collection[bytes]]


def remember(session: Session, case: Case, message: Message, keys: Keys) -> None:
    """Keep the keys of one message, in place of those it had."""
    session.execute(delete(Likeness).where(Likeness.message_id == message.id))
    session.add_all(
        Likeness(case_id=case.id, message_id=message.id, kind=kind, key=key)
        for kind, found in keys.items()
        for key in set(found)
    )


def cases_sharing(
    session: Session, case: Case, kind: LikenessKind, keys: Collection[bytes], *, limit: int
) -> list[uuid.UUID]:
    """Other cases that share keys of a kind, those with the most first; withdrawn ones are left out."""
    if not keys:
        return []
    shared = func.count()
    statement = (
        select(Likeness.case_id)
        .join(Case, Case.id == Likeness.case_id)
        .where(Likeness.kind == kind, Likeness.key.in_(keys), Likeness.case_id != case.id)
        .where(Case.is_withdrawn.is_(False))
        .group_by(Likeness.case_id)
        .order_by(shared.desc(), Likeness.case_id)
        .limit(limit)
    )
    return list(session.scalars(statement))
