"""The boxes private keys lie in: each opens for its own secret or key and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from app.receipts import ALPHABET
from app.safe import boxes
from app.safe.boxes import ClosedKey, close_with, open_key, open_with, seal_key
from app.safe.errors import SafeError
from app.safe.recovery_codes import new_recovery_code, plain

PRIVATE, OTHER = PrivateKey(b"\x01" * 32), PrivateKey(b"\x02" * 32)
texts = st.text(min_size=1, max_size=40)


@given(texts, texts)
@settings(deadline=None)
def test_a_closed_key_opens_for_its_own_password_only(password: str, other: str) -> None:
    closed = close_with(password, PRIVATE)
    opened = open_with(password, closed)
    assert opened is not None
    assert bytes(opened) == bytes(PRIVATE)
    assert other == password or open_with(other, closed) is None
    assert bytes(PRIVATE) not in closed.sealed


@given(st.integers(0, 71), st.integers(1, 255))
@settings(deadline=None)
def test_a_box_that_was_altered_opens_for_nobody(position: int, change: int) -> None:
    closed = close_with("four plain words here", PRIVATE)
    altered = bytearray(closed.sealed)
    altered[position % len(altered)] ^= change
    assert open_with("four plain words here", ClosedKey(bytes(altered), closed.salt, 1, 8192)) is None
    sealed = bytearray(seal_key(PRIVATE, bytes(OTHER.public_key)))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(SafeError, match="unreadable"):
        open_key(bytes(sealed), OTHER, public_key=bytes(PRIVATE.public_key))


def test_two_boxes_of_one_password_have_nothing_in_common() -> None:
    one, two = close_with("the same", PRIVATE), close_with("the same", PRIVATE)
    assert one.salt != two.salt
    assert one.sealed != two.sealed


def test_a_box_keeps_its_own_figures_when_those_for_new_ones_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = close_with("a password", PRIVATE)
    monkeypatch.setattr(boxes, "OPERATIONS", 2)
    monkeypatch.setattr(boxes, "MEMORY_BYTES", 16384)
    assert open_with("a password", closed) is not None
    assert close_with("a password", PRIVATE).operations == 2


def test_a_sealed_key_opens_for_its_holder_only_and_only_if_it_is_the_right_one() -> None:
    sealed = seal_key(PRIVATE, bytes(OTHER.public_key))
    assert bytes(open_key(sealed, OTHER, public_key=bytes(PRIVATE.public_key))) == bytes(PRIVATE)
    with pytest.raises(SafeError):
        open_key(sealed, PrivateKey(b"\x03" * 32), public_key=bytes(PRIVATE.public_key))
    put_in = seal_key(PrivateKey(b"\x04" * 32), bytes(OTHER.public_key))  # by who can write to the database
    with pytest.raises(SafeError):
        open_key(put_in, OTHER, public_key=bytes(PRIVATE.public_key))


def test_a_recovery_code_is_read_as_people_type_it() -> None:
    code = new_recovery_code()
    assert plain(code) == code.replace("-", "")
    assert plain(f"  {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ") == plain(code)
    assert new_recovery_code() != code


@given(st.integers(0, 27), st.sampled_from(ALPHABET))
def test_a_mistyped_recovery_code_is_nearly_always_noticed(position: int, typed: str) -> None:
    """One in 1024 wrong codes fits its check; those open nothing, but are called wrong instead of mistyped."""
    code = "0123456789ABCDEFGHJKMNPQRS"
    whole = code + next(a + b for a in ALPHABET for b in ALPHABET if plain(code + a + b))
    changed = whole[:position] + typed + whole[position + 1 :]
    assert plain(whole) == whole
    assert changed == whole or plain(changed) in {None, changed}
    assert plain(whole[:-1]) is None


def test_swapping_two_neighbours_of_a_recovery_code_is_noticed() -> None:
    noticed, tried = 0, 0
    for _ in range(40):
        symbols = plain(new_recovery_code()) or ""
        for at in range(len(symbols) - 1):
            if symbols[at] != symbols[at + 1]:
                swapped = symbols[:at] + symbols[at + 1] + symbols[at] + symbols[at + 2 :]
                tried, noticed = tried + 1, noticed + (plain(swapped) is None)
    assert noticed / tried > 0.98
