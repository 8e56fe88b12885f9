"""Writing to us: without script, without a mouse, on a small screen, in three languages, and leaving in a hurry."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.watching import REFUGE, SMALLEST_WIDTH, Windows
from tests.e2e.running import CODE

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ACCOUNT = "Des hommes armés ont volé douze vaches près de Bankass hier soir."
MOST_TABS = 20


@pytest.mark.parametrize("with_script", [True, False])
def test_a_message_is_sent_and_its_code_is_shown_this_once(windows: Windows, with_script: bool) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.get_by_label("What happened?").fill(f"{ACCOUNT} ({with_script})")
    page.get_by_label("Where?").fill("Bankass")
    page.get_by_label("When?").fill("hier soir")
    page.get_by_role("button", name="Send").click()
    code = page.locator(".code").inner_text()
    assert CODE.fullmatch(code)
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
def test_an_empty_message_says_what_is_missing_and_leads_to_it(windows: Windows, with_script: bool) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.get_by_label("How can we reach you?").fill("70 00 00 01")
    page.get_by_role("button", name="Send").click()
    summary = page.get_by_role("alert")
    text = page.get_by_label("What happened?")
    expect(text).to_have_attribute("aria-invalid", "true")
    assert page.title().startswith("Error")
    summary.get_by_role("link").click()
    expect(text).to_be_focused()
    expect(page.get_by_label("How can we reach you?")).to_have_value("70 00 00 01")


def test_the_keyboard_alone_is_enough(windows: Windows) -> None:
    page = windows.open("/?lang=en")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#text")
    page.keyboard.type(ACCOUNT + " Au clavier.")
    tab_to(page, "#where")
    page.keyboard.type("Bankass")
    tab_to(page, "#report button.do")
    page.keyboard.press("Enter")
    assert CODE.fullmatch(page.locator(".code").inner_text())


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
        page.locator(f".langs a[hreflang={language}]").click()
    assert_reads(page, language)
    page.locator("#report button.do").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_reads(page, language)
    page.locator("#text").fill(f"{ACCOUNT} {language}")
    page.locator("#report button.do").click()
    code = page.locator(".code").inner_text()
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


def test_changing_the_language_keeps_what_was_typed(windows: Windows) -> None:
    page = windows.open("/?lang=fr")
    page.locator("#text").fill(ACCOUNT)
    page.locator("#where").fill("Bankass")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#text")).to_have_value(ACCOUNT)
    expect(page.locator("#where")).to_have_value("Bankass")
    page.get_by_role("button", name="Send").click()
    assert CODE.fullmatch(page.locator(".code").inner_text())


@pytest.mark.parametrize("with_script", [True, False])
def test_leaving_opens_a_harmless_page_that_does_not_learn_where_from(
    windows: Windows, with_script: bool
) -> None:
    page = windows.open("/about?lang=en", with_script=with_script)
    page.locator("footer a[href^='/?']").click()
    page.get_by_label("What happened?").fill(ACCOUNT)
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(REFUGE)
    assert [request.headers.get("referer") for request in windows.left_for] == [None]
    assert "Bankass" not in page.content()


def test_the_back_button_does_not_return_from_leaving_to_the_form(windows: Windows) -> None:
    page = windows.open("/about?lang=en")
    page.locator("footer a[href^='/?']").click()
    page.get_by_label("What happened?").fill(ACCOUNT)
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(REFUGE)
    page.go_back()
    expect(page.get_by_role("heading", name="What happens with a message")).to_be_visible()


def test_nothing_is_left_in_the_browser_afterwards(windows: Windows) -> None:
    page = windows.open("/?lang=en")
    page.get_by_label("What happened?").fill(ACCOUNT + " Sans trace.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".code")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    stored = page.context.storage_state()
    assert stored["origins"] == []
