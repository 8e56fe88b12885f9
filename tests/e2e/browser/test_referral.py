"""A partner answers what was referred to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.installation import Installation
from tests.e2e.browser.watching import follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
PARTNER = "Plateau"
REASON = "Nous n'avons personne dans ce cercle avant le mois prochain."


def partner_referral(page: Page) -> Locator:
    """The partner's referral on a case page."""
    return page.locator("#referrals .referral", has_text=PARTNER)


def test_a_referral_is_taken_up_and_the_desk_sees_it(desk: Desk, installation: Installation) -> None:
    filed = installation.file("Des bandits à moto ont volé les motos des forains de Douentza ce matin.")
    page = desk("yamba.monitor", filed.path)
    expect(page.locator("#referrals .referral")).to_have_count(
        1
    )  # what others were asked is not theirs to know
    follow(partner_referral(page).get_by_role("button", name="Accept"))
    expect(partner_referral(page).locator(".chip")).to_have_text("Taken up")
    at_the_desk = desk("awa.monitor", filed.path)
    expect(partner_referral(at_the_desk).locator(".chip")).to_have_text("Taken up")


def test_declining_needs_a_reason_and_takes_the_case_out_of_sight(
    desk: Desk, installation: Installation
) -> None:
    filed = installation.file("Quarante chèvres ont été enlevées par des hommes armés à Bandiagara lundi.")
    page = desk("yamba.monitor", filed.path)
    follow(partner_referral(page).get_by_role("button", name="Decline"))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(partner_referral(page).locator(".chip")).to_have_text("Awaiting answer")
    partner_referral(page).get_by_label("Note").fill(REASON)
    follow(partner_referral(page).get_by_role("button", name="Decline"))
    expect(page).to_have_url(f"{installation.address}/desk/")
    expect(page.locator(f"a[href='{filed.path}']")).to_have_count(0)
    at_the_desk = desk("awa.monitor", filed.path)
    expect(partner_referral(at_the_desk).locator(".chip")).to_have_text("Declined")
    expect(at_the_desk.locator("main")).to_contain_text(REASON)
