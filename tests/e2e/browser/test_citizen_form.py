"""Writing to us page by page: without script, without a mouse, on a small screen, in three languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.filling_in import begin, code_on, go_to, press, step_of
from tests.e2e.browser.watching import SMALLEST_WIDTH, Windows

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ACCOUNT = "Des hommes armés ont volé douze vaches près de Bankass hier soir."
MOST_TABS = 20
OFFLINE_FAULTS = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")


@pytest.mark.parametrize("with_script", [True, False])
def test_the_whole_way_to_a_code_that_is_shown_this_once(windows: Windows, with_script: bool) -> None:
    page = begin(windows, f"{ACCOUNT} ({with_script})", with_script=with_script)
    expect(page.get_by_text("has already reached us")).to_be_visible()
    page.locator("#where").fill("Bankass, derrière le marché")
    press(page, "on")
    go_to(page, "consent")
    page.get_by_label("Yes, you may ask me").check()
    press(page, "on")
    expect(page.get_by_text("Bankass, derrière le marché")).to_be_visible()
    expect(page.get_by_text("You may ask me questions.")).to_be_visible()
    press(page, "finish")
    code = code_on(page)
    assert code not in page.url
    assert code not in page.title()
    windows.go(page, "/?lang=en")
    assert code not in page.content()
    windows.go(page, "/receipt?lang=en")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Your message", exact=True)).to_be_visible()
    assert code not in page.content()
    assert code not in page.url


@pytest.mark.parametrize("with_script", [True, False])
def test_an_answer_can_be_changed_at_the_end(windows: Windows, with_script: bool) -> None:
    page = begin(windows, ACCOUNT, with_script=with_script)
    page.locator("#where").fill("Bankas")
    press(page, "on")
    go_to(page, "check")
    page.get_by_role("button", name="Change Where did it happen?").click()
    expect(page.locator("#where")).to_have_value("Bankas")
    page.locator("#where").fill("Bankass")
    press(page, "on")
    assert step_of(page) == "check"
    expect(page.get_by_text("Bankass", exact=True)).to_be_visible()
    press(page, "finish")
    code_on(page)


@pytest.mark.parametrize("with_script", [True, False])
def test_one_may_send_the_first_page_alone(windows: Windows, with_script: bool) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.locator("#text").fill(ACCOUNT)
    page.get_by_role("button", name="Send now").click()
    code_on(page)


@pytest.mark.parametrize("with_script", [True, False])
def test_an_empty_message_says_what_is_missing_and_leads_to_it(windows: Windows, with_script: bool) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.get_by_role("button", name="Continue").click()
    summary = page.get_by_role("alert")
    text = page.locator("#text")
    expect(text).to_have_attribute("aria-invalid", "true")
    assert page.title().startswith("Error")
    summary.get_by_role("link").click()
    expect(text).to_be_focused()


def test_the_keyboard_alone_is_enough(windows: Windows) -> None:
    page = windows.open("/?lang=en")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#text")
    page.keyboard.type(ACCOUNT + " Au clavier.")
    tab_to(page, "#report button[value=on]")
    page.keyboard.press("Enter")
    expect(page.locator("#page")).to_be_visible()
    tab_to(page, "#where")
    page.keyboard.type("Bankass")
    tab_to(page, "#page button[value=on]")
    page.keyboard.press("Enter")
    expect(page.locator("#page [name=step]")).to_have_value("when")
    tab_to(page, "#page button[value=finish]")
    page.keyboard.press("Space")
    code_on(page)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus; it must come within a screenful of stops."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_each_language_goes_all_the_way_and_fits_the_smallest_screen(windows: Windows, language: str) -> None:
    page = windows.open("/?lang=fr", width=SMALLEST_WIDTH, language="ar")
    if language != "fr":
        page.locator(f'.langs button[value="lang:{language}"]').click()
    assert_reads(page, language)
    page.locator("#report button[value=on]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_reads(page, language)
    page.locator("#text").fill(f"{ACCOUNT} {language}")
    page.locator("#report button[value=on]").click()
    expect(page.locator("#page")).to_be_visible()
    while step_of(page) != "check":
        assert_reads(page, language)
        press(page, "skip")
    assert_reads(page, language)
    press(page, "finish")
    code = code_on(page)
    assert_reads(page, language)
    page.locator("footer a[href^='/receipt']").click()
    assert_reads(page, language)
    page.locator("#code").fill(code)
    page.locator("main button.do").click()
    expect(page.locator("#state")).to_be_visible()
    assert_reads(page, language)
    page.locator("footer a[href^='/about']").click()
    assert_reads(page, language)


def assert_reads(page: Page, language: str) -> None:
    """The page says what language it is in and needs no sideways scrolling."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST_WIDTH, page.url


def test_the_languages_say_different_things(windows: Windows) -> None:
    headings = set()
    page = windows.open("/")
    for language in ("fr", "en", "bm"):
        windows.go(page, f"/?lang={language}")
        headings.add(page.get_by_role("heading", level=1).inner_text())
    assert len(headings) == 3


@pytest.mark.parametrize("with_script", [True, False])
def test_changing_the_language_keeps_what_was_typed(windows: Windows, with_script: bool) -> None:
    page = windows.open("/?lang=fr", with_script=with_script)
    page.locator("#text").fill(ACCOUNT)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#text")).to_have_value(ACCOUNT)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#page")).to_be_visible()
    page.locator("#where").fill("Bankass")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#where")).to_have_value("Bankass")
    press(page, "finish")
    code_on(page)


def test_a_cut_of_the_network_loses_nothing_and_the_next_try_goes_on(windows: Windows) -> None:
    page = begin(windows, ACCOUNT)
    page.locator("#where").fill("Bankass")
    page.context.set_offline(True)
    page.locator("#page button[value=on]").click()
    expect(page.get_by_role("alert")).to_contain_text("No network")
    expect(page.locator("#where")).to_have_value("Bankass")
    page.context.set_offline(False)
    press(page, "on")
    assert step_of(page) == "when"
    press(page, "finish")
    code_on(page)
    windows.faults[:] = [fault for fault in windows.faults if not any(cut in fault for cut in OFFLINE_FAULTS)]


def test_the_browsers_back_button_goes_back_a_page_and_the_form_is_still_there(windows: Windows) -> None:
    page = begin(windows, ACCOUNT)
    page.locator("#where").fill("Bankass")
    press(page, "on")
    page.evaluate("history.back()")
    expect(page.locator("#where")).to_have_value("Bankass")
    press(page, "finish")
    code_on(page)


def test_two_presses_are_one(windows: Windows) -> None:
    page = begin(windows, ACCOUNT)
    page.locator("#page button[value=finish]").dblclick()
    code_on(page)


def test_at_twice_the_size_nothing_needs_sideways_scrolling(windows: Windows) -> None:
    page = begin(windows, ACCOUNT, width=640)  # 1280 px at 200 %
    while step_of(page) != "check":
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        press(page, "skip")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    press(page, "finish")


def test_nothing_is_left_in_the_browser_afterwards(windows: Windows) -> None:
    page = begin(windows, ACCOUNT + " Sans trace.")
    press(page, "finish")
    code_on(page)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    stored = page.context.storage_state()
    assert stored["origins"] == []
