"""Pages that can be listened to: only what is recorded, only when pressed, and no page waits for the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.database import db, transaction
from app.intake import listening
from app.intake.listening import PREFIX, Page, key_of
from app.models import User, VoicePrompt
from tests.sounds import wave_file

Record = Callable[[str, str], None]
KEY_LENGTH = VoicePrompt.__table__.c.key.type.length  # type: ignore[attr-defined]


@pytest.fixture
def record(make_user: Callable[..., User]) -> Record:
    """Record a page: `record("first", "fr")`."""

    def keep(page: str, language: str) -> None:
        user = make_user()
        with transaction() as session:
            session.add(
                VoicePrompt(
                    id=uuid.uuid4(),
                    key=key_of(page),
                    language=language,
                    content_type="audio/wav",
                    audio=wave_file(),
                    updated_by_id=user.id,
                )
            )

    return keep


def test_a_page_without_a_recording_has_nothing_to_press(client: FlaskClient) -> None:
    assert "<audio" not in client.get("/receipt").text


def test_a_recorded_page_can_be_listened_to_in_its_language_alone(
    client: FlaskClient, record: Record
) -> None:
    record(Page.CODE, "bm")
    page = client.get("/receipt?lang=bm").text
    assert '<audio controls preload="none" src="/listen/code/bm"' in page
    assert "<audio" not in client.get("/receipt?lang=fr").text
    assert "<audio" not in client.get("/about?lang=bm").text


def test_the_sound_comes_whole_or_in_the_parts_asked_for_and_stays_in_no_cache(
    client: FlaskClient, record: Record
) -> None:
    record(Page.CODE, "bm")
    whole = client.get("/listen/code/bm")
    assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/wav", wave_file())
    assert whole.headers["Cache-Control"] == "no-store"
    part = client.get("/listen/code/bm", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")


@pytest.mark.parametrize(
    "address",
    ["/listen/code/fr", "/listen/other/bm", "/listen/greeting/bm", "/listen/../bm", "/listen/x/y/z"],
)
def test_nothing_else_is_served(client: FlaskClient, record: Record, address: str) -> None:
    record(Page.CODE, "bm")
    assert client.get(address).status_code == 404


def test_what_callers_hear_is_not_served_as_a_page(client: FlaskClient, record: Record) -> None:
    record(Page.CODE, "bm")
    with transaction() as session:
        session.query(VoicePrompt).update({"key": "code"})
    assert client.get("/listen/code/bm").status_code == 404


def test_a_page_is_shown_without_the_database_and_keeps_what_it_knew(
    app: Flask, client: FlaskClient, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(Page.CODE, "fr")
    assert "<audio" in client.get("/receipt").text
    tried: list[int] = []

    def fail(_session: object) -> None:
        tried.append(1)
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(listening, "recorded_pages", fail)
    with time_machine.travel(datetime.now(UTC) + 2 * listening.KNOWN_FOR, tick=False) as clock:
        for _ in range(3):
            assert "<audio" in client.get("/receipt").text
        assert len(tried) == 1  # an outage isn't asked after at each page
        clock.shift(listening.KNOWN_FOR + timedelta(seconds=1))
        assert client.get("/receipt").status_code == 200
        assert len(tried) == 2


def test_a_recording_is_found_within_a_minute_and_its_removal_too(
    client: FlaskClient, record: Record
) -> None:
    assert "<audio" not in client.get("/receipt").text
    record(Page.CODE, "fr")
    with time_machine.travel(datetime.now(UTC) + listening.KNOWN_FOR, tick=False) as clock:
        assert "<audio" in client.get("/receipt").text
        with transaction() as session:
            session.delete(session.query(VoicePrompt).one())
        clock.shift(listening.KNOWN_FOR)
        assert "<audio" not in client.get("/receipt").text


def test_every_page_that_is_always_there_has_a_key_that_fits(app: Flask) -> None:
    assert all(len(key_of(page)) <= KEY_LENGTH for page in Page)
    assert len(PREFIX) + listening.LONGEST_NAME == KEY_LENGTH
    assert db.session.query(VoicePrompt).count() == 0
