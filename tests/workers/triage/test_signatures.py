"""Signatures for the index of twins: stable, few, shared by what is alike and not by what isn't."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.triage.texts import any_text, message
from workers.triage.signatures import BANDS, bands, event_keys
from workers.triage.training import own_examples

_REPORT = (
    "Hier soir des hommes armés à moto ont attaqué le marché de [LIEU], trois commerçants sont morts, "
    "les boutiques ont été brûlées et quarante boeufs emportés vers la forêt"
)


def _shares(one: str, other: str) -> bool:
    return not set(bands(one)).isdisjoint(bands(other))


def _reworded(text: str, chance: random.Random) -> str:
    """A fifth of the words left out, the rest without accents' help in another order, in small letters."""
    words = [word for word in text.lower().split() if chance.random() > 0.2]
    chance.shuffle(words)
    return " ".join(words)


@settings(max_examples=100, deadline=None)
@given(any_text | message)
def test_keys_are_few_and_fit_a_signed_64_bit_column(text: str) -> None:
    keys = bands(text)
    assert len(keys) in (0, BANDS)
    assert all(0 <= key < 2**63 for key in keys)
    assert keys == bands(text)


def test_the_signature_of_a_text_does_not_change_between_releases() -> None:
    assert bands("trois hommes armés ont attaqué Koro hier")[0] == 4418994397408457716


def test_capitals_accents_and_spelling_do_not_matter() -> None:
    assert bands("Les blessés ont été frappés au village") == bands("LES BLESSES ONT ETE FRAPES AU VILAGE")


def test_tokens_for_people_say_nothing() -> None:
    one = f"{_REPORT} [PERSONNE-1] [TELEPHONE-1]"
    assert bands(one) == bands(f"{_REPORT} [PERSONNE-7: femme, victime]")


def test_too_little_has_no_signature() -> None:
    assert bands("aidez nous") == ()
    assert bands("") == ()


def test_the_same_message_reworded_is_found() -> None:
    chance = random.Random(3)
    assert all(_shares(_REPORT, _reworded(_REPORT, chance)) for _ in range(40))


def test_other_reports_rarely_meet() -> None:
    texts = [example.text for example in own_examples() if len(example.text) > 40]
    chance = random.Random(5)
    chosen = [chance.sample(texts, 2) for _ in range(2_000)]
    assert sum(_shares(one, other) for one, other in chosen) <= 10


def test_an_event_needs_place_day_and_act() -> None:
    day = date(2026, 11, 18)
    assert event_keys("ML-5", day, {"killing"})
    assert event_keys(None, day, {"killing"}) == ()
    assert event_keys("ML-5", None, {"killing"}) == ()
    assert event_keys("ML-5", day, {"none", "other"}) == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-3, 3))
def test_days_up_to_three_apart_share_a_key(day: date, apart: int) -> None:
    other = event_keys("05", day + timedelta(days=apart), ["killing", "pillage"])
    assert not set(event_keys("05", day, ["killing"])).isdisjoint(other)


@given(st.dates())
def test_a_month_apart_is_another_event(day: date) -> None:
    if day < date.max - timedelta(days=40):
        later = event_keys("05", day + timedelta(days=31), ["killing"])
        assert set(event_keys("05", day, ["killing"])).isdisjoint(later)


@given(st.dates())
def test_any_day_has_one_or_two_keys_for_an_act(day: date) -> None:
    assert len(event_keys("05", day, ["killing"])) in (1, 2)
