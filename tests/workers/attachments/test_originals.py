"""The original of a file is read in parts, in little memory, and only as it came."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.database import transaction
from app.intake.uploads import PIECE_BYTES, append, begin
from app.models import Upload, UploadPiece
from app.sealing import seal_bytes
from tests.workers.attachments.arrived import Arrived, framed
from workers.attachments.originals import Damaged, PiecewiseFile, original_of
from workers.opening import CannotOpen, open_sealed_bytes
from workers.processing import Keys

CONTENT = random.Random(7).randbytes(PIECE_BYTES * 2 + 12_345)


@pytest.fixture
def arrived(app: Flask, keys: Keys) -> Arrived:
    """Files that came in from the web."""
    return Arrived(keys)


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=8), st.data())
def test_a_file_in_parts_reads_like_the_whole(parts: list[bytes], data: st.DataObject) -> None:
    whole, starts = b"".join(parts), [sum(map(len, parts[:at])) for at in range(len(parts))]
    file = io.BufferedReader(PiecewiseFile(starts, len(whole), lambda number: parts[number]), 7)
    beside = io.BytesIO(whole)
    for _ in range(6):
        at, size = data.draw(st.integers(0, len(whole) + 5)), data.draw(st.integers(0, 40))
        assert (file.seek(at), file.read(size)) == (beside.seek(at), beside.read(size))
        assert file.seek(-min(at, len(whole)), io.SEEK_END) == len(whole) - min(at, len(whole))


def test_what_came_in_pieces_comes_out_whole_with_its_digest(arrived: Arrived) -> None:
    original = original_of(arrived.keys.workers, arrived.file(CONTENT))
    assert (original.size, original.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).digest())
    assert original.file.read() == CONTENT
    original.file.seek(PIECE_BYTES - 3)
    assert original.file.read(6) == CONTENT[PIECE_BYTES - 3 : PIECE_BYTES + 3]


def test_what_a_phone_sealed_is_opened_twice(arrived: Arrived) -> None:
    sent = framed(CONTENT, 100_000)
    original = original_of(arrived.keys.workers, arrived.file(sent, was_sealed_on_phone=True))
    assert (original.size, original.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).digest())
    original.file.seek(199_990)
    assert original.file.read(20) == CONTENT[199_990:200_010]


@pytest.mark.parametrize("sent", [b"\0\0\0\x05abcde", b"\xff\xff\xff\xff", framed(b"abc", 2)[:-1], b"\0"])
def test_what_a_phone_framed_wrongly_is_damaged(arrived: Arrived, sent: bytes) -> None:
    with pytest.raises(Damaged):
        original_of(arrived.keys.workers, arrived.file(sent, was_sealed_on_phone=True))


def change_piece(change: Callable[[UploadPiece], None], sequence: int = 1) -> None:
    with transaction() as session:
        change(session.scalars(select(UploadPiece).where(UploadPiece.sequence == sequence)).one())


def test_a_piece_that_is_missing_is_noticed(arrived: Arrived) -> None:
    file = arrived.file(CONTENT)
    with transaction() as session:
        session.delete(session.scalars(select(UploadPiece).where(UploadPiece.sequence == 1)).one())
    with pytest.raises(Damaged):
        original_of(arrived.keys.workers, file)


def test_a_piece_that_was_put_in_by_another_is_noticed(arrived: Arrived) -> None:
    """Who can write to the database can seal too; the chain of digests shows it unless the row is changed as well."""
    file, public = arrived.file(CONTENT), arrived.keys.settings.intake_public_key
    forged = seal_bytes(bytes(PIECE_BYTES), public)
    change_piece(lambda piece: setattr(piece, "sealed", forged))
    with pytest.raises(Damaged):
        original_of(arrived.keys.workers, file)


def test_a_piece_under_a_lost_key_cant_be_opened(arrived: Arrived) -> None:
    file = arrived.file(CONTENT)
    change_piece(lambda piece: setattr(piece, "sealed", b"\x01" + bytes(80)))
    with pytest.raises(CannotOpen):
        original_of(arrived.keys.workers, file)


def test_what_isnt_complete_or_isnt_there_is_damaged(arrived: Arrived) -> None:
    new = begin(arrived.keys.settings, 10)
    append(arrived.keys.settings, new.token, 0, io.BytesIO(b"half"))
    attachment = arrived.attach(new.token)
    for missing in (attachment, uuid.uuid4()):
        with pytest.raises(Damaged):
            original_of(arrived.keys.workers, missing)


def test_a_large_file_takes_little_memory(arrived: Arrived) -> None:
    content = bytes(24 * 1024 * 1024)
    file = arrived.file(content)
    del content
    tracemalloc.start()
    original = original_of(arrived.keys.workers, file)
    while original.file.read(65_536):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 1024 * 1024


@given(st.binary(max_size=100))
def test_sealed_bytes_come_out_as_they_went_in(content: bytes) -> None:
    from app.sealing import key_id
    from tests.conftest import INTAKE_KEY
    from workers.settings import WorkerSettings

    public = bytes(INTAKE_KEY.public_key)
    settings = WorkerSettings({key_id(public): INTAKE_KEY}, b"")
    assert open_sealed_bytes(settings, seal_bytes(content, public)) == content
    with pytest.raises(CannotOpen):
        open_sealed_bytes(settings, content)


def test_an_upload_says_itself_that_it_was_sealed_before(arrived: Arrived) -> None:
    arrived.file(framed(b"x", 1), was_sealed_on_phone=True)
    with transaction() as session:
        assert session.scalars(select(Upload)).one().was_sealed_on_phone
