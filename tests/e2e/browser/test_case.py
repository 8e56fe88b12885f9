"""A monitor's work on one case: what the machine concluded and why, correcting it, asking, taking it on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.installation import Filed, Installation
from tests.e2e.browser.watching import follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
ACCOUNT = "Des hommes armés ont pris 15 boeufs à Bankass dimanche et ont menacé de tuer le berger."


@pytest.fixture(scope="module")
def filed(installation: Installation) -> Filed:
    """One case that the tests of this file work on."""
    return installation.file(ACCOUNT)


def finding(page: Page, kind: str) -> Locator:
    """The first finding of a kind, by the word that the page shows for it."""
    return page.locator(".finding").filter(has=page.locator(".kind", has_text=kind)).first


def open_correction(page: Page, kind: str) -> Locator:
    """The form to correct a finding, unfolded."""
    card = finding(page, kind)
    card.locator("summary").click()
    return card


def test_each_highlight_leads_to_the_finding_that_rests_on_it(desk: Desk, filed: Filed) -> None:
    page = desk("awa.monitor", filed.path)
    assert page.locator("#account mark").count() >= 2
    place = finding(page, "Place")
    number = place.get_attribute("data-finding") or ""
    lit = page.locator(f"#account mark[data-findings~='{number}']")
    expect(lit.first).to_contain_text("Bankass")
    place.hover()
    expect(lit.first).to_have_class(re.compile("is-lit"))
    page.locator(f"#account sup a[href='#finding-{number}']").first.click()
    expect(place).to_be_in_viewport()
    expect(place.locator(".finding-why")).to_contain_text("Bankass")
    expect(place.locator(".finding-why")).to_contain_text("%")


def test_what_is_copied_from_the_account_is_the_account_without_the_numbers_of_findings(
    desk: Desk, filed: Filed
) -> None:
    page = desk("awa.monitor", filed.path)
    select_all = "account => { getSelection().selectAllChildren(account); return getSelection().toString() }"
    assert page.locator("#account .account-text").evaluate(select_all).strip() == ACCOUNT


def test_the_map_names_the_place_for_those_who_do_not_see_it(desk: Desk, filed: Filed) -> None:
    page = desk("awa.monitor", filed.path)
    expect(page.locator(".map-panel svg[role=img]")).to_be_visible()
    expect(page.locator(".map-panel svg title, .map-panel svg desc").first).to_contain_text("Bankass")


def test_a_place_is_corrected_and_the_correction_taken_back(desk: Desk, filed: Filed) -> None:
    page = desk("awa.monitor", filed.path)
    before = page.locator(".case-line").inner_text()
    card = open_correction(page, "Place")
    card.get_by_label("Region").select_option(label="Gao")
    assert card.locator("optgroup:enabled").count() == 1  # only the cercles of that region remain
    card.get_by_label("Cercle").select_option(label="Ansongo")
    follow(card.get_by_role("button", name="Correct", exact=True))
    expect(page.locator(".case-line")).to_contain_text("Gao · Ansongo")
    corrected = finding(page, "Place")
    expect(corrected.locator(".chip")).to_have_text("Corrected")
    follow(corrected.get_by_role("button", name="Undo"))
    assert page.locator(".case-line").inner_text() == before
    expect(page.locator("#history")).to_contain_text("Finding decided")


def test_a_violation_is_corrected_and_the_correction_taken_back(desk: Desk, filed: Filed) -> None:
    page = desk("awa.monitor", filed.path)
    before = page.get_by_role("heading", level=1).inner_text()
    card = open_correction(page, "Violation")
    chosen = card.locator("select[name=code] option[value=extortion]").inner_text()
    card.get_by_label("Violation").select_option("extortion")
    follow(card.get_by_role("button", name="Correct", exact=True))
    expect(page.locator("#findings")).to_contain_text(chosen)
    expect(finding(page, "Violation").locator(".value")).to_have_text(chosen)
    follow(finding(page, "Violation").get_by_role("button", name="Undo"))
    assert page.get_by_role("heading", level=1).inner_text() == before


def test_a_case_is_taken_and_its_status_changed_by_keyboard(desk: Desk, filed: Filed) -> None:
    page = desk("awa.monitor", filed.path)
    take = page.get_by_role("button", name="Take it")
    take.focus()
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    expect(page.locator("#assign")).to_contain_text("Awa D.")
    page.locator("#status select").select_option("in_progress")
    follow(page.get_by_role("button", name="Change the status"))
    expect(page.locator(".case-head .chip").first).to_have_text("In progress")
    mine = desk("awa.monitor", "/desk/?mine=1")
    expect(mine.locator(f".case-row a[href='{filed.path}']")).to_have_count(1)


@pytest.mark.parametrize("with_script", [True, False])
def test_a_question_to_the_reporter_waits_on_the_receipt_page(
    desk: Desk, filed: Filed, with_script: bool
) -> None:
    page = desk("awa.monitor", filed.path, with_script=with_script)
    if not page.locator("#ask-text").is_visible():
        page.get_by_text("Ask the reporter", exact=True).click()
    follow(page.get_by_role("button", name="Ask", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("Write something first.")
    page.locator("#ask-text").fill(f"Combien étaient-ils ? ({with_script})")
    follow(page.get_by_role("button", name="Ask", exact=True))
    asked = page.locator("#conversation .ours").last
    expect(asked).to_contain_text(f"Combien étaient-ils ? ({with_script})")
    expect(asked).to_contain_text("Waiting on the receipt page")


def test_of_two_open_tabs_the_later_one_is_told_and_loses_nothing(desk: Desk, filed: Filed) -> None:
    first, second = desk("awa.monitor", filed.path), desk("issa.supervisor", filed.path)
    first.locator("#note textarea").fill("Appelé le chef de village, sans réponse.")
    follow(first.get_by_role("button", name="Add the note"))
    first.locator("#status select").select_option("in_progress")
    follow(first.get_by_role("button", name="Change the status"))
    second.locator("#status select").select_option("closed")
    second.locator("#status input[name=reason]").fill("Doublon d'un autre cas")
    follow(second.get_by_role("button", name="Change the status"))
    expect(second.get_by_role("alert")).to_contain_text(
        "Somebody changed this case while you were working on it"
    )
    expect(second.locator("#status input[name=reason]")).to_have_value("Doublon d'un autre cas")
    expect(second.locator(".case-head .chip-closed")).to_have_count(0)
    follow(second.get_by_role("button", name="Change the status"))
    expect(second.locator(".case-head .chip-closed")).to_have_count(1)
    expect(second.locator("#history")).to_contain_text("Doublon d'un autre cas")
