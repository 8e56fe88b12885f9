"""What a client of the tus protocol can rely on, and what strangers can't do with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.files import routes
from app.intake import upload_limits
from app.intake.uploads import (
    KEPT_UNFINISHED_FOR,
    LARGEST_FILE_BYTES,
    PIECE_BYTES,
    attach,
    close_overdue,
    erase_expired,
)
from app.limits import UPLOADED_PIECES, UPLOADS
from app.models import Attachment, AttachmentState, OwedWork, Upload
from app.queue import JobName
from app.settings import Settings
from tests.integration.files.conftest import Sender, add_message, content, found, sqlite_only, stored

PHOTO = bytes(range(256)) * 40


def test_a_file_sent_in_two_parts_is_the_same_file(sender: Sender, settings: Settings) -> None:
    token = sender.begin(len(PHOTO))
    first = sender.patch(token, 0, PHOTO[:1000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    state = sender.head(token)
    assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == ("1000", str(len(PHOTO)))
    assert state.headers["Cache-Control"] == "no-store"
    assert "Upload-Expires" in state.headers
    assert sender.patch(token, 1000, PHOTO[1000:]).headers["Upload-Offset"] == str(len(PHOTO))
    upload = found(settings, token)
    assert upload is not None
    assert upload.is_complete
    assert content(upload) == PHOTO


def test_nothing_is_kept_in_the_clear(sender: Sender, settings: Settings) -> None:
    answer = sender.create(len(PHOTO), **{"Upload-Metadata": "filename QWRhbWE="})
    token = answer.headers["Location"].rsplit("/", 1)[1]
    sender.patch(token, 0, PHOTO)
    upload = found(settings, token)
    assert upload is not None
    rows = [str(vars(row)) for row in (upload, *db.session.scalars(select(Upload)))]
    assert not any(word in row for row in rows for word in ("Adama", "QWRhbWE=", token, repr(PHOTO[:9])))


@sqlite_only
def test_what_is_spoken_is_told(sender: Sender) -> None:
    answer = sender.client.options("/files")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(LARGEST_FILE_BYTES)
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination", "expiration"}


@sqlite_only
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": "1" * 20}, 400),
        ({"Upload-Length": "", "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": str(LARGEST_FILE_BYTES + 1)}, 413),
        ({"Seere-Form": ""}, 403),
        ({"Seere-Form": "made.up.token"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
    ],
)
def test_a_file_that_may_not_be_begun(sender: Sender, headers: dict[str, str], status: int) -> None:
    answer = sender.create(10, **headers)
    assert answer.status_code == status
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.text == ""
    assert stored() == []


@sqlite_only
@pytest.mark.parametrize(
    ("offset", "part", "headers", "status"),
    [
        (0, b"x" * 11, {}, 413),
        (5, b"x", {}, 409),
        (0, b"x", {"Content-Type": "image/jpeg"}, 415),
        (0, b"x", {"Tus-Resumable": "0.9"}, 412),
        (0, b"x", {"Upload-Offset": "a"}, 400),
        (0, b"x", {"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_bytes_that_do_not_fit_change_nothing(
    sender: Sender, offset: int, part: bytes, headers: dict[str, str], status: int
) -> None:
    token = sender.begin(10)
    assert sender.patch(token, offset, part, **headers).status_code == status
    assert sender.head(token).headers["Upload-Offset"] == "0"


@sqlite_only
def test_post_stands_for_patch_only_when_it_says_so(sender: Sender, settings: Settings) -> None:
    token = sender.begin(3)
    headers = {
        **sender.headers,
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert sender.client.post(f"/files/{token}", data=b"abc", headers=headers).status_code == 405
    headers["X-HTTP-Method-Override"] = "PATCH"
    assert sender.client.post(f"/files/{token}", data=b"abc", headers=headers).status_code == 204


@sqlite_only
def test_a_whole_file_takes_no_more(sender: Sender) -> None:
    token = sender.begin(3)
    assert sender.patch(token, 0, b"abc").status_code == 204
    assert sender.patch(token, 3, b"d").status_code == 409
    assert sender.head(token).headers["Upload-Offset"] == "3"


def test_a_file_can_be_thrown_away_until_a_report_has_it(sender: Sender, settings: Settings) -> None:
    token, attached = sender.begin(3), sender.begin(3)
    sender.patch(token, 0, b"abc")
    message = add_message()
    with transaction() as session:
        assert attach(session, settings, session.merge(message), [attached]) == 1
    assert sender.delete(token).status_code == 204
    assert sender.head(token).status_code == 404
    assert sender.patch(token, 3, b"").status_code == 404
    assert sender.delete(token).status_code == 404
    assert sender.delete(attached).status_code == 404
    assert sender.patch(attached, 0, b"abc").status_code == 204


def test_an_abandoned_file_is_gone_after_a_day(sender: Sender, settings: Settings) -> None:
    token = sender.begin(10)
    sender.patch(token, 0, b"abc")
    with time_machine.travel(utcnow() + KEPT_UNFINISHED_FOR + timedelta(minutes=1)):
        assert sender.head(token).status_code == 410
        assert sender.patch(token, 3, b"def").status_code == 410
        with transaction() as session:
            assert close_overdue(session, utcnow()) == 0
            assert erase_expired(session, utcnow()) == 1
        assert sender.head(token).status_code == 404
    assert stored() == []


def test_what_came_of_a_reports_file_is_taken_for_the_whole_after_a_day(
    sender: Sender, settings: Settings
) -> None:
    begun, empty, whole = sender.begin(10), sender.begin(10), sender.begin(3)
    sender.patch(begun, 0, b"abc")
    sender.patch(whole, 0, b"abc")
    message = add_message()
    with transaction() as session:
        attach(session, settings, session.merge(message), [begun, empty, whole])
        assert close_overdue(session, utcnow()) == 0
    with time_machine.travel(utcnow() + KEPT_UNFINISHED_FOR + timedelta(minutes=1)):
        for expected in (2, 0):
            with transaction() as session:
                assert close_overdue(session, utcnow()) == expected
                erase_expired(session, utcnow())
        assert sender.patch(begun, 3, b"d").status_code == 409
    states = {
        (attachment.state, attachment.caution, attachment.size, attachment.failure)
        for attachment in db.session.scalars(select(Attachment))
    }
    assert states == {
        (AttachmentState.ARRIVED, "incomplete", 3, None),
        (AttachmentState.FAILED, "incomplete", 0, "incomplete"),
        (AttachmentState.ARRIVED, "", 3, None),
    }
    upload = found(settings, begun)
    assert upload is not None
    assert content(upload) == b"abc"
    owed = select(OwedWork).where(OwedWork.job == JobName.EXAMINE_ATTACHMENT)
    assert len(list(db.session.scalars(owed))) == 2


@sqlite_only
def test_one_network_can_send_only_so_many_files_and_bytes(
    app: Flask, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sender.begin(4 * PIECE_BYTES)
    with monkeypatch.context() as patch:
        patch.setattr(upload_limits, "UPLOADED_PIECES", type(UPLOADED_PIECES)(2, namespace="few-pieces"))
        assert sender.patch(token, 0, b"x" * 3 * PIECE_BYTES).status_code == 429
    offset = int(sender.head(token).headers["Upload-Offset"])
    assert PIECE_BYTES <= offset <= 2 * PIECE_BYTES
    assert sender.patch(token, offset, b"x").status_code == 204
    monkeypatch.setattr(upload_limits, "UPLOADS", type(UPLOADS)(1, namespace="few-files"))
    assert [sender.create(5).status_code for _ in range(2)] == [201, 429]


def test_strangers_cannot_fill_the_installation(
    sender: Sender, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sender.begin(10)
    sender.patch(token, 0, b"12345")
    monkeypatch.setattr(upload_limits, "MOST_UNATTACHED_BYTES", 5)
    assert sender.create(1).status_code == 507
    assert sender.patch(token, 5, b"6").status_code == 507
    message = add_message()
    with transaction() as session:
        attach(session, settings, session.merge(message), [token])
    assert sender.patch(token, 5, b"67890").status_code == 204


@sqlite_only
def test_a_disk_that_fills_up_is_left_to_reports_in_words(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_limits, "LEAST_FREE_BYTES", 1 << 60)
    assert sender.create(1).status_code == 507


@sqlite_only
def test_slow_files_do_not_take_every_thread(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    token = sender.begin(3)
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(routes, "_places", taken)
    answer = sender.patch(token, 0, b"abc")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    taken.release()
    assert sender.patch(token, 0, b"abc").status_code == 204


def test_two_that_go_on_at_once_leave_one_unbroken_file(
    app: Flask, sender: Sender, settings: Settings
) -> None:
    size = 3 * PIECE_BYTES
    token = sender.begin(size)
    answers: list[int] = []

    def go_on(letter: bytes) -> None:
        client = Sender(app.test_client(), sender.form_token)
        answers.append(client.patch(token, 0, letter * size).status_code)

    _together([lambda: go_on(b"a"), lambda: go_on(b"b")])
    upload = found(settings, token)
    assert upload is not None
    assert sorted(answers) == [204, 409]
    assert content(upload) in {b"a" * size, b"b" * size}


def _together(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
