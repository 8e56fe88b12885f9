"""Leaving in a hurry: the page is gone at once, "back" doesn't bring it again, and nothing of ours is left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.filling_in import begin, go_to, press
from tests.e2e.browser.refuge import Refuge
from tests.e2e.browser.watching import REFUGE, Windows

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ACCOUNT = "Des hommes armés ont volé douze vaches près de Bankass hier soir."
STORED = """async () => [
  localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length, document.cookie.length]"""
STORE = """async () => {
  localStorage.setItem("a", "b"); sessionStorage.setItem("a", "b"); document.cookie = "a=b";
  await caches.open("a");
  await new Promise(done => { indexedDB.open("a").onsuccess = done; });
}"""


def by_button(page: Page) -> None:
    """Press "Leave this page"."""
    page.locator(".leave").click()


def by_key(page: Page) -> None:
    """Press Esc three times."""
    for _ in range(3):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("with_script", [True, False])
def test_the_harmless_page_does_not_learn_where_one_comes_from(
    windows: Windows, refuge: Refuge, with_script: bool
) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.locator("#text").fill(ACCOUNT)
    by_button(page)
    page.wait_for_url(REFUGE)
    assert refuge.visits[-1]["Referer"] is None
    assert refuge.visits[-1]["Cookie"] is None
    assert "Bankass" not in page.content()


@pytest.mark.parametrize("leave", [by_button, by_key])
def test_from_any_page_back_does_not_return_to_the_form(
    windows: Windows, leave: Callable[[Page], None]
) -> None:
    page = windows.open("/about?lang=en")
    windows.go(page, "/?lang=en")
    page.locator("#text").fill(ACCOUNT)
    page.locator("#report button[value=on]").click()
    page.locator("#where").fill("Bankass")
    press(page, "on")
    go_to(page, "check")
    leave(page)
    page.wait_for_url(REFUGE)
    page.go_back()
    expect(page.get_by_role("heading", name="What happens with a message")).to_be_visible()
    page.go_forward()
    page.go_forward()
    assert "Bankass" not in page.content()
    assert ACCOUNT not in page.content()


@pytest.mark.parametrize("with_script", [True, False])
def test_whoever_goes_back_to_the_first_page_finds_it_empty(windows: Windows, with_script: bool) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.locator("#text").fill(ACCOUNT)
    by_button(page)
    page.wait_for_url(REFUGE)
    page.go_back()
    assert page.locator("#text").count() == 0 or page.locator("#text").input_value() == ""


@pytest.mark.parametrize(
    "leave",
    [
        "document.querySelector('.leave').click()",
        "for (let at = 0; at < 3; at++) document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))",
    ],
)
def test_the_page_is_blank_at_once_before_anything_was_asked_of_the_network(
    windows: Windows, leave: str
) -> None:
    page = begin(windows, ACCOUNT)
    left = page.evaluate(f"() => {{ {leave}; return document.body.textContent + document.title }}")
    assert left.strip() == ""
    page.wait_for_url(REFUGE)


def test_two_presses_of_esc_or_slow_ones_leave_nothing(windows: Windows) -> None:
    page = windows.open("/?lang=en")
    page.locator("#text").fill(ACCOUNT)
    for pause in (0, 0, 3500, 0):
        page.wait_for_timeout(pause)
        page.keyboard.press("Escape")
        if pause == 0:
            page.keyboard.press("a")
    expect(page.locator("#text")).to_be_visible()


def test_nothing_stored_in_the_browser_stays(windows: Windows) -> None:
    page = begin(windows, ACCOUNT)
    page.evaluate(STORE)
    assert sum(page.evaluate(STORED)) > 3
    by_button(page)
    page.wait_for_url(REFUGE)
    windows.go(page, "/about")
    assert page.evaluate(STORED) == [0] * 6
    assert page.context.cookies() == []


def test_without_script_the_browser_forgets_as_well(windows: Windows) -> None:
    page = windows.open("/?lang=en", with_script=False)
    page.context.add_cookies([{"name": "a", "value": "b", "url": page.url}])
    by_button(page)
    page.wait_for_url(REFUGE)
    assert page.context.cookies() == []
