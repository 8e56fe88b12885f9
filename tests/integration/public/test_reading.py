"""Whatever encoding a phone or browser uses, no letter is lost and nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote_from_bytes

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from app.public.reading import clean, decode, has_visible_text
from tests.integration.public.conftest import form_of, sealed_contents, sqlite_only

FORM = "application/x-www-form-urlencoded"
PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
FRENCH = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz àâçéèêëîïôùûüœæ’€"))


@given(PRINTABLE)
def test_utf8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text


# A few letter sequences nobody writes ("âœœ") are the same bytes as one UTF-8 letter; those are read as UTF-8.
UTF8_LETTER = re.compile(rb"[\xC2-\xDF][\x80-\xBF]|[\xE0-\xEF][\x80-\xBF]{2}")


@given(FRENCH.filter(lambda text: not UTF8_LETTER.search(text.encode("cp1252"))))
@example("é’ â€ à la mère, l’été")
def test_windows_letters_are_read_as_the_letters_they_are(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@given(PRINTABLE)
def test_signs_sent_as_surrogate_pairs_by_old_phones_are_joined(text: str) -> None:
    units = text.encode("utf-16-be")
    halves = "".join(chr(int.from_bytes(units[at : at + 2])) for at in range(0, len(units), 2))
    assert decode(halves.encode("utf-8", "surrogatepass")) == text


@given(st.binary())
def test_any_bytes_become_text_that_can_be_stored_and_shown(raw: bytes) -> None:
    text = clean(decode(raw))
    assert text.encode().decode() == text
    assert not set(text) & set("\x00\r\x1b\x7f\x85")


@given(PRINTABLE, PRINTABLE)
def test_one_broken_byte_spoils_nothing_around_it(before: str, after: str) -> None:
    assert decode(before.encode() + b"\xff" + after.encode()) == f"{before}ÿ{after}"


@pytest.mark.parametrize(
    ("text", "is_visible"),
    [("a", True), ("!", True), ("\U0001f198", True), (" \t\n", False), ("\u200b\ufeff", False), ("", False)],
)
def test_what_nobody_sees_is_no_text(text: str, is_visible: bool) -> None:
    assert has_visible_text(text) is is_visible


@pytest.fixture
def send_raw(client: FlaskClient) -> Callable[[bytes], int]:
    """Post a raw `text` (percent sequences and all) with a good token; gives the status."""

    def post(raw: bytes, content_type: str = FORM) -> int:
        token = form_of(client.get("/").text, "/")["token"].encode()
        return client.post(
            "/", data=b"token=" + token + b"&text=" + raw, content_type=content_type
        ).status_code

    return post


@sqlite_only
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"bless%E9+%E0+Gao", "blessé à Gao"),
        (b"bless\xe9 \xe0 Gao", "blessé à Gao"),
        ("Mɔgɔw minɛna".encode(), "Mɔgɔw minɛna"),
        (b"%ED%A0%80 fin", "\ufffd fin"),
        (b"%ED%A0%BD%ED%B8%A2", "\U0001f622"),
        (b"a%00b%07c%1B[31m", "abc[31m"),
        (b"un%0D%0Adeux%0Dtrois", "un\ndeux\ntrois"),
        (b"100%+s%C3%BBr+%zz", "100% sûr %zz"),
        (b"un&text=deux", "un\ndeux"),
    ],
)
def test_forms_in_every_encoding_are_accepted_whole(
    send_raw: Callable[[bytes], int], raw: bytes, text: str
) -> None:
    assert send_raw(raw) == 201
    assert sealed_contents()[0]["text"] == text


@sqlite_only
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/json", "multipart/form-data", FORM + "; charset=utf-7"]
)
def test_an_unusual_kind_of_body_is_never_our_error(send_raw: Callable[..., int], content_type: str) -> None:
    assert send_raw(b"Un+mot", content_type) in {201, 400}


@sqlite_only
def test_a_form_in_parts_keeps_its_letters(client: FlaskClient) -> None:
    token = form_of(client.get("/").text, "/")["token"].encode()
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = part % (b"token", token) + part % (b"text", b"bless\xe9") + b"--b--\r\n"
    assert client.post("/", data=body, content_type="multipart/form-data; boundary=b").status_code == 201
    assert sealed_contents()[0]["text"] == "blessé"


@sqlite_only
def test_a_thousand_fields_are_refused(client: FlaskClient) -> None:
    body = b"&".join(b"f%d=1" % at for at in range(1000))
    assert client.post("/", data=body, content_type=FORM).status_code == 400


@sqlite_only
@pytest.mark.parametrize("address", ["/", "/receipt", "/receipt/answer", "/receipt/withdraw"])
@pytest.mark.parametrize(
    "raw", [b"\x00\xff\xfe", b"%", b"%ED%A0%80", b"\xed\xa0\x80", b"7" * 20_000, b"'\"<>;--"]
)
def test_no_value_in_any_field_is_our_error(client: FlaskClient, address: str, raw: bytes) -> None:
    names = [*b"text where token code access question answer lang confirm switch".split(), raw]
    body = b"&".join(name + b"=" + raw for name in names)
    assert client.post(address, data=body, content_type=FORM).status_code in {200, 400}


@sqlite_only
@pytest.mark.parametrize("address", ["/", "/receipt", "/about"])
@pytest.mark.parametrize("raw", [b"\x00\xff\xfe", b"%", b"\xed\xa0\x80", b"7" * 20_000, b"'\"<>;--"])
def test_no_query_is_our_error(client: FlaskClient, address: str, raw: bytes) -> None:
    for query in (quote_from_bytes(raw), quote_from_bytes(raw, safe=b"%")):
        assert client.get(f"{address}?lang={query}&{query}={query}").status_code == 200
