"""When an incident was: relative and written dates as people text them, never in the future."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.contracts import FindingKind
from workers.triage import dates

_MESSAGES = Path(__file__).with_name("date_messages.csv")
_RECEIVED = datetime(2026, 11, 18, 10, tzinfo=UTC)  # a Wednesday
_PERIOD = ("from", "to", "precision")


def _messages() -> list[dict[str, str]]:
    with _MESSAGES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="|"))


def _when(text: str, received_at: datetime = _RECEIVED) -> tuple[str, ...] | None:
    found = dates.find(text, received_at)
    return tuple(found.value[key] for key in _PERIOD) if found else None


@pytest.mark.parametrize("message", _messages(), ids=lambda message: message["text"][:40])
def test_development_messages(message: dict[str, str]) -> None:
    received_at = datetime.fromisoformat(message["received"]).replace(hour=10, tzinfo=UTC)
    expected = tuple(message[key] for key in _PERIOD) if message["from"] else None
    assert _when(message["text"], received_at) == expected


def test_a_finding_points_at_its_words() -> None:
    text = "À Koro, avant-hier soir, des tirs"
    found = dates.find(text, _RECEIVED)
    assert found is not None
    assert found.kind is FindingKind.OCCURRED
    assert [text[span.start : span.end] for span in found.evidence] == ["avant-hier"]


@pytest.mark.parametrize("hours", [-11, 0, 11])
def test_the_day_is_that_of_bamako_whatever_the_clock_of_the_gateway(hours: int) -> None:
    received_at = datetime(2026, 11, 18, 12, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    assert _when("hier", received_at) == ("2026-11-17", "2026-11-17", "day")


def test_a_day_named_alone_is_the_last_one() -> None:
    assert _when("mercredi") == ("2026-11-11", "2026-11-11", "day")
    assert _when("jeudi") == ("2026-11-12", "2026-11-12", "day")
    assert _when("ce mercredi") == ("2026-11-18", "2026-11-18", "day")


def test_the_scene_of_yesterday_wins_over_the_fear_of_today() -> None:
    assert _when("aujourd'hui on a peur, hier ils ont tué") == ("2026-11-17", "2026-11-17", "day")


@pytest.mark.parametrize(
    "text",
    [
        "appelez le 76 12 34 56",
        "il a 12 ans",
        "50 000 francs CFA",
        "né le 3 mai 1990",
        "lundi prochain",
        "chaque vendredi",
        "24h/24",
        "le 30/02/2026",
        "a bi ka fisa",
        "ils sont entre 10 et 12 personnes",
    ],
)
def test_numbers_births_habits_and_the_future_are_not_dates(text: str) -> None:
    assert _when(text) is None


def test_the_end_of_a_period_that_lasts_is_the_day_of_the_message() -> None:
    assert _when("cette année") == ("2026-01-01", "2026-11-18", "year")
    assert _when("en novembre") == ("2026-11-01", "2026-11-18", "month")


_FRAGMENTS = st.lists(
    st.sampled_from(
        ["hier", "il y a", "3", "jours", "semaines", "depuis", "lundi", "passé", "12", "mars", "2026", "/", "le",
         "du", "au", "31", "février", "dernier", "last", "week", "ago", "kunun", "bi", "ye", "en", "-", "99", "ans"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), _FRAGMENTS), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_text_gets_a_past_period_in_order_with_words_within_the_text(text: str, received: date) -> None:
    found = dates.find(text, datetime(received.year, received.month, received.day, 8, tzinfo=UTC))
    if found is None:
        return
    start, end = date.fromisoformat(found.value["from"]), date.fromisoformat(found.value["to"])
    assert start <= end <= received
    assert found.value["precision"] in {"day", "week", "month", "year"}
    for span in found.evidence:
        assert text[span.start : span.end].strip()


@pytest.mark.parametrize(
    "text", ["", "1" * 1_000_000, "12/03/2026 " * 5_000, "hier " * 5_000, "\ud800 hier \udfff"]
)
def test_hostile_texts_are_survived(text: str) -> None:
    found = dates.find(text, _RECEIVED)
    assert found is None or found.value["to"] <= "2026-11-18"
