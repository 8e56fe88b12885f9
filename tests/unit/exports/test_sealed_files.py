"""Sealed files give back exactly what was sealed, from any place on, and nothing once anything is altered."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.sealed_files import CHUNK_BYTES, Damaged, SealedAs, SealedFile, seal_file

EXPORT = uuid.uuid4()
SIZE = 2 * CHUNK_BYTES + 777
CONTENT = random.Random(7).randbytes(SIZE)
TAG_BYTES = 16


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SealedAs]:
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "plain").write_bytes(CONTENT)
    return folder / "sealed", seal_file(folder / "plain", folder / "sealed", EXPORT)


@given(start=st.integers(0, SIZE + 5), length=st.integers(0, SIZE))
def test_any_part_is_what_was_sealed(sealed: tuple[Path, SealedAs], start: int, length: int) -> None:
    path, made = sealed
    with SealedFile(path, made.key, EXPORT, SIZE) as file:
        file.seek(start)
        found = b""
        while len(found) < length and (part := file.read(length - len(found))):
            found += part
        assert found == CONTENT[start : start + length]
        assert file.has_ended == (start + len(found) >= SIZE)


def test_it_lies_there_sealed_and_only_its_owner_may_read_it(sealed: tuple[Path, SealedAs]) -> None:
    path, made = sealed
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size == SIZE + 3 * TAG_BYTES
    assert CONTENT[:64] not in path.read_bytes()
    assert (made.byte_count, len(made.sha256)) == (SIZE, 32)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_sizes_at_the_edges(tmp_path: Path, size: int) -> None:
    (tmp_path / "plain").write_bytes(CONTENT[:size])
    made = seal_file(tmp_path / "plain", tmp_path / "sealed", EXPORT)
    with SealedFile(tmp_path / "sealed", made.key, EXPORT, size) as file:
        assert b"".join(iter(lambda: file.read(50_000), b"")) == CONTENT[:size]


def _swapped(content: bytes) -> bytes:
    step = CHUNK_BYTES + TAG_BYTES
    return content[step : 2 * step] + content[:step] + content[2 * step :]


@pytest.mark.parametrize(
    "alter",
    [
        lambda content: content[:-1],
        lambda content: content[: CHUNK_BYTES + TAG_BYTES],
        lambda content: content + b"\0",
        lambda content: bytes([content[0] ^ 1]) + content[1:],
        _swapped,
    ],
)
def test_what_was_altered_does_not_open(sealed: tuple[Path, SealedAs], tmp_path: Path, alter: object) -> None:
    path, made = sealed
    other = tmp_path / "altered"
    other.write_bytes(alter(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Damaged), SealedFile(other, made.key, EXPORT, SIZE) as file:
        file.read(10)


def test_it_opens_under_its_own_key_for_its_own_export_and_size_only(sealed: tuple[Path, SealedAs]) -> None:
    path, made = sealed
    with pytest.raises(Damaged):  # at once, before anybody is promised anything of it
        SealedFile(path, b"k" * 32, EXPORT, SIZE)
    with pytest.raises(Damaged):
        SealedFile(path, made.key, uuid.uuid4(), SIZE)
    with pytest.raises(Damaged):
        SealedFile(path, made.key, EXPORT, SIZE - 1)
