"""The CNDH verifies a case, takes the verified ones out as files, and that is on record."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Locator, Page, expect

from app.demonstration.stories import stories
from tests.e2e.browser.installation import Filed, Installation
from tests.e2e.browser.watching import Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
NAME, TELEPHONE = "Boubacar Cissé", "79 45 67 81"
ACCOUNT = f"Des hommes armés ont pris 30 moutons à Bankass hier. Mon oncle {NAME} a été battu, appelez le {TELEPHONE}."
WRITTEN_BY_OTHERS = ("Sidibé", "Samaké", "Intalla", "Berthé")  # in verified reports of the demonstration
GROUND = "Deux témoins entendus séparément, récits concordants."


@pytest.fixture(scope="module")
def filed(installation: Installation) -> Filed:
    """A case of pillage at Bankass whose account names somebody."""
    return installation.file(ACCOUNT)


def test_verifying_takes_a_checklist_a_reason_and_two_people(desk: Desk, filed: Filed) -> None:
    page = desk("sekou.supervisor", filed.path)
    propose(page)
    page.locator("#verify select").select_option("pending")
    follow(page.get_by_role("button", name="Keep the verification"))
    expect(page.get_by_role("alert")).to_contain_text("Give the reason in at least 10 characters.")
    expect(page.locator("#verify select")).to_have_value("pending")
    page.get_by_label("On what ground").fill(GROUND)
    follow(page.get_by_role("button", name="Keep the verification"))
    expect(page.locator("#verify option[value=verified]")).to_have_count(0)
    page = desk("nana.analyst", filed.path)
    page.locator("#verify select").select_option("verified")
    page.get_by_label("On what ground").fill(GROUND)
    follow(page.get_by_role("button", name="Keep the verification"))
    expect(page.locator(".case-head .chip-verified")).to_have_text("Verified")
    expect(page.locator("#history")).to_contain_text(GROUND)


def propose(page: Page) -> None:
    """Assess the report and settle every point, as somebody does who has looked at all of it."""
    page.get_by_text("Sources and what their word is worth").click()
    page.get_by_label("Reliability of the source").select_option("B")
    page.get_by_label("Credibility of what it says").select_option("2")
    follow(page.locator("#verification .record-list button"))
    page.get_by_text("Checklist", exact=True).click()
    for answer in page.locator("#checks input[value=yes]").all():
        answer.check()
    follow(page.get_by_role("button", name="Keep the checklist"))
    expect(page.locator("#verification")).to_contain_text("checklist: 6 of 6")


def test_both_files_hold_as_many_cases_as_were_counted_the_verified_one_among_them(
    desk: Desk, filed: Filed, tmp_path: Path
) -> None:
    page = desk("nana.analyst", "/desk/exports")
    counted = count_of(page)
    comma_separated = download(page, "Download as CSV", tmp_path)
    spreadsheet = download(page, "Download for Excel (XLSX)", tmp_path)
    rows, cells = read_comma_separated(comma_separated), read_spreadsheet(spreadsheet)
    assert len(rows) == len(cells) == counted
    assert set(rows) == set(cells)
    row, cell = rows[filed.reference], cells[filed.reference]
    assert "pillage" in row["Violation codes"].split("; ")
    assert (row["Region"], row["Cercle"]) == ("Bandiagara", "Bankass")
    assert "[PERSONNE-1]" in row["Anonymised account"]
    assert row["Anonymised account"] == cell["Anonymised account"]
    assert isinstance(cell["Verified on"], datetime)
    assert row["Verified on"] == cell["Verified on"].date().isoformat()


def test_no_name_or_number_that_anybody_wrote_is_in_the_files(
    desk: Desk, filed: Filed, tmp_path: Path
) -> None:
    page = desk("nana.analyst", "/desk/exports")
    text = download(page, "Download as CSV", tmp_path).read_text("utf-8-sig")
    workbook = openpyxl.load_workbook(download(page, "Download for Excel (XLSX)", tmp_path))
    text += "\n".join(
        str(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row
    )
    written = " ".join(value for story in stories() for value in story.content.values())
    assert [name for name in WRITTEN_BY_OTHERS if name not in written] == []
    planted = [*NAME.split(), TELEPHONE, TELEPHONE.replace(" ", ""), *WRITTEN_BY_OTHERS]
    assert [each for each in planted if each in text] == []


@pytest.mark.parametrize("with_script", [True, False])
def test_the_filters_narrow_what_goes_out(
    desk: Desk, filed: Filed, tmp_path: Path, with_script: bool
) -> None:
    page = desk("nana.analyst", "/desk/exports", with_script=with_script)
    everything = count_of(page)
    page.get_by_label("Region").select_option(label="Bandiagara")
    page.get_by_label("Violation").select_option("pillage")
    follow(page.get_by_role("button", name="Count the cases"))
    assert 0 < count_of(page) < everything
    rows = read_comma_separated(download(page, "Download as CSV", tmp_path))
    assert len(rows) == count_of(page)
    assert filed.reference in rows
    assert {row["Region"] for row in rows.values()} == {"Bandiagara"}
    assert all("pillage" in row["Violation codes"].split("; ") for row in rows.values())


def test_a_period_in_which_nothing_was_verified_offers_no_file(desk: Desk) -> None:
    page = desk("nana.analyst", "/desk/exports")
    page.get_by_label("To", exact=True).fill(date(2001, 1, 1).isoformat())
    follow(page.get_by_role("button", name="Count the cases"))
    assert count_of(page) == 0
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)
    page.get_by_label("From", exact=True).fill(date(2002, 1, 1).isoformat())
    follow(page.get_by_role("button", name="Count the cases"))
    expect(page.get_by_role("alert")).to_contain_text("The end must not be before the beginning.")


def test_every_export_is_listed_and_in_the_audit_trail(desk: Desk, windows: Windows, tmp_path: Path) -> None:
    page = desk("nana.analyst", "/desk/exports")
    counted = count_of(page)
    download(page, "Download for Excel (XLSX)", tmp_path)
    windows.go(page, "/desk/exports")
    latest = cells_of(page.locator("tbody tr").first)
    assert latest[1] == "Nana K."
    assert latest[3] == str(counted)
    assert latest[4].startswith("XLSX")
    digest = latest[4].split()[-1].rstrip("…")
    trail = desk("kadia.auditor", "/desk/audit?action=export.made")
    entry = cells_of(trail.locator("table.audit tbody tr").first)
    assert entry[2] == "Nana K."
    assert f"count: {counted}" in entry[5]
    assert digest in entry[5]
    follow(trail.get_by_role("button", name="Check the whole trail"))
    expect(trail.locator(".notice.good")).to_contain_text("The trail holds.")


def count_of(page: Page) -> int:
    """How many cases the page says would go out."""
    return int(page.locator("#take-heading").inner_text().split()[0])


def cells_of(row: Locator) -> list[str]:
    return row.locator("td").all_inner_texts()


def download(page: Page, button: str, folder: Path) -> Path:
    """Press the button and keep the file under the name that the browser was given."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def read_comma_separated(path: Path) -> dict[str, dict[str, str]]:
    """The rows by reference."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["Reference"]: row for row in csv.DictReader(file)}


def read_spreadsheet(path: Path) -> dict[str, dict[str, object]]:
    """The rows of the first sheet by reference."""
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    headings = [str(heading) for heading in next(rows)]
    return {str(row[0]): dict(zip(headings, row, strict=True)) for row in rows}
