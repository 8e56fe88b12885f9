"""A worker opens one thing for one browser: sealed anew, only while it is wanted and still allowed."""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from nacl.public import PrivateKey
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    Attachment,
    AuditEntry,
    Case,
    Contact,
    Message,
    Opening,
    OpeningSubject,
    Organisation,
    OrganisationKind,
    Report,
    Role,
    User,
)
from app.openings.answers import Answer, AnswerKind, CannotRead, read_answer
from app.openings.service import ask
from app.openings.subjects import Wanted
from app.sealing import seal
from tests.conftest import INTAKE_KEY
from workers.openings import answer_opening
from workers.processing import Keys

BROWSER = PrivateKey(b"\x09" * 32)
INTAKE = bytes(INTAKE_KEY.public_key)
NUMBER = "+22376543210"
SOUND = bytes(range(256)) * 40


def sealed_file(content: bytes) -> bytes:
    """A file as workers keep it."""
    return seal({"bytes": base64.b64encode(content).decode()}, INTAKE)


class Desk:
    """A case with a phone, its message, and a person of the desk who asks."""

    def __init__(self, make_case: Callable[..., Case], user: User) -> None:
        self.user = user
        self.case = make_case(channel="voice")
        with transaction() as session:
            sealed = seal({"address": NUMBER}, INTAKE)
            self.contact = Contact(id=uuid.uuid4(), digest=os.urandom(32), sealed_address=sealed)
            session.add(self.contact)
            session.flush()
            self.report = Report(
                id=uuid.uuid4(),
                channel="voice",
                channel_reference=os.urandom(32),
                receipt_hash=os.urandom(32),
                received_at=utcnow(),
                contact_id=self.contact.id,
                case_id=self.case.id,
            )
            session.add(self.report)
            session.flush()

    def keep(self, content_type: str = "audio/ogg", **columns: Any) -> Attachment:
        with transaction() as session:
            file = Attachment(
                id=uuid.uuid4(), report_id=self.report.id, state="kept", content_type=content_type, **columns
            )
            session.add(file)
        return file

    def write(self, content: dict[str, Any]) -> Message:
        with transaction() as session:
            message = Message(
                id=uuid.uuid4(),
                report_id=self.report.id,
                direction="in",
                state="received",
                channel="sms",
                sealed_content=seal(content, INTAKE),
            )
            session.add(message)
        return message

    def ask(self, subject: OpeningSubject, subject_id: uuid.UUID) -> Opening:
        with transaction() as session:
            return ask(
                session,
                session.get_one(User, self.user.id),
                Wanted(subject, subject_id, self.case.id),
                reason="a reason that is long enough",
                public_key=bytes(BROWSER.public_key),
            )


@pytest.fixture
def desk(app: Flask, make_case: Callable[..., Case], make_user: Callable[..., User]) -> Desk:
    return Desk(make_case, make_user(role=Role.MONITOR))


def result(opening: Opening) -> Opening:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Opening, opening.id)


def answered(keys: Keys, opening: Opening) -> Answer | None:
    """Run the worker; what the browser can read then."""
    answer_opening(keys, opening.id)
    sealed = result(opening).sealed_answer
    return read_answer(sealed, bytes(BROWSER)) if sealed else None


def test_a_number_is_for_the_browser_that_asked_and_no_other(desk: Desk, keys: Keys) -> None:
    opening = desk.ask(OpeningSubject.CONTACT, desk.contact.id)
    assert answered(keys, opening) == Answer(AnswerKind.NUMBER, NUMBER.encode())
    sealed = result(opening).sealed_answer or b""
    assert NUMBER.encode() not in sealed
    for key in (bytes(INTAKE_KEY), b"\x01" * 32):
        with pytest.raises(CannotRead):
            read_answer(sealed, key)


def test_a_recording_comes_without_metadata_where_there_is_such_a_copy(desk: Desk, keys: Keys) -> None:
    file = desk.keep(sealed_original=sealed_file(b"with metadata"), sealed_copy=sealed_file(SOUND))
    opening = desk.ask(OpeningSubject.ATTACHMENT, file.id)
    assert answered(keys, opening) == Answer(AnswerKind.FILE, SOUND, "audio/ogg")


def test_a_recording_without_a_copy_is_better_than_none(desk: Desk, keys: Keys) -> None:
    file = desk.keep(sealed_original=sealed_file(SOUND))
    assert answered(keys, desk.ask(OpeningSubject.ATTACHMENT, file.id)) == Answer(
        AnswerKind.FILE, SOUND, "audio/ogg"
    )


def test_of_a_picture_the_original_never_leaves(desk: Desk, keys: Keys) -> None:
    file = desk.keep("image/jpeg", sealed_original=sealed_file(b"GPS inside"))
    opening = desk.ask(OpeningSubject.ATTACHMENT, file.id)
    assert answered(keys, opening) is None
    assert result(opening).failure == "gone"


def test_bytes_that_nobody_could_decode_are_shown_in_several_alphabets(desk: Desk, keys: Keys) -> None:
    raw = base64.b64encode("à Koro".encode("utf-16-be")).decode()
    message = desk.write({"sender": NUMBER, "raw": raw, "encoding": ""})
    answer = answered(keys, desk.ask(OpeningSubject.MESSAGE, message.id))
    assert answer is not None
    assert "UCS-2: à Koro" in answer.text
    assert answer.text.startswith("00 e0 00 20")
    assert NUMBER not in answer.text


def test_a_readable_message_that_could_not_be_made_safe_is_shown_without_its_sender(
    desk: Desk, keys: Keys
) -> None:
    message = desk.write({"sender": NUMBER, "text": "ɲ\ud800 e1"})
    answer = answered(keys, desk.ask(OpeningSubject.MESSAGE, message.id))
    assert answer is not None
    assert answer.text == "ɲ? e1"


@pytest.mark.parametrize("damage", [b"", b"\x01 not sealed", seal({"other": 1}, INTAKE)])
def test_what_is_damaged_fails_without_an_answer(desk: Desk, keys: Keys, damage: bytes) -> None:
    opening = desk.ask(OpeningSubject.ATTACHMENT, desk.keep(sealed_original=damage or b"?").id)
    assert answered(keys, opening) is None
    assert result(opening).failure == "unreadable"


def test_too_late_is_never_answered(desk: Desk, keys: Keys) -> None:
    opening = desk.ask(OpeningSubject.CONTACT, desk.contact.id)
    with transaction() as session:
        session.get_one(Opening, opening.id).expires_at = utcnow() - timedelta(seconds=1)
    assert answered(keys, opening) is None
    assert result(opening).answered_at is None


def test_a_second_run_answers_nothing_new(desk: Desk, keys: Keys) -> None:
    opening = desk.ask(OpeningSubject.CONTACT, desk.contact.id)
    answer_opening(keys, opening.id)
    first = result(opening).sealed_answer
    answer_opening(keys, opening.id)
    assert result(opening).sealed_answer == first
    answer_opening(keys, uuid.uuid4())  # and one that isn't there is nothing to do
    assert (
        len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.answered")).all()) == 1
    )


def dismissed(desk: Desk) -> None:
    with transaction() as session:
        session.get_one(User, desk.user.id).is_active = False


def demoted(desk: Desk) -> None:
    with transaction() as session:
        session.get_one(User, desk.user.id).role = Role.ANALYST


def withdrawn(desk: Desk) -> None:
    with transaction() as session:
        session.get_one(Report, desk.report.id).state = "withdrawn"


def no_longer_the_desk(desk: Desk) -> None:
    with transaction() as session:
        home = session.get_one(Organisation, desk.user.organisation_id)
        home.kind = OrganisationKind.CIVIL_SOCIETY


@pytest.mark.parametrize("change", [dismissed, demoted, withdrawn, no_longer_the_desk])
def test_who_may_no_longer_open_it_gets_nothing(
    desk: Desk, keys: Keys, change: Callable[[Desk], None]
) -> None:
    opening = desk.ask(OpeningSubject.CONTACT, desk.contact.id)
    change(desk)
    assert answered(keys, opening) is None
    assert result(opening).failure == "gone"


def test_the_chain_says_that_it_was_opened_and_nothing_of_what(desk: Desk, keys: Keys) -> None:
    opening = desk.ask(OpeningSubject.CONTACT, desk.contact.id)
    answer_opening(keys, opening.id)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.answered")).one()
    assert (entry.subject, entry.actor) == (f"opening:{opening.id}", "worker")
    assert NUMBER not in str(entry.detail)
