"""A report that is still being filled in: reported with its first page, readable by nobody but its writer's page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from marshmallow import ValidationError
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.intake import drafts
from app.intake.consent import Consent
from app.intake.drafts import OPEN_FOR, READ_AFTER, REPEATED_FOR, Given
from app.intake.service import NewReport
from app.intake.submission import Submission
from app.models import Channel, Draft, Message, OwedWork, Report, ReportState
from app.settings import Settings
from tests.integration.public.conftest import sealed_contents

STORY = "Ils ont brûlé trois greniers à Dinangourou."
SECRETS = ("greniers", "Dinangourou", "76 12 34 56")


@pytest.fixture
def session(app: Flask) -> None:
    """The application's database is there."""


def new_report(nonce: str = "nonce") -> NewReport:
    return NewReport(Channel.WEB, f"{nonce}:{STORY}", {}, utcnow())


def begin(settings: Settings, nonce: str = "nonce") -> str:
    token = drafts.begin(settings, new_report(nonce), Submission(text=STORY))
    assert token is not None
    return token


def where(place: str) -> Callable[[Given], Given]:
    def change(given: Given) -> Given:
        return replace(given, submission=replace(given.submission, where=place))

    return change


def add(settings: Settings, token: str, place: str = "Koro") -> Given | None:
    return drafts.add(settings, token, where(place))


def given(settings: Settings, token: str) -> Given | None:
    db.session.rollback()
    opened = drafts.read(settings, db.session(), token)
    return opened.given if opened else None


def work() -> OwedWork:
    db.session.rollback()
    return db.session.scalars(select(OwedWork)).one()


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


@pytest.mark.usefixtures("session")
def test_beginning_is_reporting_and_workers_wait_for_more(settings: Settings) -> None:
    token = begin(settings)
    assert sealed_contents() == [{"text": STORY}]
    assert given(settings, token) == Given(Submission(text=STORY))
    assert work().available_at > utcnow() + READ_AFTER - timedelta(minutes=1)


@pytest.mark.usefixtures("session")
def test_every_page_seals_the_whole_anew_and_gives_its_writer_time(settings: Settings) -> None:
    token = begin(settings)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        after = add(settings, token)
        assert work().available_at > utcnow() + READ_AFTER - timedelta(minutes=1)
    assert after == given(settings, token) == Given(Submission(text=STORY, where="Koro"))
    assert sealed_contents() == [{"text": STORY, "where": "Koro"}]


@pytest.mark.usefixtures("session")
def test_consent_and_version_are_beside_the_seal(settings: Settings) -> None:
    token = begin(settings)
    consent = Consent(may_ask=True, share_with=frozenset({"cndh"}))
    answers = Submission(text=STORY, answers={"danger": "yes"}, questionnaire_version=3)
    drafts.add(settings, token, lambda _: Given(answers, consent))
    report = db.session.scalars(select(Report)).one()
    assert report.consent == consent.as_record()
    assert report.questionnaire_version == 3


@pytest.mark.usefixtures("session")
def test_finishing_has_it_read_now_and_forgets_what_was_given(settings: Settings) -> None:
    token = begin(settings)
    add(settings, token)
    code = drafts.finish(settings, token)
    assert code is not None
    assert work().available_at < utcnow() + timedelta(minutes=1)
    assert draft().encrypted_answers == b""
    assert given(settings, token) is None
    assert add(settings, token, "elsewhere") is None
    assert sealed_contents() == [{"text": STORY, "where": "Koro"}]


@pytest.mark.usefixtures("session")
def test_the_code_can_be_had_again_for_a_few_minutes_without_new_work(settings: Settings) -> None:
    token = begin(settings)
    code = drafts.finish(settings, token)
    with transaction() as session:
        session.scalars(select(OwedWork)).one().done_at = utcnow()
    assert drafts.finish(settings, token) == code
    assert work().done_at is not None
    with time_machine.travel(datetime.now(UTC) + REPEATED_FOR + timedelta(seconds=1)):
        assert drafts.finish(settings, token) is None


@pytest.mark.usefixtures("session")
def test_begun_twice_it_is_one_report_and_one_draft_with_everything_in_it(settings: Settings) -> None:
    token = begin(settings)
    add(settings, token)
    assert begin(settings) == token
    assert given(settings, token) == Given(Submission(text=STORY, where="Koro"))
    assert begin(settings, "another page") != token
    assert db.session.query(Report).count() == 2


@pytest.mark.usefixtures("session")
def test_begun_again_after_the_end_it_stays_ended(settings: Settings) -> None:
    drafts.finish(settings, begin(settings))
    again = (new_report(), Submission(text=STORY))
    assert drafts.begin(settings, *again) is None
    with time_machine.travel(datetime.now(UTC) + REPEATED_FOR + timedelta(seconds=1)):
        with transaction() as session:
            drafts.erase_expired(session)
        assert drafts.begin(settings, *again) is None
    assert db.session.query(Draft).count() == 0


def test_clicks_at_the_same_moment_open_one_draft(app: Flask, settings: Settings) -> None:
    def click(_: int) -> str | None:
        with app.app_context():
            try:
                return drafts.begin(settings, new_report(), Submission(text=STORY))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        tokens = set(pool.map(click, range(4)))
    assert len(tokens) == 1
    assert given(settings, str(tokens.pop())) == Given(Submission(text=STORY))


def test_pages_sent_at_the_same_moment_are_all_kept(app: Flask, settings: Settings) -> None:
    token = begin(settings)

    def send(name: str) -> None:
        def change(held: Given) -> Given:
            answers = {**held.submission.answers, name: "yes"}
            return replace(held, submission=replace(held.submission, answers=answers))

        with app.app_context():
            drafts.add(settings, token, change)
            db.session.remove()

    names = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, names))
    held = given(settings, token)
    assert held is not None
    assert set(held.submission.answers) == set(names)


@pytest.mark.usefixtures("session")
def test_nothing_of_a_draft_can_be_read_without_its_page(settings: Settings) -> None:
    token = begin(settings)
    drafts.add(settings, token, lambda _: Given(Submission(text=STORY, contact="76 12 34 56")))
    db.session.rollback()
    rows = [
        str(value).encode() + (value if isinstance(value, bytes) else b"")
        for table in (Draft, Report, Message, OwedWork)
        for row in db.session.scalars(select(table))
        for value in (getattr(row, column.name) for column in table.__table__.columns)
    ]
    key = base64.urlsafe_b64decode(token)
    for row in rows:
        assert not any(secret.encode() in row for secret in SECRETS)
        assert key not in row
        assert key.hex().encode() not in row
        assert token.encode() not in row


@pytest.mark.usefixtures("session")
def test_how_much_was_written_hardly_shows(settings: Settings) -> None:
    sizes = set()
    for nonce, place in (("one", "K"), ("two", "Koro")):
        token = begin(settings, nonce)
        add(settings, token, place)
        sizes.add(len(db.session.scalars(select(Draft.encrypted_answers)).all()[-1]))
    assert len(sizes) == 1


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("token", ["", "x", "é", "A" * 43, "A" * 44, "A" * 10_000, "=" * 44])
def test_a_token_that_is_not_ours_opens_nothing(settings: Settings, token: str) -> None:
    begin(settings)
    assert given(settings, token) is None
    assert add(settings, token) is None
    assert drafts.finish(settings, token) is None


@pytest.mark.usefixtures("session")
def test_a_draft_that_is_too_old_is_over_and_forgotten_and_its_report_stays(settings: Settings) -> None:
    token = begin(settings)
    with time_machine.travel(datetime.now(UTC) + OPEN_FOR + timedelta(seconds=1)):
        assert given(settings, token) is None
        assert add(settings, token) is None
        assert drafts.finish(settings, token) is None
        with transaction() as session:
            drafts.erase_expired(session)
    assert db.session.query(Draft).count() == 0
    assert sealed_contents() == [{"text": STORY}]


@pytest.mark.usefixtures("session")
def test_what_a_withdrawn_report_held_is_not_put_back(settings: Settings) -> None:
    token = begin(settings)
    with transaction() as session:
        session.scalars(select(Report)).one().state = ReportState.WITHDRAWN
        session.scalars(select(Message)).one().sealed_content = None
    add(settings, token)
    db.session.rollback()
    assert db.session.scalars(select(Message.sealed_content)).one() is None


@pytest.mark.usefixtures("session")
def test_a_page_that_is_refused_changes_nothing(settings: Settings) -> None:
    token = begin(settings)

    def refuse(_: Given) -> Given:
        raise ValidationError("no")

    with pytest.raises(ValidationError):
        drafts.add(settings, token, refuse)
    assert given(settings, token) == Given(Submission(text=STORY))
    assert sealed_contents() == [{"text": STORY}]


@pytest.mark.usefixtures("session")
def test_a_draft_of_one_report_says_nothing_of_another(settings: Settings) -> None:
    mine, theirs = begin(settings, "mine"), begin(settings, "theirs")
    add(settings, theirs, "Ouo")
    held = given(settings, mine)
    assert held is not None
    assert held.submission.where == ""
