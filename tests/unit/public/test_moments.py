"""What is filled in about the time is kept whole: as French for the workers, and back into the fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.public.moments import Day, Moment, as_french, read_back
from app.public.typed_days import TypedDay, month_named, read_day

TODAY = date(2026, 11, 22)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=";"), max_size=20)


@st.composite
def days(draw: st.DrawFn) -> Day:
    day = draw(st.dates(date(1960, 1, 1), TODAY))
    month = draw(st.sampled_from([day.month, None]))
    return Day(day.year, month, draw(st.sampled_from([day.day, None])) if month else None)


moments = st.one_of(
    st.builds(Moment, first=days(), is_about=st.booleans(), words=WORDS),
    st.builds(Moment, first=days(), lasts=st.just(True), words=WORDS),
    st.builds(Moment, words=WORDS),
)


@given(moments)
@settings(deadline=None)
def test_a_moment_is_read_back_as_it_was(moment: Moment) -> None:
    assert read_back(as_french(moment)) == moment


@given(days(), days(), WORDS)
@settings(deadline=None)
def test_a_period_is_read_back_with_the_days_that_it_covers(first: Day, last: Day, words: str) -> None:
    back = read_back(as_french(Moment(first, last, words=words)))
    assert back.first is not None
    assert back.last is not None
    assert (back.first.first, back.last.last, back.words) == (first.first, last.last, words)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_other_text_is_words(text: str) -> None:
    assert as_french(read_back(text)) in (" ".join(text.split()), text)


@pytest.mark.parametrize(
    ("day", "month", "year", "read"),
    [
        ("12", "5", "2026", Day(2026, 5, 12)),
        ("1er", "août", "26", Day(2026, 8, 1)),
        ("le 3", "JUIN", "", Day(2026, 6, 3)),
        ("24", "décembre", "", Day(2025, 12, 24)),
        ("22", "11", "", Day(2026, 11, 22)),
        ("", "sept.", "2024", Day(2024, 9)),
        ("", "", "2019", Day(2019)),
        ("", "march", "", Day(2026, 3)),
        ("٣", "٥", "٢٠٢٦", Day(2026, 5, 3)),
    ],
)
def test_a_day_is_read_as_people_type_it(day: str, month: str, year: str, read: Day) -> None:
    assert read_day(TypedDay("first", day, month, year), TODAY) == read


@pytest.mark.parametrize(
    ("day", "month", "year", "field"),
    [
        ("", "", "", "first_day"),
        ("31", "2", "2026", "first_day"),
        ("31", "fevrier", "2026", "first_day"),
        ("23", "11", "2026", "first_day"),
        ("soir", "5", "2026", "first_day"),
        ("12", "", "2026", "first_month"),
        ("12", "13", "2026", "first_month"),
        ("12", "ju", "2026", "first_month"),
        ("", "12", "2026", "first_day"),
        ("12", "5", "2027", "first_year"),
        ("12", "5", "1226", "first_year"),
        ("12", "5", "x", "first_year"),
    ],
)
def test_what_is_no_day_is_said_beside_its_field(day: str, month: str, year: str, field: str) -> None:
    with page(), pytest.raises(ValidationError) as refused:
        read_day(TypedDay("first", day, month, year), TODAY)
    assert list(refused.value.messages_dict) == [field]


@given(*[st.text(max_size=12)] * 3)
@settings(deadline=None)
def test_whatever_is_typed_is_a_day_not_in_the_future_or_refused(day: str, month: str, year: str) -> None:
    with page(), suppress(ValidationError):
        read = read_day(TypedDay("first", day.strip(), month.strip(), year.strip()), TODAY)
        assert read.first <= TODAY


@pytest.mark.parametrize(
    ("word", "number"), [("mar", 3), ("mars", 3), ("jui", None), ("juil", 7), ("zzz", None)]
)
def test_the_beginning_of_a_month_is_enough_where_it_is_one_months(word: str, number: int | None) -> None:
    assert month_named(word) == number


@contextmanager
def page() -> Iterator[None]:
    """A page's context, for its language."""
    with _app.test_request_context(), force_locale("en"):
        yield


_app = Flask(__name__)
Babel(_app)
