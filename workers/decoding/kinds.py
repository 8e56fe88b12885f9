"""What a file is, by its content and never by what was said of it; and whether it is something else besides."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import BinaryIO

import puremagic

from workers.decoding.findings import LONGEST_TYPE, UNKNOWN_TYPE

HEAD_BYTES = 40_000  # an ISO 9660 image says so behind 32 kB
TAIL_BYTES = 70_000  # a ZIP file's directory ends within 65,557 bytes of the end (APPNOTE 4.3.16)
_MARKUP = (b"<svg", b"<html", b"<script", b"<!doctype", b"<?xml", b"<?php", b"<body", b"<iframe", b"<math")
_HIDDEN_MARKUP = (b"<script", b"<html", b"<svg", b"<?php", b"<iframe", b"javascript:")
_MARKUP_BYTES = 4096
_ARCHIVES = (b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"PK\x03\x04")
_DOCUMENT, _DOCUMENT_BYTES = b"%PDF-", 1024  # ISO 32000: within the first 1,024 bytes
_ENCODINGS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


class Family(StrEnum):
    """What can be done with a file."""

    PICTURE = "picture"
    DOCUMENT = "document"
    MEDIA = "media"
    ACTIVE = "active"
    ARCHIVE = "archive"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file; `demuxer` is FFmpeg's name for it where it is sound or film."""

    content_type: str
    family: Family
    demuxer: str = ""


@dataclass(frozen=True, slots=True)
class _Sign:
    """Bytes at a place by which a kind is known."""

    at: int
    content: bytes
    kind: Kind


def kind_of(file: BinaryIO) -> Kind:
    """The kind by the first bytes. Never raises for what they are: the unknown is UNSUPPORTED."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    for sign in _signs():
        if head.startswith(sign.content, sign.at):
            return sign.kind
    if _plain(head).startswith(_MARKUP):
        return Kind("text/html" if b"<svg" not in _plain(head) else "image/svg+xml", Family.ACTIVE)
    return Kind(_named(head), Family.UNSUPPORTED)


def is_something_else_too(file: BinaryIO, size: int, kind: Kind) -> bool:
    """Whether a picture, document, sound or film is also a page or an archive, or a document that hides as one."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read(TAIL_BYTES)
    is_hidden_document = kind.family is not Family.DOCUMENT and _DOCUMENT in head[:_DOCUMENT_BYTES]
    return is_hidden_document or _holds_markup(head, tail) or any(sign in tail for sign in _ARCHIVES)


def _holds_markup(head: bytes, tail: bytes) -> bool:
    edges = (head[:_MARKUP_BYTES] + b"\n" + tail[-_MARKUP_BYTES:]).lower()
    return any(sign in edges for sign in _HIDDEN_MARKUP)


def _plain(head: bytes) -> bytes:
    """The beginning of what may be text, in small letters, without marks and spaces before it."""
    for mark, encoding in _ENCODINGS:
        if head.startswith(mark):
            head = head[len(mark) :].decode(encoding, "replace").encode("ascii", "replace")
    return head[:_MARKUP_BYTES].lstrip(b"\0 \t\r\n\f").lower()


@cache
def _signs() -> tuple[_Sign, ...]:
    table = tomllib.loads(resources.files("workers.decoding").joinpath("kinds.toml").read_text("utf-8"))
    return tuple(
        _Sign(
            row.get("at", 0),
            bytes.fromhex(row["bytes"]),
            Kind(row["type"], Family(row["family"]), row.get("demuxer", "")),
        )
        for row in table["kind"]
    )


def _named(head: bytes) -> str:
    """What else it is, for who decides whether to open it: a name, never a reason to trust it."""
    try:
        found = puremagic.from_string(head, mime=True)
    except Exception:  # noqa: BLE001 - it can't be told
        return UNKNOWN_TYPE
    is_name = found.isascii() and found.isprintable() and 0 < len(found) <= LONGEST_TYPE
    return found if is_name and "/" in found else UNKNOWN_TYPE
