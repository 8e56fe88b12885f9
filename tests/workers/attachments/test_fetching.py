"""Files that came with messages: fetched from the provider once, sealed as they were, or honestly given up."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.models import Attachment, AttachmentState, AuditEntry, Report
from app.queue import JobName, owe
from app.sealing import seal
from app.settings import Settings, TwilioSettings
from tests.contracts.twilio_stand_in import File, TwilioStandIn, twilio_stand_in
from tests.sounds import wave_file
from workers.attachments import fetch_attachment
from workers.attachments.fetching import NotYetFetched
from workers.opening import open_sealed
from workers.processing import Keys

PATH = "/2010-04-01/Accounts/AC0/Recordings/RE1"


@pytest.fixture
def provider() -> Iterator[TwilioStandIn]:
    """Twilio, as far as files go."""
    with twilio_stand_in() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, provider: TwilioStandIn) -> Settings:
    """An installation whose Twilio is the stand-in."""
    account = TwilioSettings(provider.account, provider.token, "+22360000000", provider.address)
    return replace(settings, twilio=account)


@dataclass
class Work:
    """Attachments of a report, and what became of them."""

    keys: Keys
    provider: TwilioStandIn

    def owe(self, url: str = "", age: timedelta = timedelta(), gateway: str = "twilio") -> uuid.UUID:
        """A file that waits at the provider."""
        source = seal({"url": url or self.provider.address + PATH}, self.keys.settings.intake_public_key)
        with transaction() as session:
            report = Report(
                channel="voice",
                channel_reference=uuid.uuid4().bytes,
                receipt_hash=uuid.uuid4().bytes,
                received_at=utcnow(),
            )
            session.add(report)
            session.flush()
            attachment = Attachment(
                report_id=report.id, gateway=gateway, sealed_source=source, created_at=utcnow() - age
            )
            session.add(attachment)
            session.flush()
            owe(session, JobName.FETCH_ATTACHMENT, attachment.id)
            return attachment.id

    def serve(self, content: bytes, content_type: str = "audio/x-wav") -> None:
        """What the provider has."""
        self.provider.behaviour.files[PATH] = File(content, content_type)

    def fetch(self, attachment_id: uuid.UUID) -> Attachment:
        """Do the job, and the row after it."""
        fetch_attachment(self.keys, attachment_id)
        return row(attachment_id)

    def opened(self, sealed: bytes | None) -> tuple[bytes, str]:
        """A sealed file's bytes and type."""
        assert sealed is not None
        found = open_sealed(self.keys.workers, sealed)
        return base64.b64decode(found["bytes"]), found["content_type"]


def row(attachment_id: uuid.UUID) -> Attachment:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Attachment, attachment_id)


def recorded() -> list[tuple[str, dict[str, object]]]:
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("attachment.%")))
    return [(entry.action, entry.detail) for entry in found]


@pytest.fixture
def files(app: Flask, keys: Keys, provider: TwilioStandIn) -> Work:
    """A place for attachments."""
    return Work(keys, provider)


def test_a_recording_is_sealed_as_it_was_with_its_digest_and_a_copy(files: Work) -> None:
    original = wave_file() + b"LIST\x04\0\0\0Tecn"
    files.serve(original)
    kept = files.fetch(files.owe())
    assert kept.state == AttachmentState.KEPT
    assert (kept.content_type, kept.size) == ("audio/wav", len(original))
    assert kept.sha256 == hashlib.sha256(original).digest()
    assert files.opened(kept.sealed_original) == (original, "audio/wav")
    assert files.opened(kept.sealed_copy) == (wave_file(), "audio/wav")
    assert kept.sealed_source is None
    detail = {"type": "audio/wav", "size": len(original), "has_copy": True}
    assert recorded() == [("attachment.kept", detail)]


def test_the_copy_of_a_picture_says_what_it_is_itself(files: Work) -> None:
    written = io.BytesIO()
    Image.new("RGB", (30, 30)).save(written, "GIF")
    files.serve(written.getvalue(), "image/gif")
    kept = files.fetch(files.owe())
    assert kept.content_type == "image/gif"
    assert files.opened(kept.sealed_copy)[1] == "image/png"


def test_anything_else_is_kept_sealed_and_never_offered(files: Work) -> None:
    files.serve(
        b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg"
    )  # whatever the provider says it is
    kept = files.fetch(files.owe())
    assert kept.state == AttachmentState.KEPT
    assert kept.content_type == "image/svg+xml"
    assert kept.sealed_copy is None
    assert files.opened(kept.sealed_original)[0].startswith(b"<svg")


def test_a_second_run_asks_nobody_and_changes_nothing(files: Work) -> None:
    files.serve(wave_file())
    attachment = files.owe()
    first = files.fetch(attachment).sealed_original
    assert files.fetch(attachment).sealed_original == first
    assert len(files.provider.fetched) == 1
    fetch_attachment(files.keys, uuid.uuid4())  # one that retention has taken away


def test_a_recording_that_isnt_ready_yet_is_waited_for_and_then_kept(files: Work) -> None:
    attachment = files.owe()
    with pytest.raises(NotYetFetched, match="not-there"):
        files.fetch(attachment)
    assert row(attachment).state == AttachmentState.WAITING
    files.serve(wave_file())
    assert files.fetch(attachment).state == AttachmentState.KEPT


def test_what_the_provider_doesnt_have_after_an_hour_is_given_up_on_record(files: Work) -> None:
    attachment = files.fetch(files.owe(age=timedelta(hours=2)))
    assert (attachment.state, attachment.failure) == (AttachmentState.FAILED, "not-there")
    assert attachment.sealed_source is not None  # somebody may know another way to it
    assert recorded() == [("attachment.failed", {"failure": "not-there"})]
    assert files.fetch(attachment.id).state == AttachmentState.FAILED


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://evil.example/RE1",
        "file:///etc/passwd",
        "ftp://api.twilio.com/x",
    ],
)
def test_an_address_that_isnt_the_providers_is_never_asked(files: Work, url: str) -> None:
    attachment = files.fetch(files.owe(url))
    assert (attachment.state, attachment.failure) == (AttachmentState.FAILED, "UnknownAddress")
    assert "evil" not in str(recorded())


def test_a_file_that_is_too_large_is_given_up_at_once(files: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.intake.gateways._twilio_media.LARGEST_BYTES", 1000)
    files.serve(wave_file())
    attachment = files.fetch(files.owe())
    assert (attachment.state, attachment.failure) == (AttachmentState.FAILED, "too-large")


def test_a_gateway_that_was_switched_off_is_waited_for_a_week(files: Work) -> None:
    with pytest.raises(NotYetFetched):
        files.fetch(files.owe(gateway="gone"))
    attachment = files.fetch(files.owe(gateway="gone", age=timedelta(days=8)))
    assert attachment.state == AttachmentState.FAILED


def test_a_source_under_a_lost_key_is_given_up(files: Work) -> None:
    attachment = files.owe()
    with transaction() as session:
        session.get_one(Attachment, attachment).sealed_source = b"\x01" + bytes(80)
    assert files.fetch(attachment).failure == "unreadable-source"


def test_the_worker_fetches_what_is_owed(files: Work, work: Callable[[], None]) -> None:
    files.serve(wave_file())
    attachment = files.owe()
    work()
    assert row(attachment).state == AttachmentState.KEPT
