"""A partner's person hands in a table without script: sent, mapped, tried, mended, taken in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.watching import follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
TABLE = (
    "Récit;Lieu;Date de l'incident;Auteurs\n"
    "Bétail emporté par des hommes armés;Bankass;12/03/2026;hommes armés\n"
    ";Koro;12/03/2026;inconnus\n"
    "Marché brûlé pendant la nuit;Koro;avant-hier;inconnus\n"
).encode()
WORK_SECONDS = 60


def wait_for(page: Page, words: str) -> None:
    """Until the page, which loads itself again, says how far it is."""
    expect(page.locator(".lead")).to_contain_text(words, timeout=WORK_SECONDS * 1000)


def test_a_table_is_sent_mapped_tried_and_taken_in_without_script(desk: Desk) -> None:
    page = desk("awa.monitor", "/desk/imports", with_script=False)
    page.get_by_label("What it is called").fill("Radio reports")
    page.get_by_label("File").set_input_files({"name": "table.csv", "mimeType": "text/csv", "buffer": TABLE})
    follow(page.get_by_role("button", name="Send"))
    wait_for(page, "Say which column is what")
    expect(page.get_by_label("What happened")).to_have_value("0")
    expect(page.get_by_label("Where, in words")).to_have_value("1")
    expect(page.locator("#columns-occurred_on")).to_have_value("2")
    for box in page.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
    follow(page.get_by_role("button", name="Try the rows"))
    wait_for(page, "Tried: nothing is taken in yet")
    expect(page.get_by_role("row", name=re.compile("3 What happened This is missing"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("4 Day This is not a date"))).to_be_visible()
    follow(page.get_by_role("button", name="Take these rows in"))
    wait_for(page, "Taken in")
    expect(page.get_by_text("1 new report.")).to_be_visible()
