"""The CNDH verifies a case, takes the verified ones out as a considered act, and that is on record."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Locator, Page, expect

from app.demonstration.stories import stories
from tests.e2e.browser.installation import Filed, Installation
from tests.e2e.browser.taking import await_work, files_of, take, verified
from tests.e2e.browser.test_accessibility import assert_for_everyone
from tests.e2e.browser.watching import Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
ANALYST = "nana.analyst"
NAME, TELEPHONE = "Boubacar Cissé", "79 45 67 81"
ACCOUNT = f"Des hommes armés ont pris 30 moutons à Bankass hier. Mon oncle {NAME} a été battu, appelez le {TELEPHONE}."
WRITTEN_BY_OTHERS = ("Sidibé", "Samaké", "Intalla", "Berthé")  # in verified reports of the demonstration
GROUND = "Deux témoins entendus séparément, récits concordants."
PURPOSE, RECIPIENT = "Note trimestrielle sur le Centre", "Rapporteur de la CNDH"


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
    page = desk(ANALYST, filed.path)
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


def test_what_was_previewed_is_what_goes_out_signed_nameless_and_on_record(
    desk: Desk, windows: Windows, installation: Installation, filed: Filed, tmp_path: Path
) -> None:
    page = desk(ANALYST, "/desk/exports", with_script=False)
    expected = preview_of(page, "Commission (CNDH)")
    ask_for(page, "xlsx")
    windows.go(page, page.url)  # whoever closed the page finds it again
    package = take(page, tmp_path)
    number, key = package.stem.removeprefix("seere-"), signing_key(windows, page)
    said = verified(installation, package, key)
    assert (number in said, RECIPIENT in said, str(expected) in said) == (True, True, True), said
    rows = read_spreadsheet(files_of(package))
    assert len(rows) == expected
    assert_is_the_filed_case(rows[filed.reference])
    assert planted_in(files_of(package)) == []
    is_in_the_register(desk, number, expected)
    is_in_the_audit_trail(desk, number)


def test_what_may_not_go_out_is_refused_with_the_reason_before_it_is_asked_for(
    desk: Desk, filed: Filed
) -> None:
    page = desk(ANALYST, "/desk/exports/new")
    page.get_by_label("Public", exact=True).check()
    page.get_by_label("From", exact=True).fill("2002-01-01")
    page.get_by_label("To", exact=True).fill("2001-01-01")
    follow(page.get_by_role("button", name="See what would go out"))
    expect(page.get_by_role("alert")).to_contain_text("The end must not be before the beginning.")
    page.get_by_label("From", exact=True).fill("")
    follow(page.get_by_role("button", name="Count the cases"))
    assert first_number(page.locator("p.notice")) == 0
    follow(page.get_by_role("link", name="Clear all"))
    page.get_by_label("Partner", exact=True).check()
    follow(page.get_by_role("button", name="See what would go out"))
    expect(page.get_by_role("alert")).to_contain_text("which organisation gets it")
    page.get_by_label("Organisation that gets it").select_option(index=1)
    follow(page.get_by_role("button", name="See what would go out"))
    await_work(page.locator("#rows-heading"))
    expect(page.locator("main")).to_contain_text("Nothing can go out like this.")
    expect(page.locator("main")).to_contain_text("at least 34 cases")
    expect(page.get_by_role("button", name="Have it made")).to_have_count(0)
    assert_for_everyone(page)
    follow(page.get_by_role("link", name="Change it again"))
    expect(page.get_by_label("Partner", exact=True)).to_be_checked()


def preview_of(page: Page, level: str) -> int:
    """Choose all verified cases at a level, count them, look at what would go out; how many would."""
    follow(page.get_by_role("link", name="New export"))
    page.get_by_label(level, exact=True).check()
    follow(page.get_by_role("button", name="Count the cases"))
    counted = first_number(page.locator("p.notice"))
    follow(page.get_by_role("button", name="See what would go out"))
    await_work(page.locator("#rows-heading"))
    expect(page.locator(".facts").first).to_contain_text(f"Cases chosen {counted}", use_inner_text=True)
    going = first_number(page.locator("#rows-heading"))
    withheld = page.locator("section[aria-labelledby=withheld-heading] tr", has_text="whole cases")
    kept_back = sum(int(each.locator("td").last.inner_text()) for each in withheld.all())
    assert going + kept_back == counted
    return going


def ask_for(page: Page, file_format: str) -> None:
    """Say what for and for whom; without the tick nothing is made, and nothing typed is lost."""
    page.get_by_label("What it is for").fill(PURPOSE)
    page.get_by_label("Who gets it").fill(RECIPIENT)
    page.get_by_label("Kind of file").select_option(file_format)
    follow(page.get_by_role("button", name="Have it made"))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("What it is for")).to_have_value(PURPOSE)
    page.get_by_label("I have read what goes out").check()
    follow(page.get_by_role("button", name="Have it made"))


def signing_key(windows: Windows, page: Page) -> str:
    """The public key as the desk shows it, to be handed to recipients."""
    windows.go(page, "/desk/exports/schedules/keys")
    return page.locator("#key-1").input_value()


def assert_is_the_filed_case(row: dict[str, object]) -> None:
    """What was verified in the first test, with codes beside words and typed days."""
    assert "pillage" in str(row["Violations (code)"]).split("; ")
    assert (row["Region"], row["Cercle"]) == ("Bandiagara", "Bankass")
    assert "[PERSONNE-1]" in str(row["Anonymised account"])
    assert isinstance(row["Verified on"], datetime)


def planted_in(files: dict[str, bytes]) -> list[str]:
    """Names and numbers that people wrote, found anywhere in a package."""
    written = " ".join(value for story in stories() for value in story.content.values())
    assert [name for name in WRITTEN_BY_OTHERS if name not in written] == []
    planted = [*NAME.split(), TELEPHONE, TELEPHONE.replace(" ", ""), *WRITTEN_BY_OTHERS]
    held = b"\n".join(files.values())
    return [each for each in planted if each.encode() in held or each.encode("unicode_escape") in held]


def is_in_the_register(desk: Desk, number: str, count: int) -> None:
    """Whoever answers for the house sees who took what, for whom and why."""
    page = desk("kadia.auditor", "/desk/exports/register")
    row = page.locator("tbody tr", has_text=number)
    for said in ("Nana K.", "Commission (CNDH)", RECIPIENT, PURPOSE, str(count), "Taken"):
        expect(row).to_contain_text(said)
    expect(page.get_by_role("link", name=number)).to_have_count(0)  # the file is another's


def is_in_the_audit_trail(desk: Desk, number: str) -> None:
    """Asked for, made and taken; and nothing but codes is said of it."""
    for action, who in (("asked", "Nana K."), ("made", "the machine"), ("taken", "Nana K.")):
        trail = desk("kadia.auditor", f"/desk/audit?action=export.{action}")
        expect(trail.locator("table.audit tbody tr").first).to_contain_text(who)
        assert PURPOSE not in trail.locator("main").inner_text()
    follow(trail.get_by_role("button", name="Check the whole trail"))
    expect(trail.locator(".notice.good")).to_contain_text("The trail holds.")


def first_number(element: Locator) -> int:
    """The number that a heading or sentence begins with."""
    found = re.search(r"\d+", element.inner_text())
    assert found is not None
    return int(found[0])


def read_spreadsheet(files: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """The rows of the sheet of cases by reference."""
    book = openpyxl.load_workbook(io.BytesIO(next(files[name] for name in files if name.endswith(".xlsx"))))
    rows = book["Cases"].iter_rows(values_only=True)
    headings = [str(heading) for heading in next(rows)]
    return {str(row[0]): dict(zip(headings, row, strict=True)) for row in rows}
