"""Text that file formats can hold, and that a spreadsheet doesn't run."""

from __future__ import annotations

import re
from collections.abc import Sequence

CUT_MARK = " […]"
# Control characters but tab and line feed, halves of characters, and what Unicode says is no character.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_HALVES = re.compile(r"[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?")
# What a spreadsheet may take for the start of a formula (OWASP, CSV Injection): full-width forms included, and blanks
# before it, visible or not, which some programs trim. A leading tab or line end can shift a cell's content.
_FORMULA = re.compile(r"[\s\ufeff\u180e\u200b-\u200f\u2060]*[=+\-@＝＋－＠]|[\t\r\n]")


def plain(text: str) -> str:
    """Text without what XML and spreadsheets can't hold, a blank in its place; line ends as line feeds."""
    if text.isprintable() or _UNWRITABLE.search(text) is None:  # nearly always, and "\r" is one of them
        return text
    return _UNWRITABLE.sub(" ", _LINE_ENDS.sub("\n", text))


def whole(text: str) -> str:
    """Text without halves of characters, which no encoding can write; all else as it is."""
    return _HALVES.sub("\ufffd", text)


def harmless(text: str) -> str:
    """Plain text; a leading apostrophe keeps a spreadsheet from running what looks like a formula."""
    if text[:1].isalnum() and text.isprintable():
        return text
    clean = plain(text)
    return "'" + clean if is_like_formula(clean) else clean


def are_harmless(texts: Sequence[str]) -> bool:
    """Whether `harmless` would leave all of these as they are, by looks at the whole: false also where it is unsure."""
    return "".join([text[:1] for text in texts]).isalnum() and "".join(texts).isprintable()


def is_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run a text that is typed or read into one of its cells."""
    return _FORMULA.match(text) is not None


def cut_to_bytes(text: str, most: int) -> str:
    """Text of at most so many bytes of UTF-8, with a mark at the end where something is missing."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    kept = encoded[: most - len(CUT_MARK.encode())]
    return kept.decode(errors="ignore") + CUT_MARK
