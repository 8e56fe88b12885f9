"""What an opened value says to who asked for it: the same whether a worker opened it or the person's own key."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from app.models import OpeningSubject
from app.openings.answers import Answer, AnswerKind

Opened = Mapping[str, Any]


def answer_from(subject: OpeningSubject, opened: Opened, *, content_type: str, part: str) -> Answer:
    """The answer for one opened value. Raises KeyError and ValueError where it doesn't hold what it should."""
    return _READERS[subject](opened, content_type, part)


def _file(opened: Opened, content_type: str, _part: str) -> Answer:
    content = base64.b64decode(opened["bytes"], validate=True)
    return Answer(AnswerKind.FILE, content, str(opened.get("content_type", content_type)))


def _details(opened: Opened, _content_type: str, _part: str) -> Answer:
    """One line for each thing that the metadata said."""
    lines = (f"{name}: {value}" for name, value in opened.items())
    return Answer(AnswerKind.TEXT, "\n".join(lines).encode("utf-8", "replace"))


def _number(opened: Opened, _content_type: str, _part: str) -> Answer:
    return Answer(AnswerKind.NUMBER, str(opened["address"]).encode("utf-8", "replace"))


def _token(opened: Opened, _content_type: str, part: str) -> Answer:
    return Answer(AnswerKind.TEXT, str(opened[part]).encode("utf-8", "replace"))


def _text(opened: Opened, _content_type: str, _part: str) -> Answer:
    """What was written; where nobody could decode it, its bytes as numbers and in the alphabets of old phones."""
    lines = [str(opened[name]) for name in ("text", "where", "when") if str(opened.get(name, "")).strip()]
    if lines:
        return Answer(AnswerKind.TEXT, "\n".join(lines).encode("utf-8", "replace"))
    raw = base64.b64decode(opened["raw"], validate=True)
    tried = [f"{name}: {raw.decode(encoding, 'replace')}" for name, encoding in _ALPHABETS]
    return Answer(AnswerKind.TEXT, "\n\n".join([raw.hex(" "), *tried]).encode("utf-8", "replace"))


_ALPHABETS = (("UTF-8", "utf-8"), ("UCS-2", "utf-16-be"), ("Windows-1252", "cp1252"))
_READERS: Mapping[OpeningSubject, Callable[[Opened, str, str], Answer]] = {
    OpeningSubject.ATTACHMENT: _file,
    OpeningSubject.ATTACHMENT_DETAILS: _details,
    OpeningSubject.ORIGINAL: _file,
    OpeningSubject.CONTACT: _number,
    OpeningSubject.MESSAGE: _text,
    OpeningSubject.TOKEN: _token,
}
