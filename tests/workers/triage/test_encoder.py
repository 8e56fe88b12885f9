"""The third voice: what it reads, what it says nothing of, and when it is asked."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reference.taxonomy import violations as taxonomy
from tests.workers.triage.models import saying
from tests.workers.triage.texts import HOSTILE, any_text, message
from workers.contracts import Finding, FindingKind, Span
from workers.triage import second_voice, violations
from workers.triage.encoder import Encoder, Meant, Whole, running_encoder
from workers.triage.linear_model import LEVELS, joined, running_model

TEXTS = {
    "killing": ("des hommes armés ont tué mon frère au champ", "armed men killed my brother in the field"),
    "descent_based_slavery": (
        "le maître refuse que la famille de ses esclaves quitte sa terre",
        "the master will not let the family of his slaves leave his land",
    ),
    "denial_of_justice": (
        "le juge renvoie notre dossier depuis quatre ans sans jamais ouvrir le procès",
        "for four years the judge has put off our case and never opened the trial",
    ),
    "none": (
        "bonjour, comment puis-je vous envoyer un témoignage ?",
        "hello, how can I send you a testimony?",
    ),
}


def _encoder() -> Encoder:
    encoder = running_encoder()
    assert encoder is not None
    return encoder


def _meant(text: str) -> Meant:
    meant = _encoder().meant(text)
    assert meant is not None
    return meant


def _likeliest(text: str) -> str:
    codes = _meant(text).codes
    return max(codes, key=codes.__getitem__)


def test_the_encoder_ships_with_the_codes_and_levels_that_triage_gives() -> None:
    encoder = _encoder()
    assert set(encoder.codes) == set(taxonomy())
    assert encoder.levels == LEVELS
    assert {"version", "base", "examples", "examples_sha256"} <= set(encoder.manifest)


def test_the_files_stay_small_enough_to_carry() -> None:
    folder = resources.files("workers.vocabularies.models")
    sizes = [len(folder.joinpath(f"encoder.{end}").read_bytes()) for end in ("onnx", "pieces", "json")]
    assert sum(sizes) < 36_000_000


@pytest.mark.parametrize(("code", "texts"), TEXTS.items())
def test_it_understands_the_same_in_french_and_in_english(code: str, texts: tuple[str, ...]) -> None:
    assert [_likeliest(text) for text in texts] == [code] * len(texts)


def test_levels_grow_less_likely_the_higher_they_are() -> None:
    for texts in TEXTS.values():
        levels = _meant(texts[0]).levels
        assert [levels[level] for level in LEVELS] == sorted(levels.values(), reverse=True)


@pytest.mark.parametrize("text", ["", "   ", "سرقوا أبقارنا البارحة", "ⵓⴽⵔⵏ ⵉⵣⴳⴰⵔⵏ", "ߒ ߓߘߊ߫ ߡߍ߲"])
def test_of_scripts_that_it_never_learnt_it_says_nothing(text: str) -> None:
    assert _encoder().meant(text) is None


@settings(max_examples=60, deadline=None)
@given(any_text | message)
def test_any_text_is_read_the_same_twice_or_not_at_all(text: str) -> None:
    meant = _encoder().meant(text)
    assert meant == _encoder().meant(text)
    if meant is not None:
        assert set(meant.codes) == set(_encoder().codes)
        assert all(map(math.isfinite, (*meant.codes.values(), *meant.levels.values())))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_read(text: str) -> None:
    _encoder().meant(text)


def test_what_a_long_text_tells_at_its_end_is_heard() -> None:
    before = "Bonjour, nous sommes venus vous saluer et le temps est beau au village. " * 20
    told = TEXTS["killing"][0]
    with_it, without = _meant(before + told).codes, _meant(before).codes
    assert with_it["killing"] > without["killing"] + 1
    assert with_it["none"] < without["none"]


class _Session:
    """In the network's place: remembers what it was asked, and says nothing of it."""

    def __init__(self, answers: int) -> None:
        self.asked: list[list[int]] = []
        self._answers = answers

    def run(self, _names: None, given: dict[str, Any]) -> list[list[list[float]]]:
        self.asked.append(given["pieces"].tolist())
        return [[[0.0] * self._answers]]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2000))
def test_windows_hold_a_text_whole_and_in_order(words: int) -> None:
    encoder = _encoder()
    session = _Session(len(encoder.codes) + len(encoder.levels))
    replace(encoder, session=session).meant("vache " * words)
    begin, end = encoder.pieces.bos_id(), encoder.pieces.eos_id()
    assert all(window[0] == begin and window[-1] == end for window in session.asked)
    assert all(2 < len(window) <= encoder.window for window in session.asked)
    assert len(session.asked) <= 6
    read = [number for window in session.asked for number in window[1:-1]]
    whole = encoder.pieces.encode("vache " * words)
    assert read == whole[: len(read)]
    assert len(read) == len(whole) or len(session.asked) == 6


CHANCE = st.floats(0, 1)
ODDS = st.floats(-9, 9)


@given(CHANCE, ODDS)
def test_two_voices_together_are_between_them(likelihood: float, odds: float) -> None:
    other = 1 / (1 + math.exp(-odds))
    both = joined({"killing": likelihood, "pillage": likelihood}, {"killing": odds})
    assert both["pillage"] == likelihood
    assert min(likelihood, other) - 0.0001 <= both["killing"] <= max(likelihood, other) + 0.0001


class _Counting(Whole):
    """An encoder's reading that says the same of every text."""

    def __init__(self, **codes: float) -> None:
        super().__init__("", None)
        self._said = codes

    @property
    def codes(self) -> dict[str, float]:
        self.was_asked = True
        return self._said


def test_one_word_of_evidence_needs_no_encoder() -> None:
    whole = _Counting()
    second_voice.weighed("tué", violations.find("tué", "fra"), running_model(), whole)
    assert not whole.was_asked


def test_the_encoder_turns_what_the_others_only_guess() -> None:
    text = "ils sont venus et tout a changé pour nous"
    found = [Finding(FindingKind.VIOLATION, {"code": "pillage"}, 0.6, "vocabulary: a", (Span(0, 3),))]
    whole = _Counting(forced_displacement=8.0, pillage=-2.0, none=-8.0)
    both = second_voice.weighed(text, found, running_model(), whole)
    assert whole.was_asked
    assert both[0].value["code"] == "forced_displacement"


@pytest.mark.parametrize(
    ("killing", "pillage", "is_asked"),
    [(0.97, 0.05, False), (0.97, 0.5, True), (0.6, 0.05, True), (0.97, 0.25, False)],
)
def test_it_is_asked_only_where_the_others_leave_a_doubt(
    killing: float, pillage: float, is_asked: bool
) -> None:
    whole = _Counting()
    second_voice.weighed("a b c", [], saying(killing=killing, pillage=pillage), whole)
    assert whole.was_asked == is_asked


def test_without_an_encoder_the_others_speak() -> None:
    found = violations.find("ils ont volé nos boeufs", "fra")
    alone = second_voice.weighed("ils ont volé nos boeufs", found, running_model())
    assert second_voice.weighed("ils ont volé nos boeufs", found, running_model(), Whole("", None)) == alone
