"""What a figure measured on the set rests on: every line is right, nothing is rare, the splits are apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise, product

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.reference import geography
from tests.evaluation import evaluate_anonymise, evaluate_triage, reading
from tests.evaluation.reading import BrokenMessage, Message, Span, messages, read_line, read_markup

# Words between braces never hold braces; everything else that people type may stand there.
WORDS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), min_size=1, max_size=12)
LABELS = st.sampled_from(sorted(reading.MASKED | {reading.KEEP}))
# Made for triage: its few names, numbers and addresses measure no label.
_OF_TRIAGE = {"mended_three", "held_out_three"}
_READ = reading.SETS.keys() - reading.UNREAD
PIECES = st.lists(st.tuples(WORDS, LABELS | st.none()), max_size=8)

LINE: dict[str, object] = {
    "id": "essai-001",
    "style": "essai",
    "language": "fra",
    "split": "development",
    "text": "{{PERSON:Awa}} est retenue à Koro",
    "codes": ["arbitrary_detention"],
    "region": "Bandiagara",
    "cercle": "Koro",
    "urgency": 2,
    "received_at": "2026-06-10T08:00:00Z",
    "occurred": {"from": "2026-06-09", "to": "2026-06-10"},
}


def _everything() -> list[Message]:
    return [each for name in reading.SETS for each in messages(name)]


def _count(attribute: Callable[[Message], object], split: str | None = None) -> Counter[object]:
    return Counter(attribute(each) for each in messages(split))


@given(PIECES)
def test_marks_become_spans_over_exactly_their_words(pieces: list[tuple[str, str | None]]) -> None:
    marked = "".join(f"{{{{{label}:{words}}}}}" if label else words for words, label in pieces)
    text, spans = read_markup(marked)
    assert text == "".join(words for words, _ in pieces)
    assert [(text[each.start : each.end], each.label) for each in spans] == [
        (words, label) for words, label in pieces if label
    ]


def test_offsets_are_code_points() -> None:
    assert read_markup("🙏 ɲɔ {{PERSON:Sɛku}}") == ("🙏 ɲɔ Sɛku", (Span(5, 9, "PERSON"),))


@pytest.mark.parametrize(
    "marked",
    ["{{PERSON:Awa", "{{NAME:Awa}}", "{{PERSON:}}", "{{ADDRESS:chez {{PERSON:Awa}} Koro}}", "Awa}} Koro"],
)
def test_markup_that_is_not_whole_is_refused(marked: str) -> None:
    with pytest.raises(BrokenMessage):
        read_markup(marked)


@pytest.mark.parametrize(
    "change",
    [
        {"language": "french"},
        {"split": "test"},
        {"codes": []},
        {"codes": ["murder"]},
        {"codes": ["none", "killing"]},
        {"codes": ["killing", "killing"]},
        {"region": "Pays dogon"},
        {"region": "bandiagara"},
        {"region": "Gao"},
        {"region": None},
        {"cercle": "Bandiagarra"},
        {"urgency": 4},
        {"urgency": "2"},
        {"received_at": "2026-06-10"},
        {"occurred": {"from": "2026-06-10", "to": "2026-06-09"}},
        {"occurred": {"from": "2026-06-10", "to": "2026-06-11"}},
        {"text": ""},
        {"notes": "a field nobody knows"},
    ],
)
def test_a_line_that_is_wrong_is_refused(change: dict[str, object]) -> None:
    assert read_line(json.dumps(LINE)).cercle == "Koro"
    with pytest.raises(BrokenMessage):
        read_line(json.dumps(LINE | change))


def test_a_line_that_is_not_json_is_refused() -> None:
    with pytest.raises(BrokenMessage):
        read_line("{")


def test_every_message_is_readable_and_stands_under_its_own_name() -> None:
    assert len(messages()) >= 420
    assert len(messages("held_out_two")) >= 300
    assert min(len(messages(name)) for name in ("mended_three", "held_out_three")) >= 200
    assert set(Counter(each.id for each in _everything()).values()) == {1}
    assert set(Counter(each.text.casefold() for each in _everything()).values()) == {1}
    assert all(each.id.startswith(f"{each.style}-") for each in _everything())


def test_spans_cover_whole_words_and_never_overlap() -> None:
    for each in _everything():
        spans = sorted((*each.masked, *each.kept), key=lambda span: span.start)
        assert all(before.end <= after.start for before, after in pairwise(spans)), each.id
        assert not [span for span in spans if _cuts_a_word(each.text, span)], each.id


def test_each_set_can_measure_each_code() -> None:
    by_set = {name: Counter(code for each in messages(name) for code in each.codes) for name in reading.SETS}
    second = _count(lambda each: each.main_code, "held_out_two")
    for code in reading.CODES:
        assert by_set["development"][code] + by_set["held_out"][code] >= 12, code
        assert by_set["held_out"][code] >= 5, code
        assert second[code] >= 8, code


def test_each_set_can_measure_each_label() -> None:
    for split in set(reading.SETS) - _OF_TRIAGE:
        labels = Counter(span.label for each in messages(split) for span in each.masked)
        assert min(labels[label] for label in reading.MASKED) >= 5, (split, labels)
        assert sum(len(each.kept) for each in messages(split)) >= 50, split


def test_every_region_every_urgency_and_every_language_is_there() -> None:
    assert {each.name for each in geography.regions()} <= set(_count(lambda each: each.region))
    assert len(set(_count(lambda each: each.cercle)) - {None}) >= 100
    assert min(_count(lambda each: each.language).values()) >= 30
    for name in reading.UNREAD:
        assert set(_count(lambda each: each.urgency, name)) == {0, 1, 2, 3}
        assert set(_count(lambda each: each.language, name)) == set(reading.LANGUAGES)


def test_about_three_in_five_are_for_development_in_every_style() -> None:
    development, everything = _count(lambda each: each.style, "development"), _count(lambda each: each.style)
    assert 0.5 <= development.total() / everything.total() <= 0.66
    for style, count in everything.items():
        assert 0.45 <= development[style] / count <= 0.7, style


@pytest.mark.parametrize("name", sorted(reading.UNREAD))
def test_no_unread_message_is_a_near_copy_of_one_that_was_read(name: str) -> None:
    read = {each: runs for split in _READ for each, runs in _shingles(split).items()}
    pairs = product(read.items(), _shingles(name).items())
    near = [(one, other) for (one, a), (other, b) in pairs if len(a & b) > 0.25 * min(len(a), len(b))]
    assert near == []


@pytest.mark.parametrize("name", sorted(reading.UNREAD))
def test_no_full_name_number_or_address_stands_in_both_splits(name: str) -> None:
    for read in _READ:
        assert _identifying(read) & _identifying(name) == frozenset()


@pytest.mark.parametrize("name", sorted(reading.UNREAD))
def test_what_went_wrong_in_unread_messages_is_never_shown(name: str) -> None:
    for command, arguments in (
        (evaluate_anonymise.main, ["--split", name, "--misses"]),
        (evaluate_triage.main, [name, "--misses"]),
    ):
        refused = CliRunner().invoke(command, arguments)
        assert refused.exit_code == 2
        assert "never shown" in refused.output
        assert messages(name)[0].text not in refused.output


def _identifying(split: str) -> frozenset[str]:
    """What is masked, but for single names: there are few of those, and any two people may share one."""
    found = (each.text[span.start : span.end].casefold() for each in messages(split) for span in each.masked)
    return frozenset(words for words in found if " " in words or not words.isalpha())


def _cuts_a_word(text: str, span: Span) -> bool:
    words = text[span.start : span.end]
    edges = (text[max(span.start - 1, 0) : span.start + 1], text[span.end - 1 : span.end + 1])
    return words != words.strip() or any(len(edge) == 2 and edge.isalnum() for edge in edges)


def _shingles(split: str) -> dict[str, frozenset[tuple[str, str, str]]]:
    """Runs of three words by message; messages too short for two of them share words and nothing else."""
    found = ((each.id, each.text.casefold().split()) for each in messages(split))
    return {
        name: frozenset(zip(words, words[1:], words[2:], strict=False))
        for name, words in found
        if len(words) > 3
    }
