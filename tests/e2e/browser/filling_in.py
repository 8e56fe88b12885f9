"""What a citizen does with the pages of the form, with script and without."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.browser.watching import DESKTOP_WIDTH, Windows
from tests.e2e.running import CODE

MOST_PAGES = 40


def begin(
    windows: Windows, text: str, *, language: str = "en", width: int = DESKTOP_WIDTH, with_script: bool = True
) -> Page:
    """Write on the first page and go on to the second."""
    page = windows.open(f"/?lang={language}", width=width, with_script=with_script)
    page.locator("#text").fill(text)
    page.locator('#report button[value="on"]').click()
    expect(page.locator("#page")).to_be_visible()
    return page


def press(page: Page, go: str) -> None:
    """Press a button of the page and wait for another page."""
    before = step_of(page)
    page.locator(f'#page button[value="{go}"]').first.click()
    expect(page.locator(f'#page [name=step][value="{before}"]')).to_have_count(0)
    page.wait_for_load_state()


def step_of(page: Page) -> str:
    """The page's own name; `code` on the last."""
    if page.locator(".code").count():
        return "code"
    return page.locator("#page [name=step]").input_value()


def go_to(page: Page, step: str) -> None:
    """Skip pages until one is reached."""
    for _ in range(MOST_PAGES):
        if step_of(page) == step:
            return
        press(page, "skip")
    raise AssertionError(f"{step} never comes")


def code_on(page: Page) -> str:
    """The receipt code that the page shows."""
    code = page.locator(".code").inner_text()
    assert CODE.fullmatch(code)
    return code
