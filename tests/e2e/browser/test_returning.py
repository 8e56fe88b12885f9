"""Coming back on a small phone, in French and without script: add, see what was sent, say who may know, delete."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.installation import PIPELINE_SECONDS, Installation
from tests.e2e.browser.test_accessibility import assert_for_everyone
from tests.e2e.browser.watching import SMALLEST_WIDTH, Windows
from tests.e2e.running import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
WITNESS = "Moussa Keita"
PHOTO = {"name": "prise par Mariam.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 photo"}


def come_back(windows: Windows, code: str, *, with_script: bool = False) -> Page:
    """What a code opens, on the smallest phone."""
    page = windows.open("/receipt?lang=fr", with_script=with_script, width=SMALLEST_WIDTH)
    page.locator("#code").fill(code)
    page.locator("main form button").click()
    expect(page.locator("#state")).to_be_visible()
    return page


def form(page: Page, action: str) -> Locator:
    """The form of the page that goes to an address."""
    return page.locator(f"main form[action='{action}']").last


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("with_script", [False, True])
def test_text_and_a_photo_are_added_and_the_monitor_reads_them_without_the_names(
    windows: Windows, desk: Desk, installation: Installation, with_script: bool
) -> None:
    filed = installation.file(
        f"Des inconnus ont brûlé deux greniers à Djenné la semaine passée. {with_script}"
    )
    page = come_back(windows, filed.code, with_script=with_script)
    page.locator("details.more summary").click()
    page.locator("#text").fill(f"{WITNESS} les a revus ce matin au puits.")
    page.locator("#files").set_input_files(PHOTO)  # type: ignore[arg-type]
    if with_script:
        expect(page.locator(".files li")).to_contain_text("il est arrivé")
    form(page, "/receipt/add").locator("button.do:not([type=button])").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert fits(page)
    case = desk("awa.monitor", filed.path)

    def is_read() -> bool:
        case.reload()
        return "ce matin au puits" in case.locator("main").inner_text()

    wait_for(is_read, PIPELINE_SECONDS)
    assert "Moussa" not in case.locator("main").inner_text()
    form(page, "/receipt/given").locator("button").click()
    expect(page.locator(".given")).to_contain_text("[PERSONNE-1] les a revus ce matin au puits")
    assert fits(page)
    if with_script:
        assert_for_everyone(page)


def test_who_may_read_it_is_changed_with_the_keyboard_alone(
    windows: Windows, installation: Installation
) -> None:
    code = installation.running.web_report(text="Le forage de Banamba ne marche plus depuis lundi.")
    page = come_back(windows, code, with_script=True)
    form(page, "/receipt/sharing").locator("button").press("Enter")
    boxes = page.locator("input[name=share_with]")
    expect(boxes).to_have_count(3)
    assert_for_everyone(page)
    was = [boxes.nth(at).is_checked() for at in range(3)]
    boxes.first.press("Space")
    page.locator("button.do").press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    form(page, "/receipt/sharing").locator("button").click()
    assert [boxes.nth(at).is_checked() for at in range(3)] == [not was[0], *was[1:]]


def test_deleting_asks_once_and_leaves_the_desk_without_the_account(
    windows: Windows, desk: Desk, installation: Installation
) -> None:
    filed = installation.file("On m'a pris ma charrette au poste de contrôle de Sévaré avant-hier.")
    page = come_back(windows, filed.code)
    form(page, "/receipt/delete").locator("button").click()
    assert fits(page)
    form(page, "/receipt").locator("button").click()
    expect(form(page, "/receipt/delete")).to_be_visible()
    form(page, "/receipt/delete").locator("button").click()
    form(page, "/receipt/delete").locator("button").click()
    expect(form(page, "/receipt/delete")).to_have_count(0)
    expect(form(page, "/receipt/add")).to_have_count(0)
    assert "charrette" not in desk("awa.monitor", filed.path).locator("main").inner_text()


@pytest.mark.parametrize("path", ["/languages", "/?lang=ar", "/receipt?lang=taq"])
def test_languages_that_are_not_finished_say_so_and_are_for_everyone(windows: Windows, path: str) -> None:
    page = windows.open(path, width=SMALLEST_WIDTH)
    assert_for_everyone(page)
    assert fits(page)
