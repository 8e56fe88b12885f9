"""Pieces give the same text in whatever order and however often they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.intake.assembling import GAP, Piece, announces_more, assemble, goes_on, joined, read_marker

START = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
WORDS = st.text(st.sampled_from("abcdé ɛ0'"), min_size=1, max_size=20)


def part(number: int, total: int, text: str, after: int = 0) -> Piece:
    return Piece(text, START + timedelta(seconds=after), b"r", number, total)


def by_hand(text: str, after: int) -> Piece:
    return Piece(text, START + timedelta(seconds=after))


@given(st.data(), st.lists(WORDS, min_size=2, max_size=6))
def test_parts_give_the_same_text_in_any_order_with_any_doubles(
    data: st.DataObject, texts: list[str]
) -> None:
    parts = [part(number, len(texts), text) for number, text in enumerate(texts, 1)]
    doubled = parts + data.draw(st.lists(st.sampled_from(parts), max_size=5))
    assert joined(data.draw(st.permutations(doubled))) == "".join(texts)


@given(st.data(), st.lists(WORDS, min_size=2, max_size=6))
def test_a_missing_part_leaves_a_mark_in_its_place(data: st.DataObject, texts: list[str]) -> None:
    parts = [part(number, len(texts), text) for number, text in enumerate(texts, 1)]
    missing = data.draw(st.sampled_from(parts))
    left = [each for each in parts if each is not missing]
    whole = joined(data.draw(st.permutations(left)))
    assert whole.count(GAP) == 1
    assert whole == "".join(GAP if each is missing else each.text for each in parts)


@given(
    st.data(), st.lists(st.sampled_from(["ils", "sont", "venus", "hier", "à Koro"]), min_size=2, max_size=5)
)
def test_texts_numbered_by_hand_are_put_in_order(data: st.DataObject, texts: list[str]) -> None:
    named = [f"{text} {number}" for number, text in enumerate(texts)]
    total = len(named)
    pieces = [by_hand(f"{number}/{total} {text}", number) for number, text in enumerate(named, 1)]
    moved = [by_hand(piece.text, after) for after, piece in enumerate(data.draw(st.permutations(pieces)))]
    assert assemble(moved) == " ".join(named)


def test_texts_that_go_on_without_figures_are_in_the_order_they_came() -> None:
    pieces = [by_hand("suite: ils ont pris 3 motos", 60), by_hand("des hommes à Koro...", 0)]
    assert assemble(pieces) == "des hommes à Koro... ils ont pris 3 motos"


def test_a_lone_text_is_never_touched() -> None:
    assert assemble([by_hand("1/3 suite: rien", 0)]) == "1/3 suite: rien"
    assert assemble([]) == ""


@pytest.mark.parametrize(
    ("text", "number", "total", "rest"),
    [
        ("1/3 ils sont venus", 1, 3, "ils sont venus"),
        ("(2/3) ils sont venus", 2, 3, "ils sont venus"),
        ("ils sont venus (3/3)", 3, 3, "ils sont venus"),
        ("ils sont venus 2/2", 2, 2, "ils sont venus"),
        ("2 sur 3: ils sont venus", 2, 3, "ils sont venus"),
        ("[1 of 2] they came", 1, 2, "they came"),
        ("2/3", 2, 3, ""),
    ],
)
def test_figures_of_texts_cut_by_hand(text: str, number: int, total: int, rest: str) -> None:
    marker = read_marker(text)
    assert marker is not None
    assert (marker.number, marker.total, marker.rest) == (number, total, rest)


@pytest.mark.parametrize(
    "text", ["le 12/11 ils sont venus", "3/2 fois", "0/3 rien", "1/1", "20 boeufs", "", "1/23"]
)
def test_dates_and_senseless_figures_are_none(text: str) -> None:
    assert read_marker(text) is None


@pytest.mark.parametrize(
    "text", ["suite: ils", "Suite", "...suite ils", "(suite) ils", "cont. they", "…suite"]
)
def test_words_that_say_it_goes_on(text: str) -> None:
    assert goes_on(text)


@pytest.mark.parametrize("text", ["suite à l'attaque de Koro"])
def test_a_sentence_that_begins_alike_is_only_joined_when_it_comes_right_after(text: str) -> None:
    assert goes_on(
        text
    )  # nobody can tell; the window of ten minutes and the one click of the desk are for that


@pytest.mark.parametrize("text", ["ils sont venus, ensuite", "tout de suite", "suivi", "suites"])
def test_words_that_do_not(text: str) -> None:
    assert not goes_on(text)


@pytest.mark.parametrize(
    ("text", "more"), [("ils sont venus (suite)", True), ("ils ... à suivre", True), ("vite", False)]
)
def test_words_that_announce_more(text: str, more: bool) -> None:
    assert announces_more(text) is more


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 900)), max_size=5))
def test_any_texts_are_joined_without_failing(texts: list[tuple[str, int]]) -> None:
    assemble([by_hand(text, after) for text, after in texts])
