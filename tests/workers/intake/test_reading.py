"""Whatever a network makes of a text, people read what was written; what nobody can read is said to be so."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging.segments import GSM_BASIC, GSM_EXTENDED
from workers.intake.decoding import Undecodable, decode
from workers.intake.reading import read, readable

FRENCH = "des hommes armés ont brûlé l’école à Koro… « mon frère » est blessé ; ça fait 3 œufs"
BAMBARA = "cɛw ye n ka misiw minɛ kunun, ɲɔ bɛɛ jenina, ŋaniya tɛ"
NKO = "ߒߞߏ ߞߊ߲ ߘߐ߫"
ARABIC = "أخذوا البقر أمس في كورو"
EMOJI = "ils sont là 😡🔥 👨‍👩‍👧"
TEXTS = [FRENCH, BAMBARA, NKO, ARABIC, EMOJI]

_ESCAPES = dict(zip(GSM_EXTENDED, b"\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True))
_ALPHABET = GSM_BASIC[:27] + "\x00" + GSM_BASIC[27:]


def gsm_septets(text: str) -> bytes:
    """A text as a phone encodes it, one sign a byte."""
    septets = bytearray()
    for sign in text:
        septets += bytes([0x1B, _ESCAPES[sign]]) if sign in _ESCAPES else bytes([_ALPHABET.index(sign)])
    return bytes(septets)


def packed(septets: bytes) -> bytes:
    """Eight signs in seven bytes, filled up with CR as TS 23.038 asks where seven bits are left."""
    filled = septets + (b"\r" if len(septets) % 8 == 7 else b"")
    bits = sum(septet << (7 * at) for at, septet in enumerate(filled))
    return bits.to_bytes(-(-7 * len(filled) // 8), "little")


def content(raw: bytes, encoding: str) -> dict[str, Any]:
    return {"sender": "+22376123456", "raw": base64.b64encode(raw).decode(), "encoding": encoding}


@pytest.mark.parametrize("text", TEXTS)
def test_text_of_every_script_comes_through_untouched(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("form", ["utf-16-be", "utf-16-le", "utf-16"])
def test_ucs2_is_read_in_either_order(text: str, form: str) -> None:
    assert decode(text.encode(form), "ucs2") == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("form", ["utf-8", "utf-16-be"])
def test_base64_is_read_whatever_is_in_it(text: str, form: str) -> None:
    assert decode(base64.b64encode(text.encode(form)), "base64") == text
    assert read(content(text.encode(form), "")).text == text


@given(st.text(st.sampled_from(GSM_BASIC.replace("\r", "") + GSM_EXTENDED), max_size=160))
def test_gsm7_comes_back_whole(text: str) -> None:
    assert decode(gsm_septets(text), "gsm7") == text


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèàù ,.'0123456789€[]"), min_size=9, max_size=160))
def test_packed_gsm7_comes_back_whole(text: str) -> None:
    raw = packed(gsm_septets(text))
    if max(raw) > 0x7F:  # else nothing tells it from unpacked
        assert decode(raw, "gsm7") == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_ucs2_with_its_mark_comes_back_whole(text: str) -> None:
    assert decode(text.encode("utf-16"), "ucs2") == text


@pytest.mark.parametrize("text", [FRENCH, BAMBARA, NKO, ARABIC])
@pytest.mark.parametrize("taken_for", ["latin-1", "cp1252"])
def test_utf8_that_was_read_as_latin1_is_read_anew(text: str, taken_for: str) -> None:
    try:
        broken = text.encode().decode(taken_for)
    except UnicodeDecodeError:
        pytest.skip("Windows-1252 has no sign for one of the bytes")
    assert readable(broken) == text


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("mon frÃ¨re est blessÃ©", "mon frère est blessé"),
        ("caf\udce9 brul\udce9", "café brulé"),
        ("\udcc3\udca9cole", "école"),
        ("a \ud83d b", "a \ufffd b"),
        ("\ud83d\ude21", "😡"),
        ("un\x00deux\x07", "undeux"),
    ],
)
def test_broken_letters_are_mended_or_marked(broken: str, meant: str) -> None:
    assert readable(broken) == meant


@given(st.text(st.sampled_from("abcdeéèêëàâùûüçôöîïœ ɛɔɲŋƐƆ '’«».,;:!?-0123456789"), max_size=120))
def test_what_was_right_is_never_changed(text: str) -> None:
    assert readable(text) == text


@given(st.binary(max_size=200), st.sampled_from(["", "ucs2", "gsm7", "latin1", "base64", "utf-8", "other"]))
def test_any_bytes_are_read_or_said_to_be_undecodable(raw: bytes, encoding: str) -> None:
    arrived = read(content(raw, encoding))
    assert arrived.text or arrived.undecodable == raw or not _holds_signs(raw, encoding)


def _holds_signs(raw: bytes, encoding: str) -> bool:
    try:
        return bool(readable(decode(raw, encoding)))
    except Undecodable:
        return True


@given(
    st.dictionaries(st.sampled_from(["sender", "text", "raw", "encoding", "language"]), st.text(max_size=50))
)
def test_any_text_fields_are_read(fields: dict[str, str]) -> None:
    read(fields)


def test_everything_that_was_sealed_is_there() -> None:
    arrived = read(
        {
            "sender": " 76123456 ",
            "text": "bonjour",
            "part": ["7", 2, 3],
            "media": [["https://example.org/x", "image/png"]],
            "consent": "stop",
            "language": "bm",
        }
    )
    assert (arrived.sender, arrived.text, arrived.consent, arrived.language) == (
        "76123456",
        "bonjour",
        "stop",
        "bm",
    )
    assert arrived.part is not None
    assert (arrived.part.reference, arrived.part.number, arrived.part.total) == ("7", 2, 3)
    assert arrived.media[0].content_type == "image/png"


@pytest.mark.parametrize("raw", [b"\x99\x01\x02\xff\x00\x7f", bytes(range(128, 160)) * 3])
def test_bytes_of_no_known_form_are_kept_for_a_person(raw: bytes) -> None:
    assert read(content(raw, "httpsms-encrypted")).undecodable == raw
