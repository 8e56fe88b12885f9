"""Receipt codes: enough entropy, forgiving to type, slow to guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import receipts

KEY = b"k" * 32


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    code = receipts.normalise(typed)
    assert code is None or (len(code) == 12 and set(code) <= set(receipts.ALPHABET))


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=40))
def test_a_derived_code_is_always_the_same_and_readable(key: bytes, reference: str) -> None:
    code = receipts.derived_code(key, reference)
    assert code == receipts.derived_code(key, reference)
    assert receipts.normalise(code) == code.replace("-", "")


def test_sixty_bits_are_drawn() -> None:
    assert len(receipts.ALPHABET) ** receipts.SYMBOLS >= 2**50
    assert len({receipts.new_code() for _ in range(500)}) == 500


@pytest.mark.parametrize("typed", ["abcd-efgh-jk01", "ABCD EFGH JKOL", " abcdefghjkoi ", "ABCD.EFGH–JKO1"])
def test_case_spaces_and_look_alikes_are_forgiven(typed: str) -> None:
    assert receipts.receipt_hash(KEY, typed) == receipts.receipt_hash(KEY, "ABCDEFGHJK01")


def test_another_key_gives_another_hash() -> None:
    assert receipts.receipt_hash(KEY, "ABCDEFGHJK01") != receipts.receipt_hash(b"j" * 32, "ABCDEFGHJK01")
