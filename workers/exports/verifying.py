"""Checking a copy: who signed it, that nothing was changed, taken out or put in, and that its rows are all there.

Needs no database, no settings and no network: a recipient can do it on any machine.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.exports.counting import rows_in
from workers.exports.minisigning import SignatureRefused, check
from workers.exports.opened_copy import CannotRead, OpenedCopy, opened
from workers.exports.proof import FORM, MANIFEST, SIGNATURE
from workers.exports.proof_words import words

_LARGEST_MANIFEST_BYTES = 16 * 1024 * 1024
_UNREADABLE = (OSError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `code` is one of proof.toml's [verify]; `file` is empty where it is about all."""

    code: str
    file: str = ""
    found: int = 0
    expected: int = 0

    def in_words(self, language: str) -> str:
        """A sentence in French or English."""
        said = words("verify", language)[self.code]
        return said.format(file=_printable(self.file), found=self.found, expected=self.expected)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `manifest` is empty where there was none to read."""

    problems: Sequence[Problem]
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether the copy is what was signed, whole."""
        return not self.problems

    def in_words(self, language: str) -> list[str]:
        """Each problem, and at the end what to make of it."""
        said = words("verify", language)
        if self.problems:
            return [*(each.in_words(language) for each in self.problems), said["not_right"]]
        return [said["right"].format(**_summary(self.manifest))]


def verify(path: Path, public_keys: Sequence[str]) -> Verdict:
    """Check the copy at `path`, a ZIP or a folder, against public keys of one line each. Nothing is raised."""
    try:
        with opened(path) as copy:
            return _verify(copy, public_keys)
    except CannotRead as error:
        return Verdict([Problem(error.code)])


def _verify(copy: OpenedCopy, public_keys: Sequence[str]) -> Verdict:
    names = copy.names()
    if MANIFEST not in names:
        return Verdict([Problem("no_manifest")])
    try:
        with copy.open(MANIFEST) as file:
            encoded = file.read(_LARGEST_MANIFEST_BYTES)
    except _UNREADABLE:
        return Verdict([Problem("damaged")])
    try:
        manifest = _read(encoded)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Verdict([Problem("malformed")])
    problems = [*_signature(copy, names, encoded, manifest, public_keys), *_files(copy, names, manifest)]
    return Verdict(problems, manifest)


def _read(encoded: bytes) -> Mapping[str, Any]:
    """The manifest. Raises ValueError, TypeError, KeyError or AttributeError where it isn't one."""
    found: Mapping[str, Any] = json.loads(encoded)
    texts = [found["form"], found["number"]]
    texts += [each[name] for each in found["files"] for name in ("path", "sha256")]
    counts = [each["rows"] for each in found["tables"].values()]
    are_texts = all(isinstance(each, str) for each in texts)
    if not are_texts or not all(isinstance(each, int) for each in counts) or found["form"] != FORM:
        raise ValueError
    return found


def _signature(
    copy: OpenedCopy,
    names: Sequence[str],
    encoded: bytes,
    manifest: Mapping[str, Any],
    public_keys: Sequence[str],
) -> Iterator[Problem]:
    if SIGNATURE not in names:
        yield Problem("no_signature")
        return
    if not public_keys:
        yield Problem("no_key")
        return
    try:
        with copy.open(SIGNATURE) as file:
            comment = check(encoded, file.read(_LARGEST_MANIFEST_BYTES), public_keys)
    except SignatureRefused as refused:
        yield Problem(refused.code)
    except _UNREADABLE:
        yield Problem("damaged")
    else:
        if comment.partition(" ")[0] != manifest["number"]:
            yield Problem("number")


def _files(copy: OpenedCopy, names: Sequence[str], manifest: Mapping[str, Any]) -> Iterator[Problem]:
    listed = {str(each["path"]): str(each["sha256"]) for each in manifest["files"]}
    for name, digest in listed.items():
        if name not in names:
            yield Problem("missing", name)
        elif _digest(copy, name) != digest:
            yield Problem("changed", name)
        else:
            yield from _rows(copy, name, manifest["tables"])
    for name in names:
        if name not in listed and name not in {MANIFEST, SIGNATURE}:
            yield Problem("extra", name)


def _digest(copy: OpenedCopy, name: str) -> str:
    try:
        with copy.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except _UNREADABLE:
        return ""


def _rows(copy: OpenedCopy, name: str, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    try:
        with copy.open(name) as file:
            counted = rows_in(name, _seekable(file, name), tables)
    except Exception:  # noqa: BLE001 - whatever a reader of somebody else's file raises, its rows weren't counted
        yield Problem("unreadable_rows", name)
        return
    for code, found in counted.items():
        expected = int(tables[code]["rows"])
        if found != expected:
            yield Problem("rows", name, found, expected)


def _seekable(file: Any, name: str) -> Any:
    """A spreadsheet is a ZIP itself, read from its end."""
    return io.BytesIO(file.read()) if name.endswith(".xlsx") else file


def _summary(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    cases = manifest["tables"].get("cases", {})
    return {
        "number": _printable(manifest["number"]),
        "recipient": _printable(str(manifest.get("recipient", ""))),
        "files": len(manifest["files"]),
        "rows": cases.get("rows", 0),
        "made_at": _printable(str(manifest.get("made_at", ""))),
    }


def _printable(text: str) -> str:
    """Text of somebody else's file on our terminal: nothing that moves the cursor."""
    return "".join(each if each.isprintable() else "?" for each in text)
