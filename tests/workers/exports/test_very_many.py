"""Exports of very many cases: read in one go, made by a process of its own, and the same rows as of a few."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from multiprocessing import Pipe
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from app.clock import utcnow
from app.database import db, transaction
from app.exports.release_texts import digest_of
from app.models import Case, Role, User
from app.plain_text import are_harmless, harmless
from tests.workers.exports.asked import asked_for, many_cases, released, rows_of
from workers.exports import apart, reading
from workers.exports.among import plans
from workers.exports.flowing import readings_closed
from workers.exports.second_pass import Ready
from workers.exports.text_digests import TextDigest, teach_digests
from workers.pipeline import NO_NAMES
from workers.processing import Keys

ACCOUNTS = ("Des hommes ont frappé quelqu'un.", "é\n“guillemets”", "")


def test_rows_read_in_one_go_are_those_read_batch_by_batch(
    keys: Keys, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.exports.going_texts.second_pass", lambda text, *_: Ready(text, 0.0, ()))
    user = make_user(role=Role.ANALYST)
    numbers = many_cases(7)
    with transaction() as session:
        for number, account in zip(numbers, ACCOUNTS, strict=False):
            session.execute(update(Case).where(Case.number == number).values(anonymised_text=account))
        session.execute(update(Case).where(Case.number == numbers[3]).values(is_withdrawn=True))
    record = asked_for(user, "cndh")
    at_once = released(keys, record)
    expected = {code: rows_of(at_once, code) for code in at_once.tables}
    assert len(expected["cases"]) == 6
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    flowing = released(keys, record)
    assert {code: rows_of(flowing, code) for code in flowing.tables} == expected
    assert flowing.withheld == at_once.withheld
    session, open_cursors = db.session(), text("SELECT count(*) FROM pg_cursors")
    is_served = plans(session.connection())
    with readings_closed(session):  # what a writer that fails leaves behind
        begun = [iter(table.rows()) for table in flowing.tables.values()]
        assert all(next(rows) for rows in begun[:3])
        assert not is_served or session.scalar(open_cursors)
    assert not is_served or session.scalar(open_cursors) == 0, "one would be closed in another transaction"
    session.rollback()
    del begun
    teach_digests(session.connection())
    digests = select(Case.anonymised_text, TextDigest(Case.anonymised_text))
    assert all(digest_of(account) == digest for account, digest in session.execute(digests))


@given(st.lists(st.text(st.sampled_from("a7=+ -@\t\n\r\x0bé＝\u200b"), max_size=4), max_size=5))
def test_texts_that_pass_together_would_each_be_left_as_they_are(texts: list[str]) -> None:
    assert not are_harmless(texts) or [harmless(text) for text in texts] == texts


def test_many_cases_are_exported_apart_and_the_worker_reads_for_them(
    keys: Keys, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, went = make_user(role=Role.ANALYST), []
    many_cases(2)

    def go_apart(export_id: uuid.UUID) -> datetime:
        went.append(export_id)
        return utcnow()

    monkeypatch.setattr(apart, "make_apart", go_apart)
    monkeypatch.setattr(apart, "make", lambda *_: None)
    record = asked_for(user, "cndh")
    assert apart.make_where_it_fits(keys, record.id) is None
    monkeypatch.setattr(apart, "MANY", 2)
    assert apart.make_where_it_fits(keys, record.id) is not None
    assert went == [record.id]


def test_texts_are_read_across_and_whatever_goes_wrong_keeps_them_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready = Ready("Un homme.", 0.0, ())
    monkeypatch.setattr(apart, "second_pass", lambda text, *_: {"Un homme.": ready}[text])
    here, there = Pipe()
    ended: list[str] = []

    def answer() -> None:
        try:
            apart._answer(here)
        except apart.EndedEarly as error:
            ended.append(type(error).__name__)

    worker = Thread(target=answer)
    worker.start()
    ask = apart._asking(there)
    assert ask("Un homme.", "fra", NO_NAMES) == ready
    with pytest.raises(apart.NotRead):
        ask("what the engines fail at", None, NO_NAMES)
    there.close()  # it ended before it was done
    worker.join()
    here.close()
    assert ended == ["EndedEarly"]
    with pytest.raises(OSError, match="closed"):
        ask("Un homme.", None, NO_NAMES)
