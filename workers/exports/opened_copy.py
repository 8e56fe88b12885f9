"""The files of a copy that somebody holds: a ZIP or the folder that it was unpacked to. Nothing is unpacked."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

_OPENPGP_ARMOUR = b"-----BEGIN PGP"
_OPENPGP_FIRST = frozenset(
    {0xC1, 0x84, 0x85}
)  # a message encrypted to a key begins with one of these (RFC 9580)


class CannotRead(ValueError):
    """Neither a folder nor a whole ZIP. `code` is `damaged` or `encrypted`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OpenedCopy(Protocol):
    """Files by name."""

    def names(self) -> list[str]:
        """The name of each file; one that is there twice is listed twice."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """A file to be read. Raises OSError, KeyError or BadZipFile."""
        ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        files = (each for each in self._path.rglob("*") if each.is_file() or each.is_symlink())
        return sorted(each.relative_to(self._path).as_posix() for each in files)

    def open(self, name: str) -> IO[bytes]:
        path = self._path / name
        if path.is_symlink():
            raise OSError
        return path.open("rb")


class _Package:
    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    def names(self) -> list[str]:
        return sorted(each.filename for each in self._package.infolist() if not each.is_dir())

    def open(self, name: str) -> IO[bytes]:
        if Counter(self.names())[name] > 1:
            raise KeyError(name)  # which of the two is meant, nobody can say
        return self._package.open(name)


@contextmanager
def opened(path: Path) -> Iterator[OpenedCopy]:
    """The files of a copy. Raises CannotRead."""
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        package = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise CannotRead("encrypted" if _is_encrypted(path) else "damaged") from error
    with package:
        yield _Package(package)


def _is_encrypted(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            beginning = file.read(len(_OPENPGP_ARMOUR))
    except OSError:
        return False
    return beginning == _OPENPGP_ARMOUR or beginning[:1] in {bytes([each]) for each in _OPENPGP_FIRST}
