"""Saying where: by typing half a name, with the keyboard alone, or by the phone, rounded before anything leaves it."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Geolocation, Page, Request, expect

from tests.e2e.browser.watching import SMALLEST_WIDTH, Windows

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ACCOUNT = "Des hommes armés ont pris douze vaches hier soir."
EXACT: Geolocation = {"latitude": 14.348912345, "longitude": -3.612345678}


def where_page(windows: Windows, *, width: int = SMALLEST_WIDTH, with_script: bool = True) -> Page:
    """The page behind the first."""
    page = windows.open("/?lang=en", width=width, with_script=with_script)
    page.get_by_label("What happened?").fill(ACCOUNT)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Where did it happen?")).to_be_visible()
    return page


def sent_by(page: Page) -> list[Request]:
    """Every request from now on."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    return requests


def test_a_place_is_found_and_chosen_with_the_keyboard_alone(windows: Windows) -> None:
    page = where_page(windows)
    field = page.get_by_role("combobox", name="In your own words")
    requests = sent_by(page)
    field.focus()
    page.keyboard.type("bandjagara")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_contain_text("Bandiagara cercle")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Bandiagara")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(
        page.get_by_role("radio", name="Bandiagara (Bandiagara cercle, Bandiagara region)")
    ).to_be_checked()
    assert [request.url.split("?")[0].rsplit("/", 1)[1] for request in requests] == ["places"]
    assert "bandjagara" not in requests[0].url
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="When did it happen?")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("radio", name="Bandiagara (Bandiagara cercle")).to_be_checked()


def test_escape_closes_the_list_and_the_words_stay(windows: Windows) -> None:
    page = where_page(windows)
    field = page.get_by_role("combobox", name="In your own words")
    field.press_sequentially("behind the market of gao")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("behind the market of gao")


def test_words_around_a_name_are_kept_when_the_place_is_chosen(windows: Windows) -> None:
    page = where_page(windows)
    field = page.get_by_role("combobox", name="In your own words")
    field.press_sequentially("behind the market of gao")
    page.get_by_role("listbox").get_by_role("option").first.click()
    expect(field).to_have_value("behind the market of gao")
    expect(page.get_by_role("radio", name="Gao (Gao cercle, Gao region)")).to_be_checked()


@pytest.mark.parametrize(
    ("precision", "latitude", "longitude"),
    [("about 1 km", "14.35", "-3.61"), ("about 10 km", "14.30", "-3.60"), ("about 50 km", "14.50", "-3.50")],
)
def test_nothing_finer_than_was_chosen_leaves_the_phone(
    windows: Windows, precision: str, latitude: str, longitude: str
) -> None:
    page = where_page(windows)
    page.context.set_geolocation(EXACT)
    page.context.grant_permissions(["geolocation"])
    requests = sent_by(page)
    page.get_by_role("radio", name=precision).check()
    page.get_by_role("button", name="Use where I am").click()
    expect(page.get_by_text("Nothing more exact leaves this phone.")).to_be_visible()
    assert requests == []
    assert "14.348" not in page.content()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When did it happen?")).to_be_visible()
    posted = parse_qs(requests[0].post_data or "")
    assert (posted["lat"], posted["lon"]) == ([latitude], [longitude])
    assert "14.348" not in json.dumps([request.post_data for request in requests])


def test_another_precision_forgets_the_position_and_so_does_its_owner(windows: Windows) -> None:
    page = where_page(windows)
    page.context.set_geolocation(EXACT)
    page.context.grant_permissions(["geolocation"])
    page.get_by_role("button", name="Use where I am").click()
    expect(page.locator("[name=lat]")).to_have_value("14.30")
    page.get_by_role("radio", name="about 1 km").check()
    expect(page.locator("[name=lat]")).to_have_value("")
    page.get_by_role("button", name="Use where I am").click()
    page.get_by_role("button", name="Don’t use it").click()
    expect(page.locator("[name=lat]")).to_have_value("")


def test_a_phone_that_may_not_say_where_it_is_changes_nothing(windows: Windows) -> None:
    page = where_page(windows)
    page.get_by_role("button", name="Use where I am").click()
    expect(page.get_by_text("The phone doesn’t say where it is.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When did it happen?")).to_be_visible()


def test_without_script_there_is_a_button_instead_of_the_list(windows: Windows) -> None:
    page = where_page(windows, with_script=False)
    expect(page.get_by_role("button", name="Use where I am")).to_be_hidden()
    page.get_by_label("In your own words").fill("bancas")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Bankass (Bankass cercle, Bandiagara region)").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When did it happen?")).to_be_visible()


@pytest.mark.parametrize("with_script", [True, False])
def test_the_plain_list_goes_from_region_to_cercle(windows: Windows, with_script: bool) -> None:
    page = where_page(windows, with_script=with_script)
    page.get_by_text("choose from the list of regions").click()
    page.get_by_label("Region", exact=True).select_option(label="Bandiagara")
    page.get_by_role("button", name="Show its cercles").click()
    page.get_by_label("Cercle", exact=True).select_option(label="Bankass")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="When did it happen?")).to_be_visible()


def test_the_time_asks_only_for_what_the_choice_needs(windows: Windows) -> None:
    page = where_page(windows)
    page.get_by_role("button", name="Skip").click()
    last = page.get_by_role("group", name="The last day")
    page.get_by_role("radio", name="Yesterday").check()
    expect(page.get_by_role("group", name="The date, or the first day")).to_be_hidden()
    page.get_by_role("radio", name="On a date").check()
    expect(page.get_by_role("group", name="The date, or the first day")).to_be_visible()
    expect(last).to_be_hidden()
    page.get_by_role("radio", name="Over several days").check()
    expect(last).to_be_visible()


@pytest.mark.parametrize("with_script", [True, False])
def test_both_pages_fit_and_are_accessible(windows: Windows, with_script: bool) -> None:
    page = where_page(windows, with_script=with_script)
    if with_script:
        page.get_by_role("combobox").press_sequentially("ka")
        expect(page.get_by_role("listbox")).to_be_visible()
        assert violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", name="When did it happen?")).to_be_visible()
    assert fits(page)
    if with_script:
        assert violations(page) == []


def fits(page: Page) -> bool:
    """Nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def violations(page: Page) -> list[str]:
    """What axe-core finds, by the name of its rule."""
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if isinstance(each, dict)]
