"""The two pages about place and time, as a phone without script gets them, and what the workers then read."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.reference.places import search
from tests.integration.public.conftest import STORY, form_of, sealed_contents, sqlite_only

pytestmark = sqlite_only

OTHER_PAGE_BYTES = 8_000
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BANKASS = search("Bankass")[0]


def where_page(client: FlaskClient, language: str = "en") -> TestResponse:
    """The page behind the first."""
    fields = form_of(client.get(f"/?lang={language}").text, "/")
    return client.post("/", data={**fields, "text": STORY, "go": "on"})


def send(client: FlaskClient, page: TestResponse, go: str = "on", **typed: str) -> TestResponse:
    """Fill in the fields of a page and press one of its buttons."""
    buttons = {} if "look" in typed else {"go": go}
    return client.post("/next", data={**form_of(page.text, "/next"), **buttons, **typed})


def when_page(client: FlaskClient) -> TestResponse:
    """The page behind the one about the place."""
    return send(client, where_page(client), "skip")


def heading(page: TestResponse) -> str:
    return str(re.findall(r"<h1>(.*?)</h1>", page.text)[0])


def content() -> dict[str, Any]:
    """What a worker reads of the only report."""
    return dict(sealed_contents()[0])


def test_words_are_kept_and_shown_again(client: FlaskClient) -> None:
    after = send(client, where_page(client), where="derrière le marché de Bankass")
    assert heading(after) == "When did it happen?"
    assert content()["where"] == "derrière le marché de Bankass"
    assert "derrière le marché de Bankass" in send(client, after, "back").text


def test_places_are_looked_up_without_script_and_one_is_chosen(client: FlaskClient) -> None:
    found = send(client, where_page(client), where="au marché de bancas", look="places")
    assert heading(found) == "Where did it happen?"
    assert found.status_code == 200
    assert "Bankass (Bankass cercle, Bandiagara region)" in found.text
    assert "alert" not in found.text.split("<h1>")[0].split("<form")[0].split("<main")[1]
    after = send(client, found, place=BANKASS.code)
    assert heading(after) == "When did it happen?"
    assert (content()["where"], content()["place"]) == ("au marché de bancas", BANKASS.code)
    again = send(client, after, "back").text
    assert re.search(rf'value="{BANKASS.code}" checked', again)


def test_a_chosen_place_can_be_given_up(client: FlaskClient) -> None:
    after = send(client, where_page(client), place=BANKASS.code)
    assert content()["place"] == BANKASS.code
    send(client, send(client, after, "back"), place="")
    assert "place" not in content()


def test_a_place_that_is_not_in_the_list_is_said_so_kindly(client: FlaskClient) -> None:
    page = send(client, where_page(client), where="xqzw", look="places")
    assert "Your words are enough." in page.text.split("<details")[0]
    assert page.status_code == 200


def test_the_plain_list_goes_from_region_to_cercle(client: FlaskClient) -> None:
    page = where_page(client)
    assert page.text.count("<option") == 21
    cercles = send(client, page, region="ML19", look="cercles")
    assert re.search(r'<option value="ML1903">Bankass</option>', cercles.text)
    assert "ML0101" not in cercles.text
    assert heading(send(client, cercles, region="ML19", cercle="ML1903")) == "When did it happen?"
    assert content()["place"] == "ML1903"


def test_a_region_alone_is_a_place_and_a_cercle_of_another_region_is_not_believed(
    client: FlaskClient,
) -> None:
    after = send(client, where_page(client), region="ML05", cercle="ML1903")
    assert content()["place"] == "ML05"
    send(client, send(client, after, "back"), place="nonsense", region="ML99")
    assert "place" not in content()


def test_a_position_is_kept_no_finer_than_it_was_chosen(client: FlaskClient) -> None:
    page = where_page(client)
    send(client, page, lat="14.348912345", lon="-3.612345678", precision="10")
    assert content()["position"] == [14.3, -3.6, 10.0]
    assert "14.34" not in str(content())


@pytest.mark.parametrize(
    "fields",
    [
        {"lat": "48.85", "lon": "2.35", "precision": "1"},
        {"lat": "nan", "lon": "nan", "precision": "1"},
        {"lat": "14.3", "lon": "-3.6", "precision": "0.001"},
        {"lat": "x", "lon": "y", "precision": "1"},
    ],
)
def test_a_position_elsewhere_is_refused_with_what_was_typed(
    client: FlaskClient, fields: dict[str, str]
) -> None:
    page = send(client, where_page(client), where="Bankass", **fields)
    assert page.status_code == 400
    assert "This position isn’t in Mali." in page.text
    assert 'value="Bankass"' in page.text
    assert "position" not in content()


def test_only_the_form_may_ask_the_phone_where_it_is(client: FlaskClient) -> None:
    assert "geolocation=(self)" in where_page(client).headers["Permissions-Policy"]
    for address in ("/about", "/receipt", "/desk/sign-in"):
        assert "geolocation=()" in client.get(address).headers["Permissions-Policy"]


def test_the_type_ahead_answers_with_places_and_refuses_anything_else(client: FlaskClient) -> None:
    answer = client.post("/places?lang=fr", json={"text": "près de bandjagara"})
    assert answer.json is not None
    assert answer.json["places"][0]["name"] == "Bandiagara"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post("/places", json=["x"]).status_code == 400
    assert client.post("/places", data="text=gao").status_code == 400
    assert client.post("/places", json={"text": "a" * 3000}).status_code == 413
    assert client.get("/places").status_code == 405
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/places", json={"text": "gao"}, headers=elsewhere).status_code == 403


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("typed", "when", "answer"),
    [
        ({"choice": "today"}, "le 22 novembre 2026", "22 November 2026"),
        (
            {"choice": "yesterday", "when": "le soir"},
            "le 21 novembre 2026 ; le soir",
            "21 November 2026 – le soir",
        ),
        (
            {"choice": "date", "first_day": "3", "first_month": "août", "first_year": "2026"},
            "le 3 août 2026",
            "3 August 2026",
        ),
        ({"choice": "date", "first_month": "8", "first_year": "2025"}, "en août 2025", "August 2025"),
        (
            {"choice": "about", "first_day": "3", "first_month": "aug"},
            "vers le 3 août 2026",
            "Around 3 August 2026",
        ),
        (
            {"choice": "period", "first_day": "28", "first_month": "12", "first_year": "25"}
            | {"last_day": "3", "last_month": "1", "last_year": "26"},
            "du 28 décembre 2025 au 3 janvier 2026",
            "From 28 December 2025 to 3 January 2026",
        ),
        (
            {"choice": "period", "first_month": "mars", "first_year": "2026"},
            "depuis mars 2026",
            "Since March 2026",
        ),
        ({"first_day": "1", "first_month": "11"}, "le 1er novembre 2026", "1 November 2026"),
        ({"when": "à l'aube"}, "à l'aube", "à l&#39;aube"),
    ],
)
def test_what_is_filled_in_reaches_the_workers_and_is_shown_again(
    client: FlaskClient, typed: dict[str, str], when: str, answer: str
) -> None:
    assert answer in check_page(client, typed).text
    assert content()["when"] == when


def check_page(client: FlaskClient, typed: dict[str, str]) -> TestResponse:
    """The last page before sending, all other pages skipped."""
    page = send(client, when_page(client), **typed)
    for _ in range(30):
        if form_of(page.text, "/next").get("step") == "check":
            return page
        page = send(client, page, "skip")
    raise AssertionError("the last page never comes")


@time_machine.travel(NOON + timedelta(hours=8), tick=False)
def test_after_midnight_today_has_become_yesterday(client: FlaskClient) -> None:
    after = send(client, when_page(client), choice="today")
    assert form_of(send(client, after, "back").text, "/next")["choice"] == "today"
    with time_machine.travel(NOON + timedelta(hours=14), tick=False):
        assert form_of(send(client, after, "back").text, "/next")["choice"] == "yesterday"
    assert content()["when"] == "le 22 novembre 2026"


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"choice": "date"}, "Write a date, or at least a month or a year."),
        (
            {"choice": "date", "first_day": "23", "first_month": "11", "first_year": "2026"},
            "This day is still to come. Check the date.",
        ),
        (
            {"choice": "date", "first_day": "30", "first_month": "2", "first_year": "2026"},
            "There is no such day. Check the day and the month.",
        ),
        (
            {"choice": "period", "first_day": "9", "first_month": "2", "last_day": "3", "last_month": "2"},
            "The last day is before the first. Check both dates.",
        ),
        ({"when": "x" * 301}, "This has 301 characters, 300 fit."),
    ],
)
def test_a_mistake_is_said_with_what_was_typed(
    client: FlaskClient, typed: dict[str, str], problem: str
) -> None:
    page = send(client, when_page(client), **typed)
    assert page.status_code == 400
    assert problem in page.text
    assert form_of(page.text, "/next").items() >= typed.items()
    assert "when" not in content()


def test_not_knowing_is_an_answer(client: FlaskClient) -> None:
    after = send(client, when_page(client), choice="unknown")
    assert after.status_code == 200
    assert heading(after) != "When did it happen?"
    assert "when" not in content()


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_both_pages_are_small(client: FlaskClient, language: str) -> None:
    where = where_page(client, language)
    found = send(client, where, where="ka", look="places", region="ML19")
    for page in (where, found, send(client, where, "skip")):
        assert page.status_code == 200
        assert len(gzip.compress(page.data)) + len(str(page.headers)) < OTHER_PAGE_BYTES
