"""What the form answers about place and time is what triage finds, whatever else the text tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.public.moments import Day, Moment, as_french, exactly
from app.reference.gazetteer import Place, everywhere, place
from app.reference.places import search
from workers.contracts import FindingKind
from workers.pipeline import compose, understand
from workers.places import place_line
from workers.triage import dates
from workers.triage.place import find

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TODAY = NOW.date()
ELSEWHERE = (
    "On en parle à Mopti et à Gao. Le 2 mars 2025, près de Tombouctou, des hommes ont tué trois personnes."
)
PAST = st.dates(date(1961, 1, 1), TODAY)
LEAST_EXACT, LEAST_IN_ITS_AREA = 0.99, 0.995


def found_place(line: str) -> Mapping[str, Any]:
    findings = find(f"{ELSEWHERE}\nLieu choisi : {line}")
    return findings[0].value if findings else {}


def found_days(answer: str, text: str = ELSEWHERE) -> tuple[date, date, str]:
    finding = dates.find(f"{text}\nDate : {answer}", NOW)
    assert finding is not None
    return (
        date.fromisoformat(finding.value["from"]),
        date.fromisoformat(finding.value["to"]),
        finding.value["precision"],
    )


def test_a_chosen_place_is_the_one_that_triage_finds() -> None:
    """Every fifth of six thousand, each against three towns in the text. What is left are namesakes."""
    listed = [each for each in everywhere() if each.kind != "area"][::5]
    found = [found_place(place_line({"place": each.code})) for each in listed]
    in_area = [is_in_area(each, value) for each, value in zip(listed, found, strict=True)]
    exact = [value.get("name") == each.name for each, value in zip(listed, found, strict=True)]
    assert sum(in_area) / len(listed) >= LEAST_IN_ITS_AREA
    assert sum(exact) / len(listed) >= LEAST_EXACT


def is_in_area(each: Place, value: Mapping[str, Any]) -> bool:
    return (value.get("region_code"), value.get("cercle_code")) == (each.region_code, each.cercle_code)


@pytest.mark.parametrize("code", ["ML0601", "ML19", search("sevare")[0].code, search("Bankass")[0].code])
def test_it_is_found_through_the_whole_pipeline(code: str) -> None:
    chosen = place(code)
    assert chosen is not None
    found = through_the_pipeline({"text": ELSEWHERE, "place": code})
    assert (found["name"], found["cercle_code"]) == (chosen.name, chosen.cercle_code)


def test_a_chosen_place_wins_over_the_words_beside_it() -> None:
    where = "sur la route, près du marché de Koutiala"
    found = through_the_pipeline({"text": ELSEWHERE, "where": where, "place": search("sevare")[0].code})
    assert found["name"] == "Sévaré"


def test_the_words_given_for_the_place_win_over_the_text() -> None:
    assert through_the_pipeline({"text": ELSEWHERE, "where": "Bankass"})["name"] == "Bankass"


def test_a_finer_place_of_the_text_stands_before_the_region_that_was_chosen() -> None:
    text = f"{ELSEWHERE} Ils ont brûlé le village de Soufouroulaye."
    assert through_the_pipeline({"text": text, "place": "ML19"})["region_code"] == "ML19"
    found = through_the_pipeline({"text": f"{ELSEWHERE} Puis des tirs à Bankass.", "place": "ML19"})
    assert found["name"] == "Bankass"


def through_the_pipeline(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first place that is found in what a form sent."""
    understood = understand(compose(content).text, NOW, {})
    return next(each.value for each in understood.findings if each.kind is FindingKind.PLACE)


@pytest.mark.parametrize(
    ("position", "line"),
    [
        ([14.35, -3.61, 1], "près de Bandiagara, cercle de Bandiagara, région de Bandiagara"),
        ([14.3, -3.6, 10], "près de Bandiagara, cercle de Bandiagara, région de Bandiagara"),
        ([14.5, -3.5, 50], "région de Bandiagara"),
        ([48.85, 2.35, 1], ""),
    ],
)
def test_a_position_is_told_as_the_nearest_place_and_never_in_figures(
    position: list[float], line: str
) -> None:
    assert place_line({"position": position}) == line


def test_a_position_finds_its_place_through_triage() -> None:
    assert found_place(place_line({"position": [14.35, -3.61, 1]}))["cercle_code"] == "ML1901"


@given(st.floats(10, 25.1), st.floats(-12.4, 4.4), st.sampled_from([1, 10, 50]))
@settings(deadline=None)
def test_no_position_gives_coordinates_away(latitude: float, longitude: float, precision: int) -> None:
    line = place_line({"position": [latitude, longitude, precision]})
    assert not any(sign.isdigit() for sign in line)


def test_a_chosen_place_wins_over_the_position_and_an_unknown_code_is_nothing() -> None:
    assert place_line({"place": "ML0601", "position": [14.35, -3.61, 1]}).startswith("cercle de Tombouctou")
    assert place_line({"place": "ML9999"}) == place_line({}) == ""


@given(PAST)
@settings(deadline=None)
def test_a_day_is_found_to_the_day(day: date) -> None:
    answer = as_french(Moment(exactly(day)))
    assert found_days(answer) == (day, day, "day")


def test_today_answered_after_midnight_is_the_day_on_which_the_form_was_begun() -> None:
    begun = datetime(2026, 11, 22, 23, 58, tzinfo=UTC)
    next_day = Day(2026, 11, 23)
    answers = [Moment(next_day), Moment(Day(2026, 11, 20), next_day), Moment(next_day, lasts=True)]
    found = [dates.find(f"{ELSEWHERE}\nDate : {as_french(each)}", begun) for each in answers]
    days = [each and (each.value["from"], each.value["to"]) for each in found]
    assert days == [
        ("2026-11-22", "2026-11-22"),
        ("2026-11-20", "2026-11-22"),
        ("2026-11-22", "2026-11-22"),
    ]
    # Told elsewhere, or later than the night, that day is still to come: no more than its month is read.
    for text in ("ils vont attaquer le 23 novembre 2026", "ils menacent\nDate : le 24 novembre 2026"):
        to_come = dates.find(text, begun)
        assert to_come is not None
        assert to_come.value["precision"] == "month"


PERSONS = ("Seydou Koné", "les hommes de Vieux", "n fa Bakari", "")
OWN_PLACES = [each for each in everywhere() if each.kind != "area"]


@given(st.sampled_from(OWN_PLACES), st.sampled_from(PERSONS))
@settings(deadline=None, max_examples=60)
def test_the_line_of_a_chosen_place_is_never_masked(chosen: Place, person: str) -> None:
    """It comes from our list. A person's own words are masked whatever they are called, on such a line too."""
    typed = f"ils ont frappé {person}\nLieu choisi : chez Oumar Traoré"
    composed = compose({"text": typed, "where": "chez Awa Diarra", "when": "hier", "place": chosen.code})
    understood = understand(composed.text, NOW, {}, ours=composed.ours)
    line = f"Lieu choisi : {place_line({'place': chosen.code})}"
    assert [composed.text[span.start : span.end] for span in composed.ours] == [line]
    shown = understood.anonymised.text
    assert f"\n{line}\nDate : hier" in shown
    assert not any(name in shown for name in ("Oumar", "Traoré", "Awa", "Seydou"))
    assert not any(span.overlaps(composed.ours[0]) for span, _ in understood.anonymised.review)


@given(PAST)
@settings(deadline=None)
def test_about_a_day_is_some_days_around_it(day: date) -> None:
    answer = as_french(Moment(exactly(day), is_about=True))
    three = timedelta(days=3)
    assert found_days(answer) == (day - three, min(day + three, TODAY), "week")


@given(PAST, st.booleans(), st.booleans())
@settings(deadline=None)
def test_a_month_or_a_year_is_found_as_one(day: date, is_about: bool, has_month: bool) -> None:
    told = Day(day.year, day.month if has_month else None)
    found = found_days(as_french(Moment(told, is_about=is_about)))
    assert found == (told.first, min(told.last, TODAY), "month" if has_month else "year")


@given(PAST, PAST)
@settings(deadline=None)
def test_a_period_is_found_from_its_first_day_to_its_last(one: date, other: date) -> None:
    first, last = sorted((one, other))
    answer = as_french(Moment(exactly(first), exactly(last)))
    assert found_days(answer)[:2] == (first, last)


@given(PAST, PAST)
@settings(deadline=None)
def test_a_period_of_months_is_found_to_the_month(one: date, other: date) -> None:
    first, last = (Day(each.year, each.month) for each in sorted((one, other)))
    assert found_days(as_french(Moment(first, last))) == (first.first, min(last.last, TODAY), "month")


@given(PAST, st.sampled_from(["day", "month", "year"]))
@settings(deadline=None)
def test_what_still_goes_on_is_found_until_the_day_of_the_message(day: date, precision: str) -> None:
    told = Day(
        day.year,
        None if precision == "year" else day.month,
        day.day if precision == "day" else None,
    )
    assert found_days(as_french(Moment(told, lasts=True))) == (told.first, TODAY, precision)


def test_words_beside_the_date_do_not_move_it() -> None:
    assert found_days("le 12 mars 2026 ; hier soir, vers 20 heures")[:2] == (date(2026, 3, 12),) * 2
