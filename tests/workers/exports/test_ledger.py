"""The ledger: a later release is decided beside what its audience and everybody got, whoever is faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.database import db, transaction
from app.exports.level_rules import LevelRules, rules_for
from app.exports.levels import Level
from app.models import ReleaseEntry, ReleaseLedger, User
from tests.unit.disclosure.villages import Row, columns, rows
from tests.workers.exports.asked import asked_for
from workers.disclosure.deciding import Decided, decide
from workers.disclosure.differencing import Partition
from workers.disclosure.limits import Limits
from workers.exports import ledger
from workers.exports.ledger_packing import packed, unpacked

LIMITS = Limits(k=5, l=2, highest_mean=0.05, most_suppressed=0.2)


def decided_beside(compared: ledger.Earlier, of: list[Row]) -> Decided:
    told, numbers = [row.violations for row in of], [row.member for row in of]
    return decide(columns(of), told, numbers, LIMITS, compared.partitions)


def test_what_was_released_is_remembered_for_those_who_have_it(
    app: Flask, make_user: Callable[..., User]
) -> None:
    with app.app_context():
        analyst = make_user()
        partner = analyst.organisation_id
        cases = rows(400, 5, cercles=3)

        first, again, public = (asked_for(analyst, level) for level in ("partner", "partner", "public"))
        nothing = ledger.earlier(db.session(), Level.PARTNER, partner)
        assert [len(each.members) for each in nothing.partitions] == [
            0,
            0,
            0,
        ]  # theirs, any partner's, everybody's
        decided = decided_beside(nothing, cases[:-3])
        for _ in range(2):  # a job that runs twice enters it once
            with transaction() as session:
                ledger.note(session, first, decided, nothing)
        assert db.session.scalar(select(func.count()).select_from(ReleaseEntry)) == 1

        theirs = ledger.earlier(db.session(), Level.PARTNER, partner)
        assert set(theirs.partitions[0].members.tolist()) == set(decided.members.tolist())
        second = decided_beside(theirs, cases)
        assert not {row.member for row in cases[-3:]} & set(second.members.tolist())
        with pytest.raises(ledger.LedgerMoved), transaction() as session:
            ledger.note(session, again, second, nothing)  # decided before the first was noted
        with transaction() as session:
            ledger.note(session, again, second, theirs)

        everybody = ledger.earlier(db.session(), Level.PUBLIC, None)
        with transaction() as session:
            ledger.note(session, public, decided_beside(everybody, cases), everybody)
        others = ledger.earlier(db.session(), Level.PARTNER, None)
        assert list(others.versions) == ["partner", "public", f"partner:{partner.hex}"]
        assert [len(each.members) > 0 for each in others.partitions] == [False, True, True], (
            "what is public, all have; and whoever isn't named may be anybody"
        )
        unnamed = asked_for(analyst, "partner")
        seen = replace(
            others, partitions=others.partitions[:2], versions=dict([*others.versions.items()][:2])
        )
        with pytest.raises(ledger.LedgerMoved), transaction() as session:
            ledger.note(session, unnamed, second, seen)  # decided before there was anybody else
        kept = db.session.scalars(select(ReleaseLedger.version).order_by(ReleaseLedger.audience)).all()
        assert kept == [2, 1]


@given(st.dictionaries(st.integers(1, 2**31), st.integers(1, 10_000)))
def test_packing_keeps_everything(groups: dict[int, int]) -> None:
    members = np.array(sorted(groups), np.int64)
    partition = Partition(members, np.array([groups[member] for member in sorted(groups)], np.int64))
    back = unpacked(packed(partition))
    assert back.members.tolist() == partition.members.tolist()
    assert back.groups.tolist() == partition.groups.tolist()


def test_levels_ask_for_no_less_than_was_promised() -> None:
    partner, public = rules_for(Level.PARTNER), rules_for(Level.PUBLIC)
    assert partner is not None
    assert public is not None
    assert (partner.k, partner.l, public.k, public.l) == (5, 2, 10, 3)
    assert rules_for(Level.CNDH) is rules_for(Level.JUDICIAL) is None
    with pytest.raises(ValueError, match="promised"):
        LevelRules(4, 2, 0.03, 0.1, 5, 0, {}, {})
    with pytest.raises(ValueError, match="share"):
        LevelRules(5, 2, 0.0, 0.1, 5, 0, {}, {})
