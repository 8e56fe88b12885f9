"""The audit chain shows every change, removal and insertion."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from app import audit
from app.audit import Action
from app.database import db, transaction


def write(count: int) -> None:
    for number in range(count):
        with transaction() as session:
            audit.record(session, Action.CASE_READ, f"case:{number}", actor="user:1", detail={"n": number})


def breaks() -> list[tuple[int, str]]:
    db.session.rollback()
    return [(found.sequence, found.problem) for found in audit.verify(db.session())]


def test_a_chain_that_nobody_touched_is_whole(app: Flask) -> None:
    write(5)
    assert breaks() == []


@pytest.mark.parametrize(
    ("damage", "sequence"),
    [
        ("UPDATE audit_entry SET actor = 'user:2' WHERE sequence = 3", 3),
        ("UPDATE audit_entry SET detail = '{\"n\": 9}' WHERE sequence = 3", 3),
        ("DELETE FROM audit_entry WHERE sequence = 3", 3),
        ("DELETE FROM audit_entry WHERE sequence = 1", 1),
    ],
)
def test_a_changed_or_missing_entry_is_found(app: Flask, damage: str, sequence: int) -> None:
    write(5)
    with transaction() as session:
        session.execute(text(damage))
    assert sequence in [found for found, _ in breaks()]


def test_writers_at_once_make_one_chain(app: Flask) -> None:
    def one(_: int) -> None:
        with app.app_context():
            write(3)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert breaks() == []
    assert db.session.scalar(text("SELECT count(*) FROM audit_entry")) == 18
