"""The written rules of urgency, each held to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings

from tests.workers.triage.texts import any_text, lies_inside, message
from workers.contracts import Finding, FindingKind
from workers.triage import urgency, violations
from workers.triage.language import identify

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _assess(text: str, days_ago: int | None = None) -> Finding:
    occurred = None
    if days_ago is not None:
        day = (NOW.date() - timedelta(days=days_ago)).isoformat()
        occurred = Finding(FindingKind.OCCURRED, {"from": day, "to": day, "precision": "day"}, 0.9, "test")
    return urgency.assess(text, violations.find(text, identify(text)[0]), occurred, NOW)


def _level(text: str, days_ago: int | None = None) -> int:
    return int(_assess(text, days_ago).value["level"])


@pytest.mark.parametrize(
    "text",
    [
        "au secours ils tirent sur nous",
        "ils sont dans le village on est cachés",
        "they are coming, send help",
        "on est couché sous le lit, ça tire dehors",
        "lé typ son la i tir sur ls gens on c cacher",
        "le bébé ne respire plus",
        "ils disent sors ou on allume",
        "u b'an lamini, an dogolen be so kono",
        "un engin enterré sur la piste, les camions vont passer dessus",
        "on va exciser ma fille samedi",
        "ils tirent sur nous, est-ce que vous pouvez envoyer quelqu'un ?",
    ],
)
def test_danger_now_is_the_highest(text: str) -> None:
    assert _level(text) == 3


def test_a_cry_for_help_counts_without_any_violation() -> None:
    assert _level("au secours") == 3


def test_danger_now_is_not_lowered_by_an_old_date() -> None:
    assert _level("ils ont tué mon père, ils sont encore là au secours", days_ago=400) == 3


def test_the_wounded_are_urgent_though_the_act_alone_is_not() -> None:
    assert _level("ils ont pris 20 boeufs", days_ago=1) == 1
    assert _level("ils ont pris 20 boeufs, mon frère est blessé", days_ago=1) >= 2


def test_no_wounded_is_not_wounded() -> None:
    assert _level("ils ont pris 20 boeufs, pas de blessé", days_ago=1) == 1


@pytest.mark.parametrize(("days_ago", "level"), [(1, 2), (60, 1), (800, 0)])
def test_a_killing_grows_less_urgent_with_time(days_ago: int, level: int) -> None:
    assert _level("ils ont tué le chef du village", days_ago) == level


def test_no_date_is_read_as_recent() -> None:
    assert _level("ils ont tué le chef du village") == 2


def test_who_is_still_held_is_urgent_however_long_ago() -> None:
    assert _level("la gendarmerie a arrêté mon fils, il est toujours en cellule", days_ago=90) == 2


def test_who_was_released_is_less_urgent() -> None:
    assert _level("la gendarmerie a arrêté mon fils puis il a été libéré", days_ago=5) == 1


def test_bandits_who_came_back_released_nobody() -> None:
    assert _level("ils ont enlevé mon fils, ils refusent de le libérer et les bandits sont revenus", 5) == 2


def test_a_plea_raises_by_one() -> None:
    assert _level("ils ont volé ma moto") + 1 == _level("ils ont volé ma moto aidez-nous")


def test_nothing_told_is_not_urgent() -> None:
    assert _level("merci pour votre travail") == 0


def test_the_words_that_decided_are_shown() -> None:
    text = "au secours ils tirent"
    shown = {text[span.start : span.end] for span in _assess(text).evidence}
    assert "au secours" in shown


@settings(max_examples=100, deadline=None)
@given(any_text | message)
def test_any_text_has_a_level(text: str) -> None:
    finding = _assess(text)
    assert finding.value["level"] in range(4)
    assert lies_inside(finding, text)


def test_an_attack_announced_for_tonight_is_danger_now() -> None:
    assert _level("ils menacent de nous attaquer ce soir") == 3


def test_the_day_counted_is_the_last_of_a_period() -> None:
    occurred = Finding(
        FindingKind.OCCURRED,
        {"from": "2024-01-01", "to": date(2026, 11, 20).isoformat(), "precision": "day"},
        0.9,
        "test",
    )
    acts = violations.find("ils ont tué le chef", "fra")
    assert urgency.assess("ils ont tué le chef", acts, occurred, NOW).value["level"] == 2


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("si un jour on nous attaque, c'est à ce numéro qu'il faut écrire ?", 0),
        ("les femmes ont été enterrées vite, aux abords de la route", 0),
        ("un camion a sauté sur une mine, deux morts", 2),
        ("mon père a disparu, pris par des hommes en uniforme dans un véhicule sans plaque", 2),
        ("le mariage de ma soeur de 14 ans est prévu après les moissons", 1),
        ("le vieux veut marier ma nièce de 13 ans", 2),
    ],
)
def test_danger_supposed_over_or_far_off_is_not_danger_now(text: str, level: int) -> None:
    assert _level(text) == level


def test_a_past_killing_stays_past_though_nobody_was_tried() -> None:
    assert _level("mon père a été tué, jamais eu de justice", days_ago=2000) == 0


def test_violence_told_as_going_on_is_of_today_and_nothing_else_is() -> None:
    def day(text: str) -> str | None:
        found = violations.find(text, identify(text)[0])
        told = urgency.happening(urgency.assess(text, found, None, NOW), found, NOW)
        return str(told.value["from"]) if told else None

    assert day("ils tirent sur le village, on est cachés") == NOW.date().isoformat()
    assert day("ils ont tué le chef du village") is None
    assert day("ils ont promis de revenir ce soir brûler nos maisons") is None
