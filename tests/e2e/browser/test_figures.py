"""Figures: the desk reads its own, publishes a quarter, and everybody reads that, as a page, as data and in a frame."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.browser.installation import Installation
from tests.e2e.browser.taking import await_work
from tests.e2e.browser.test_accessibility import assert_for_everyone
from tests.e2e.browser.watching import Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
SECONDS = 30


def test_each_picture_of_the_desk_is_a_table_too(desk: Desk, tmp_path: Path) -> None:
    page = desk("nana.analyst", "/desk/figures", with_script=False)
    panel = page.locator("section.panel").first
    expect(panel.get_by_role("img")).to_be_visible()
    panel.locator("summary").click()
    shown = [
        [int(cell) for cell in row.locator("td").all_inner_texts()] for row in panel.locator("tbody tr").all()
    ]
    assert sum(map(sum, shown)) > 0
    with page.expect_download() as waiting:
        panel.get_by_role("link", name="This table as CSV").click()
    waiting.value.save_as(tmp_path / "table.csv")
    rows = list(csv.reader((tmp_path / "table.csv").read_text("utf-8-sig").splitlines()))
    assert [[int(cell) for cell in row[1:]] for row in rows[1:]] == shown


def test_a_quarter_is_looked_at_published_and_read_by_everybody(
    desk: Desk, windows: Windows, installation: Installation
) -> None:
    page = desk("issa.supervisor", "/desk/figures/publications")
    longest_ago = page.get_by_label("Period", exact=True).locator("option").last.get_attribute("value")
    page.get_by_label("Period", exact=True).select_option(
        longest_ago
    )  # the demonstration's few cases must not be published
    follow(page.get_by_role("button", name="Count it"))
    publish = page.get_by_role("button", name="Publish these figures")
    await_work(publish)
    assert_for_everyone(page)
    number = page.locator("h1").inner_text().split()[0]
    follow(publish)
    public = windows.open("/figures?lang=en")
    public.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert_for_everyone(public)
    expect(public.locator("main")).to_contain_text(number)
    digest = data_agree(installation, public)
    expect(public.locator("main")).to_contain_text(digest)
    is_shown_elsewhere(windows, public, number)


def data_agree(installation: Installation, public: Page) -> str:
    """The CSV has a line for each figure of the JSON, and the catalogue describes both; the digest of the JSON."""

    def fetch(address: str | None) -> requests.Response:
        answer = requests.get(f"{installation.address}{address}", timeout=SECONDS)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
        return answer

    links = {
        name: public.get_by_role("link", name=name, exact=True).get_attribute("href")
        for name in ("CSV", "JSON", "DCAT (JSON-LD)")
    }
    kept, rows = fetch(links["JSON"]), list(csv.DictReader(io.StringIO(fetch(links["CSV"]).text)))
    table = kept.json()["tables"][0]
    inner = [row for row in rows if row["table"] == table["code"] and row["row_code"] in table["rows"]]
    figures = [None if row["status"] == "hidden" else int(row["figure"]) for row in inner]
    assert figures == [figure for line in table["cells"] for figure in line]
    digest = hashlib.sha256(kept.content).hexdigest()
    assert digest in fetch(links["DCAT (JSON-LD)"]).text
    return digest


def is_shown_elsewhere(windows: Windows, public: Page, number: str) -> None:
    """The line that the page gives to other sites is the address of a chart that says where it is from."""
    snippet = public.locator(".snippet").first.inner_text()
    embedded = windows.open(snippet.split('src="')[1].split('"')[0])
    expect(embedded.get_by_role("img")).to_be_visible()
    expect(embedded.get_by_role("link")).to_contain_text(number)
    assert_for_everyone(embedded)
