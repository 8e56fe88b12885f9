"""A file from the web is looked at once: copied, its metadata kept, its digest taken; and its copy is made anew."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import delete, select

from app.database import db, transaction
from app.models import Attachment, AuditEntry, UploadPiece
from app.queue import JobName, owe_again
from tests.workers.attachments import made
from tests.workers.attachments.arrived import Arrived, framed
from tests.workers.attachments.made import CANARY
from workers.attachments import examine_attachment, remake_copy, sandbox
from workers.attachments.originals import Original
from workers.decoding.findings import Caution, Findings
from workers.opening import open_sealed_bytes
from workers.processing import Keys

CORNER = [[0.0, 0.0, 0.5, 0.5]]


@pytest.fixture
def arrived(app: Flask, keys: Keys) -> Arrived:
    """Files that came in from the web."""
    return Arrived(keys)


def recorded(action: str = "attachment.kept") -> list[dict[str, object]]:
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.action == action))
    return [entry.detail for entry in found if entry.actor == "worker"]


def test_a_photo_is_copied_and_what_its_metadata_said_is_kept_apart(arrived: Arrived) -> None:
    file = arrived.file(made.photo())
    examine_attachment(arrived.keys, file)
    row = arrived.row(file)
    assert (row.state, row.content_type, row.caution) == ("kept", "image/jpeg", "")
    assert row.sha256 == hashlib.sha256(made.photo()).digest()
    copy, content_type = arrived.opened(row.sealed_copy)
    assert content_type == "image/jpeg"
    assert CANARY.encode() not in copy
    assert CANARY in str(arrived.mapping(row.sealed_details))
    assert row.sealed_preview is not None
    assert open_sealed_bytes(arrived.keys.workers, row.sealed_preview).startswith(b"\xff\xd8")
    assert (row.face_count, row.blurred) == (0, [])
    (detail,) = recorded()
    assert detail == {"type": "image/jpeg", "size": len(made.photo()), "has_copy": True}


def test_nothing_of_the_file_can_be_read_in_its_row(arrived: Arrived) -> None:
    file = arrived.file(made.photo())
    examine_attachment(arrived.keys, file)
    row = arrived.row(file)
    for name in Attachment.__table__.columns.keys():  # noqa: SIM118 - of a table, not of a mapping
        stored = getattr(row, name)
        assert CANARY.encode() not in (stored if isinstance(stored, bytes) else str(stored).encode())


def test_what_a_phone_sealed_is_looked_at_as_it_was_before(arrived: Arrived) -> None:
    file = arrived.file(framed(made.picture("PNG"), 50), was_sealed_on_phone=True)
    examine_attachment(arrived.keys, file)
    row = arrived.row(file)
    assert (row.content_type, row.size) == ("image/png", len(made.picture("PNG")))
    assert row.sha256 == hashlib.sha256(made.picture("PNG")).digest()


def test_what_has_no_copy_is_kept_and_says_why(arrived: Arrived) -> None:
    file = arrived.file(b"<svg><script>1</script></svg>")
    examine_attachment(arrived.keys, file)
    row = arrived.row(file)
    assert (row.state, row.caution, row.sealed_copy) == ("kept", "active", None)
    assert recorded()[0]["caution"] == "active"


def test_a_second_run_finds_nothing_to_do(arrived: Arrived, monkeypatch: pytest.MonkeyPatch) -> None:
    file = arrived.file(made.picture("PNG"))
    examine_attachment(arrived.keys, file)
    monkeypatch.setattr(sandbox, "examined", lambda *_: pytest.fail("it was looked at twice"))
    examine_attachment(arrived.keys, file)
    examine_attachment(arrived.keys, uuid.uuid4())
    assert len(recorded()) == 1


def test_two_at_once_keep_one_result(arrived: Arrived, monkeypatch: pytest.MonkeyPatch) -> None:
    file = arrived.file(made.picture("PNG"))
    real = sandbox.examined

    def slower(original: Original) -> Findings:
        monkeypatch.setattr(sandbox, "examined", real)
        examine_attachment(arrived.keys, file)
        return Findings(caution=Caution.DAMAGED)

    monkeypatch.setattr(sandbox, "examined", slower)
    examine_attachment(arrived.keys, file)
    assert arrived.row(file).caution == ""
    assert len(recorded()) == 1


def test_no_transaction_is_open_while_a_file_is_read(
    arrived: Arrived, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, real = arrived.file(made.picture("PNG")), sandbox.examined

    def looking(original: Original) -> Findings:
        assert not db.session().in_transaction()
        with transaction() as session:  # another may write meanwhile
            session.get_one(Attachment, file).gateway = "web"
        return real(original)

    monkeypatch.setattr(sandbox, "examined", looking)
    examine_attachment(arrived.keys, file)
    assert arrived.row(file).state == "kept"


def test_what_came_damaged_is_given_up_and_on_record(arrived: Arrived) -> None:
    file = arrived.file(b"x" * 1000)
    with transaction() as session:
        session.execute(delete(UploadPiece))
    examine_attachment(arrived.keys, file)
    row = arrived.row(file)
    assert (row.state, row.failure) == ("failed", "damaged")
    assert recorded("attachment.failed") == [{"failure": "damaged"}]


def test_the_worker_does_what_is_owed(arrived: Arrived, work: Callable[[], None]) -> None:
    file = arrived.file(made.picture("PNG"))
    work()
    assert arrived.row(file).state == "kept"


def hide(arrived: Arrived, file: uuid.UUID, rectangles: list[list[float]]) -> None:
    """What the desk does."""
    with transaction() as session:
        row = session.get_one(Attachment, file)
        row.blurred, row.caution, row.sealed_copy = rectangles, "remaking", None
        owe_again(session, JobName.REMAKE_COPY, file)


def two_colours() -> bytes:
    """Green with fine red and black stripes in the upper left quarter."""
    image = Image.new("RGB", (80, 40), (0, 200, 0))
    for left in range(0, 40, 2):
        image.paste((250, 0, 0), (left, 0, left + 1, 20))
        image.paste((0, 0, 0), (left + 1, 0, left + 2, 20))
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def test_what_people_hide_is_hidden_and_the_rest_stays(arrived: Arrived) -> None:
    file = arrived.file(two_colours())
    examine_attachment(arrived.keys, file)
    hide(arrived, file, CORNER)
    remake_copy(arrived.keys, file)
    row = arrived.row(file)
    assert (row.caution, row.blurred) == ("", CORNER)
    with Image.open(io.BytesIO(arrived.opened(row.sealed_copy)[0])) as image:
        assert image.getpixel((60, 30)) == (0, 200, 0)
        reds = {image.getpixel((left, 10))[0] for left in range(40)}  # type: ignore[index]
    assert min(reds) > 60  # no stripe can be told from its neighbour
    assert max(reds) < 190
    assert recorded("attachment.copy_remade") == [{"hidden": 1, "has_copy": True}]


def test_what_people_show_again_is_shown(arrived: Arrived) -> None:
    file = arrived.file(two_colours())
    examine_attachment(arrived.keys, file)
    for rectangles in (CORNER, []):
        hide(arrived, file, rectangles)
        remake_copy(arrived.keys, file)
    with Image.open(io.BytesIO(arrived.opened(arrived.row(file).sealed_copy)[0])) as image:
        assert image.getpixel((2, 10)) == (250, 0, 0)


def test_what_was_asked_for_later_wins(arrived: Arrived, monkeypatch: pytest.MonkeyPatch) -> None:
    file, real = arrived.file(two_colours()), sandbox.examined
    examine_attachment(arrived.keys, file)
    hide(arrived, file, [])

    def slower(original: Original, rectangles: list[list[float]]) -> Findings:
        hide(arrived, file, CORNER)
        return real(original, rectangles)

    monkeypatch.setattr(sandbox, "examined", slower)
    remake_copy(arrived.keys, file)
    row = arrived.row(file)
    assert (row.caution, row.sealed_copy, row.blurred) == ("remaking", None, CORNER)


def test_no_copy_is_made_of_an_original_that_was_changed(arrived: Arrived) -> None:
    file = arrived.file(two_colours())
    examine_attachment(arrived.keys, file)
    hide(arrived, file, CORNER)
    with transaction() as session:
        session.get_one(Attachment, file).sha256 = bytes(32)
    remake_copy(arrived.keys, file)
    row = arrived.row(file)
    assert (row.caution, row.sealed_copy) == ("damaged", None)


def test_a_copy_that_nobody_asked_for_is_left_alone(arrived: Arrived) -> None:
    file = arrived.file(two_colours())
    examine_attachment(arrived.keys, file)
    before = arrived.row(file).sealed_copy
    remake_copy(arrived.keys, file)
    remake_copy(arrived.keys, uuid.uuid4())
    assert arrived.row(file).sealed_copy == before
