"""However the bytes of a file are cut up on their way, the file that is kept is the file that was sent."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, transaction
from app.intake import pieces, uploads
from app.intake.uploads import PIECE_BYTES, UploadRefused, append, begin, erase_expired, progress
from app.settings import Settings
from tests.integration.files.conftest import content, found, sqlite_only


class Cut(OSError):
    """The network was gone."""


class Faltering:
    """Gives some bytes in bits of a few sizes, then is cut or ends."""

    def __init__(self, part: bytes, bits: list[int], *, is_cut: bool) -> None:
        self._rest = io.BytesIO(part)
        self._bits = bits
        self._is_cut = is_cut

    def read(self, size: int, /) -> bytes:
        bit = min(size, self._bits.pop(0)) if self._bits else size
        part = self._rest.read(bit)
        if not part and self._is_cut:
            raise Cut
        return part


BITS = st.lists(st.integers(1, 200), max_size=6)
REQUESTS = st.lists(st.tuples(st.integers(0, 400), BITS, st.booleans()), max_size=8)


@sqlite_only
@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.binary(max_size=1500), requests=REQUESTS, piece=st.integers(1, 300))
@example(file=b"abcdef", requests=[(3, [1, 1], True), (0, [], True)], piece=2)
@example(file=b"", requests=[], piece=1)
def test_any_way_of_sending_keeps_the_same_bytes(
    app: Flask, settings: Settings, file: bytes, requests: list[tuple[int, list[int], bool]], piece: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE_BYTES", piece)
        token = begin(settings, len(file)).token
        for length, bits, is_cut in [*requests, (len(file), [], False)]:
            _send(settings, token, file, length, bits, is_cut=is_cut)
    upload = found(settings, token)
    assert upload is not None
    assert upload.is_complete
    assert content(upload) == file


def _send(settings: Settings, token: str, file: bytes, length: int, bits: list[int], *, is_cut: bool) -> None:
    """One request that goes on where the server says that it is, as a client does after a cut."""
    state = progress(settings, _session(), token)
    assert state is not None
    if state.is_complete:
        return
    part = file[state.received : state.received + length]
    try:
        after = append(settings, token, state.received, Faltering(part, list(bits), is_cut=is_cut))
    except Cut:
        now = progress(settings, _session(), token)
        assert now is not None
        assert now.received == state.received + len(part)  # nothing that came is lost
    else:
        assert after.received == state.received + len(part)


def _session() -> Session:
    db.session.rollback()
    return db.session()


def test_a_piece_is_never_longer_than_it_may_be(app: Flask, settings: Settings) -> None:
    size = 2 * PIECE_BYTES + 7
    token = begin(settings, size).token
    append(settings, token, 0, io.BytesIO(b"\x01" * size))
    upload = found(settings, token)
    assert upload is not None
    assert upload.pieces == 3
    assert content(upload) == b"\x01" * size


def test_what_was_thrown_away_while_it_came_is_not_brought_back(app: Flask, settings: Settings) -> None:
    token = begin(settings, 10 * PIECE_BYTES).token

    class Disturbed:
        """A client that changes its mind in another request."""

        asked = 0

        def read(self, size: int, /) -> bytes:
            self.asked += 1
            if self.asked == 40:
                assert uploads.remove(settings, token)
            return b"x" * size

    with pytest.raises(UploadRefused, match="unknown"):
        append(settings, token, 0, Disturbed())
    assert found(settings, token) is None


@sqlite_only
def test_only_what_is_over_and_belongs_to_nothing_is_erased(app: Flask, settings: Settings) -> None:
    token = begin(settings, 5).token
    append(settings, token, 0, io.BytesIO(b"12345"))
    with transaction() as session:
        assert erase_expired(session, utcnow()) == 0
        assert erase_expired(session, utcnow() + timedelta(days=2)) == 1
    assert found(settings, token) is None
