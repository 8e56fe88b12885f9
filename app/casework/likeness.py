"""Finding cases again by what they share, with an index and never by reading all of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import Subquery, delete, func, select
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
    """Other cases that share keys of a kind, those with the most first; withdrawn ones are left out.

    Withdrawn cases are looked for among twice as many as are wanted: a week of much violence, or a name that
    thousands bear, is counted from the index alone, and no further case is read for it.
    """
    if not keys:
        return []
    most = _sharing_most(case, kind, keys, 2 * limit)
    statement = (
        select(most.c.case_id)
        .join(Case, Case.id == most.c.case_id)
        .where(Case.is_withdrawn.is_(False))
        .order_by(most.c.shared.desc(), most.c.case_id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def _sharing_most(case: Case, kind: LikenessKind, keys: Collection[bytes], limit: int) -> Subquery:
    shared = func.count()
    sharing = (
        select(Likeness.case_id, shared.label("shared"))
        .where(Likeness.kind == kind, Likeness.key.in_(keys), Likeness.case_id != case.id)
        .group_by(Likeness.case_id)
        .order_by(shared.desc(), Likeness.case_id)
    )
    return sharing.limit(limit).subquery()
