"""Read a posted form without losing a letter, whatever the phone or browser made of its encoding."""

from __future__ import annotations

import codecs
import io
import unicodedata
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Request, abort, request

from app.languages import ask_for_language
from app.public.parts import MULTIPART, NoFiles, read_parts
from app.security import is_from_another_site

MOST_FIELDS = 50
_KEPT_CONTROLS = frozenset("\n\t")
_SURROGATE_BYTES = 3
_MENDING = "seere-mend-utf8"


def read_form(request: Request) -> dict[str, str]:
    """The posted fields, decoded and cleaned. A field sent twice holds both values, a line each.

    Needs `guard_form` to have run before anything else read the form. Files are left aside: see posted.py.
    """
    if request.mimetype == MULTIPART:
        body = io.BytesIO(request.get_data(cache=True))
        return gather(read_parts(body, boundary_of(request), NoFiles()))
    return gather(_urlencoded(request.get_data(cache=True)))


def gather(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Fields by name, from raw names and values. The page's language is what they say from now on."""
    form: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = clean(decode(raw_name)), clean(decode(raw_value))
        form[name] = f"{form[name]}\n{value}" if form.get(name) else value
    ask_for_language(form.get("lang", "").split("\n")[0])
    return form


def boundary_of(request: Request) -> bytes:
    """What stands between the parts of a multipart body; 400 where nothing is said."""
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary or not boundary.isascii():
        abort(HTTPStatus.BAD_REQUEST)
    return boundary.encode("ascii")


def decode(raw: bytes) -> str:
    """UTF-8; bytes that aren't are taken for Windows-1252, surrogate pairs joined, lone surrogates U+FFFD."""
    text = raw.decode("utf-8", _MENDING)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean(text: str) -> str:
    """One kind of line end, and no control characters: PostgreSQL and people's screens refuse them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in _KEPT_CONTROLS or unicodedata.category(sign) != "Cc")


def has_visible_text(text: str) -> bool:
    """Whether there is more than spaces and signs that nobody sees."""
    return any(unicodedata.category(sign)[0] not in "ZC" for sign in text)


def _urlencoded(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Pairs of bytes; Latin-1 stands for "any byte as it is" here."""
    try:
        pairs = parse_qsl(
            raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        abort(400)
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _mend(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that aren't UTF-8: half of a surrogate pair (old phones), or a Windows letter."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    surrogate = error.object[error.start : error.start + _SURROGATE_BYTES]
    try:
        return surrogate.decode("utf-8", "surrogatepass"), error.start + len(surrogate)
    except UnicodeDecodeError:
        byte = error.object[error.start : error.start + 1]
        return _windows_letter(byte), error.start + 1


def _windows_letter(byte: bytes) -> str:
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:
        return byte.decode("latin-1")


codecs.register_error(_MENDING, _mend)


def guard_form() -> None:
    """Before a request: keep a form's bytes as they came, and refuse one that another site sent.

    Flask's own parser would replace every byte that isn't UTF-8. A multipart body is left to whoever reads it: there
    may be files in it, which must not be held in memory.
    """
    if request.method != "POST":
        return
    if request.mimetype != MULTIPART:
        request.get_data(cache=True)
    if is_from_another_site():
        abort(HTTPStatus.FORBIDDEN)
