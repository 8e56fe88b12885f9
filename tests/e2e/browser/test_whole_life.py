"""The whole life of a case: four people of three organisations, and the one who reported it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.installation import PIPELINE_SECONDS, Filed, Installation
from tests.e2e.browser.test_export import GROUND, propose
from tests.e2e.browser.watching import Windows, follow
from tests.e2e.running import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
NAME = "Hamidou Guindo"
ACCOUNT = f"Des hommes armés ont pris vingt-deux ânes à Bankass mardi et ont frappé le berger {NAME}."
QUESTION = "Est-ce que le berger est soigné ?"
MONITOR, SUPERVISOR, PARTNER, ANALYST = "awa.monitor", "issa.supervisor", "yamba.monitor", "nana.analyst"


def test_from_the_report_to_the_verified_and_closed_case(
    desk: Desk, windows: Windows, installation: Installation
) -> None:
    filed = installation.file(ACCOUNT)
    is_taken_up(desk, filed)
    is_answered_by_a_partner(desk, filed)
    is_asked_and_answers(desk, windows, installation, filed)
    is_opened_with_a_reason(desk, filed)
    is_verified_by_two(desk, filed)
    is_finished(desk, windows, filed)


def is_taken_up(desk: Desk, filed: Filed) -> None:
    """A monitor takes the case and puts on record whom the machine saw."""
    page = desk(MONITOR, filed.path)
    assert NAME not in page.locator("main").inner_text()
    follow(page.get_by_role("button", name="Take it"))
    follow(page.locator("#persons").get_by_role("button", name="Put on record").first)
    expect(page.locator("#persons .person, #persons li").first).to_be_visible()
    choose_status(page, "in_progress")


def choose_status(page: Page, status: str) -> None:
    """Set the status; closing wants a reason."""
    page.locator("#work select[name=status]").select_option(status)
    page.locator("#work input[name=reason]").fill("Suivi assuré par le partenaire.")
    follow(page.get_by_role("button", name="Change the status"))


def is_answered_by_a_partner(desk: Desk, filed: Filed) -> None:
    """A partner is told, opens the case, takes it up; and sees nothing of what others were asked."""
    page = desk(PARTNER, "/desk/notifications")
    follow(page.get_by_role("link", name=filed.reference).first)
    expect(page.locator("#referrals .referral")).to_have_count(1)
    assert NAME not in page.locator("main").inner_text()
    follow(own_referral(page).get_by_role("button", name="Accept"))
    expect(own_referral(page).locator(".chip")).to_have_text("Taken up")


def own_referral(page: Page) -> Locator:
    """The partner's referral."""
    return page.locator("#referrals .referral", has_text="Plateau")


def is_asked_and_answers(desk: Desk, windows: Windows, installation: Installation, filed: Filed) -> None:
    """The reporter learns that somebody follows up, is asked, and answers."""
    page = desk(MONITOR, filed.path)
    page.get_by_text("Ask the reporter").click()
    page.get_by_label("Question", exact=True).fill(QUESTION)
    follow(page.get_by_role("button", name="Ask", exact=True))
    reporter = come_back(windows, filed)
    expect(reporter.locator("main")).to_contain_text("Someone is following up on what you told us.")
    expect(reporter.locator("main")).to_contain_text(QUESTION)
    reporter.get_by_label("Your answer").fill(f"Oui, {NAME} est au CSCOM depuis mercredi.")
    reporter.locator("form", has=reporter.get_by_label("Your answer")).get_by_role("button").click()
    expect(reporter.get_by_role("status")).to_be_visible()
    installation.settle()

    def is_read() -> bool:
        page.reload()
        return "au CSCOM" in page.locator("main").inner_text()

    wait_for(is_read, PIPELINE_SECONDS)
    assert NAME not in page.locator("main").inner_text()


def come_back(windows: Windows, filed: Filed) -> Page:
    """What the reporter's code opens."""
    page = windows.open("/receipt?lang=en", with_script=False)
    page.get_by_label("Your code").fill(filed.code)
    page.locator("main form button").click()
    return page


def is_opened_with_a_reason(desk: Desk, filed: Filed) -> None:
    """Who [PERSONNE-1] is, is shown to somebody who may know, once they have said why."""
    page = desk(MONITOR, filed.path)
    follow(page.locator("#account .token a", has_text="[PERSONNE-1]").first)
    page.get_by_label("Why it must be opened").fill("Le CSCOM demande de quel patient il s'agit.")
    follow(page.get_by_role("button", name="Open", exact=True))
    expect(page.locator(".opened-text")).to_contain_text(NAME, timeout=PIPELINE_SECONDS * 1000)
    expect(page.locator(".opened")).to_contain_text("Awa D.")


def is_verified_by_two(desk: Desk, filed: Filed) -> None:
    """The desk's supervisor proposes it with a checklist, an analyst of the CNDH confirms it."""
    page = desk(SUPERVISOR, filed.path)
    propose(page)
    for who, verification in ((SUPERVISOR, "pending"), (ANALYST, "verified")):
        page = desk(who, filed.path)
        page.locator("#verify select").select_option(verification)
        page.get_by_label("On what ground").fill(GROUND)
        follow(page.get_by_role("button", name="Keep the verification"))
    expect(page.locator(".case-head .chip-verified")).to_have_text("Verified")


def is_finished(desk: Desk, windows: Windows, filed: Filed) -> None:
    """The partner says what was done, the monitor closes the case, and the trail shows it all without a word of it."""
    page = desk(PARTNER, filed.path)
    follow(own_referral(page).get_by_role("button", name="Finish"))
    page = desk(MONITOR, filed.path)
    choose_status(page, "closed")
    expect(page.locator("#history")).to_contain_text("Verification changed")
    trail = desk("kadia.auditor", "/desk/audit").locator("main").inner_text()
    assert NAME not in trail
    assert filed.reference in trail or "Status changed" in trail
    expect(come_back(windows, filed).locator("#state")).to_be_visible()
