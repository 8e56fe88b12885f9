"""What invented cases have once they are established: victims on record, and an account that is ready to go out."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, text, update
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.exports.release_texts import digest_of
from app.models import Act, Case, Involvement, InvolvementRole, Person, PersonKind, ReleaseState, ReleaseText
from workers.benchmarks.bulk import indexed_at_the_end, write_rows
from workers.benchmarks.many_cases import AT_ONCE

_SEED = 20150620
_SEXES = ("female", "male", "unknown")
_AGES = ("child", "adolescent", "adult", "adult", "elderly", "unknown")
_CONDITIONS = ("killed", "injured", "unknown", "unknown")
_WRITTEN = (Person, Involvement, ReleaseText)

Found = Row[uuid.UUID, str, uuid.UUID]  # a case, its account, its main act


def establish_cases(session: Session) -> None:
    """Verified when they came in; for each case one victim of its main act, and its account, clear. In the caller's
    transaction.
    """
    session.execute(text("UPDATE casefile SET verified_at = received_at"))
    chance = random.Random(_SEED)  # noqa: S311 - the same victims every time
    main = select(Case.id, Case.anonymised_text, Act.id).join(Act, Act.case_id == Case.id).where(Act.is_main)
    cases = session.execute(main.order_by(Case.number)).all()
    with indexed_at_the_end(session, _WRITTEN):
        for start in range(0, len(cases), AT_ONCE):
            _write(session, cases[start : start + AT_ONCE], chance)


def forget_texts(session: Session, count: int) -> None:
    """The first so many cases have another account than the one that was made ready to go out."""
    first = select(Case.id).where(Case.number <= count)
    session.execute(update(ReleaseText).where(ReleaseText.case_id.in_(first)).values(source_digest=bytes(32)))


def _write(session: Session, cases: Sequence[Found], chance: random.Random) -> None:
    victims = [_victim(case_id, chance) for case_id, _, _ in cases]
    roles = [
        {"id": uuid.uuid4(), "case_id": case_id, "person_id": victim["id"], "act_id": act_id}
        | {"role": InvolvementRole.VICTIM}
        for (case_id, _, act_id), victim in zip(cases, victims, strict=True)
    ]
    write_rows(session, Person, victims)
    write_rows(session, Involvement, roles)
    write_rows(session, ReleaseText, [_ready(case_id, account) for case_id, account, _ in cases])


def _victim(case_id: uuid.UUID, chance: random.Random) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "case_id": case_id,
        "kind": PersonKind.INDIVIDUAL,
        "sex": chance.choice(_SEXES),
        "age_group": chance.choice(_AGES),
        "state": chance.choice(_CONDITIONS),
    }


def _ready(case_id: uuid.UUID, account: str) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "case_id": case_id,
        "source_digest": digest_of(account),
        "text": account,
        "residual_risk": 0.0,
        "engine": "benchmark",
        "state": ReleaseState.CLEAR,
        "made_at": utcnow() - timedelta(minutes=5),
    }
