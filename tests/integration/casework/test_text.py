"""Cutting an account into pieces, and counting SMS."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casework.highlighting import Evidence, cut
from app.messaging.segments import GSM_BASIC, GSM_EXTENDED, count_segments

spans = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60), st.integers(1, 9)), max_size=8)


@given(st.text(max_size=50), spans)
def test_the_pieces_are_the_text_and_each_knows_its_findings(
    text: str, raw: list[tuple[int, int, int]]
) -> None:
    evidence = [Evidence(*span) for span in raw]
    pieces = cut(text, evidence)
    assert "".join(piece.text for piece in pieces) == text
    at = 0
    for piece in pieces:
        for offset in range(at, at + len(piece.text)):
            over = {each.number for each in evidence if 0 <= each.start <= offset < each.end <= len(text)}
            assert set(piece.numbers) == over
        at += len(piece.text)


def test_a_token_is_marked_also_inside_evidence() -> None:
    pieces = cut("vu [PERSONNE-12] hier", [Evidence(0, 16, 1)])
    assert [piece.text for piece in pieces if piece.is_token] == ["[PERSONNE-12]"]
    assert [piece.ending for piece in pieces] == [(), (1,), ()]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("🙂" * 36, 2),
    ],
)
def test_sms_are_counted_as_networks_do(text: str, count: int) -> None:
    assert count_segments(text).count == count


def test_the_letters_that_cost_room_are_named() -> None:
    assert count_segments("où être, là-bas ?").costly_letters == ("ê",)
    assert len(GSM_BASIC) == 127
    assert len(GSM_EXTENDED) == 9


@given(st.text(max_size=400))
def test_any_text_can_be_counted(text: str) -> None:
    assert count_segments(text).count >= 1
