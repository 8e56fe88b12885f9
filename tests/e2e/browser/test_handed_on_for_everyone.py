"""Every page on the way of what is handed on is for everyone: what waits, what is ready, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.browser.installation import Filed, Installation
from tests.e2e.browser.taking import await_work
from tests.e2e.browser.test_accessibility import assert_for_everyone
from tests.e2e.browser.watching import Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ANALYST, SUPERVISOR, PLANNER = "nana.analyst", "issa.supervisor", "binta.analyst"


@pytest.fixture(scope="module")
def filed(installation: Installation) -> Filed:
    """A case whose account names somebody whose part in it is told."""
    return installation.file(
        "Ma sœur Awa Traoré a été frappée par des gendarmes à Bankass hier, elle saigne."
    )


def unfolded(page: Page) -> Page:
    """The same page with everything open that can be."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    return page


def test_every_page_of_what_is_handed_on(desk: Callable[..., Page], windows: Windows, filed: Filed) -> None:
    page = desk(ANALYST, "/desk/exports/new")
    page.locator("input[name=level][value=cndh]").check()
    follow(page.locator("main form button").first)
    await_work(page.locator("#rows-heading"))
    follow(page.locator("#ask button.main"))  # without a purpose: with its complaints
    assert_for_everyone(unfolded(page))
    page.locator("#ask-purpose").fill("Note trimestrielle")
    page.locator("#ask-recipient").fill("Rapporteur de la CNDH")
    page.locator("#ask-confirmed").check()
    follow(page.locator("#ask button.main"))
    await_work(page.locator("a[data-download]"))
    assert_for_everyone(page)
    for path in ("/desk/exports", "/desk/exports/register"):
        windows.go(page, path)
        assert_for_everyone(unfolded(page))
    windows.go(page, f"{filed.path}/file")
    assert_for_everyone(page)
    page = desk(PLANNER, "/desk/exports/schedules/new")
    follow(page.locator("#schedule button.main"))
    assert_for_everyone(unfolded(page))
    page = desk(SUPERVISOR, "/desk/exports/readings?state=clear")
    follow(page.locator("main a[href^='/desk/exports/readings/']").first)
    assert_for_everyone(page)
    windows.go(page, filed.path)
    assert (
        page.locator("#findings").get_by_text("PERSONNE-1").count()
    )  # sex and part, as the words beside it say
    windows.go(page, f"{filed.path}/referrals/override")
    assert_for_everyone(page)
