"""Whoever stops half-way through the form has reported: workers read what there is, and what comes later too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from app.clock import utcnow
from app.database import db, transaction
from app.intake import drafts
from app.intake.drafts import Given
from app.intake.service import NewReport
from app.intake.submission import Submission
from app.models import Channel, Message, OwedWork, Report, ReportState
from app.settings import Settings
from workers import jobs

STORY = "Des hommes armés ont pris vingt bœufs et frappé le berger."


def begin(settings: Settings) -> str:
    """Send the first page."""
    new = NewReport(Channel.WEB, "nonce", {}, utcnow())
    token = drafts.begin(settings, new, Submission(text=STORY))
    assert token is not None
    return token


def name_a_place(given: Given) -> Given:
    """Fill in the second page."""
    return replace(given, submission=replace(given.submission, where="Koro"))


def report() -> Report:
    db.session.rollback()
    return db.session.scalars(select(Report)).one()


def pass_time() -> None:
    """The quarter of an hour is over in which one more page might have come."""
    with transaction() as session:
        session.execute(update(OwedWork).values(available_at=utcnow() - timedelta(seconds=1)))


def test_nobody_reads_while_pages_may_still_come(settings: Settings, work: Callable[[], None]) -> None:
    begin(settings)
    jobs.enqueue_owed_work()
    work()
    assert report().state == ReportState.RECEIVED


def test_what_was_given_is_read_when_nothing_more_came(settings: Settings, work: Callable[[], None]) -> None:
    drafts.add(settings, begin(settings), name_a_place)
    pass_time()
    jobs.enqueue_owed_work()
    work()
    assert report().state != ReportState.RECEIVED
    assert report().case_id is not None
    assert "bœufs" in (db.session.scalars(select(Message.anonymised_text)).one() or "")


def test_finishing_has_it_read_at_once(settings: Settings, work: Callable[[], None]) -> None:
    drafts.finish(settings, begin(settings))
    work()
    assert report().case_id is not None


def test_a_page_that_comes_after_the_reading_is_read_as_well(
    settings: Settings, work: Callable[[], None]
) -> None:
    token = begin(settings)
    pass_time()
    jobs.enqueue_owed_work()
    work()
    first = report().case_id
    drafts.add(settings, token, name_a_place)
    drafts.finish(settings, token)
    work()
    assert report().case_id == first
    assert "Koro" in (db.session.scalars(select(Message.anonymised_text)).one() or "")
