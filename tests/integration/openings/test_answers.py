"""What is sealed to a browser comes out there as it went in, and nowhere else; whatever else comes is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from app.openings.answers import Answer, AnswerKind, CannotRead, read_answer, seal_answer

BROWSER = PrivateKey(b"\x05" * 32)
PUBLIC, PRIVATE = bytes(BROWSER.public_key), bytes(BROWSER)


@given(st.sampled_from(AnswerKind), st.binary(max_size=2000), st.text(max_size=40))
def test_an_answer_comes_out_as_it_went_in(kind: AnswerKind, body: bytes, content_type: str) -> None:
    answer = Answer(kind, body, content_type)
    assert read_answer(seal_answer(answer, PUBLIC), PRIVATE) == answer


@given(st.binary(max_size=400), st.binary(max_size=40))
def test_anything_else_is_refused_and_never_half_read(sealed: bytes, key: bytes) -> None:
    with pytest.raises(CannotRead):
        read_answer(sealed, PRIVATE)
    if key != PRIVATE:
        with pytest.raises(CannotRead):
            read_answer(seal_answer(Answer(AnswerKind.TEXT, b"secret"), PUBLIC), key)


def test_how_long_a_number_is_does_not_show() -> None:
    lengths = {
        len(seal_answer(Answer(AnswerKind.NUMBER, body), PUBLIC)) for body in (b"+223761", b"+22376543210")
    }
    assert len(lengths) == 1
