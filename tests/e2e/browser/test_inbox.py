"""The list a monitor lives in: its order, its filters, its pages, and who sees what."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.installation import Installation
from tests.e2e.browser.watching import follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
POLL_MILLISECONDS = 40_000  # the page asks every ten seconds; the workers need a few more


def paths(page: Page) -> list[str]:
    """The addresses of the cases listed, from the top."""
    found = page.locator(".case-row h2 a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    return [str(each) for each in found]


def ranks(page: Page) -> list[tuple[int, str]]:
    """Urgency and moment of receipt (UTC, as written) of the cases listed, from the top."""
    read = "rows => rows.map(r => [r.className.match(/urgency-edge-(\\d)/)[1], r.querySelector('time').dateTime])"
    return [(int(urgency), moment) for urgency, moment in page.locator(".case-row").evaluate_all(read)]


def asked(page: Page) -> dict[str, list[str]]:
    """The filters that the address holds."""
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def result_count(page: Page) -> int:
    return int(page.locator(".result-count").inner_text().split()[0])


def test_all_pages_together_hold_each_open_case_once_the_most_urgent_and_newest_first(
    desk: Desk, installation: Installation
) -> None:
    installation.settle()
    page = desk("awa.monitor")
    expected = int(page.locator(".tabs a[aria-current=page] .count").inner_text())
    listed, ranked = paths(page), ranks(page)
    while page.get_by_role("link", name="Next page").count():
        follow(page.get_by_role("link", name="Next page"))
        listed += paths(page)
        ranked += ranks(page)
    assert len(listed) == len(set(listed)) == expected > 30
    assert ranked == sorted(ranked, reverse=True)
    follow(page.get_by_role("link", name="Back to the first page"))
    assert paths(page) == listed[: len(paths(page))]


@pytest.mark.parametrize("with_script", [True, False])
def test_filters_live_in_the_address_so_that_a_view_can_be_kept(desk: Desk, with_script: bool) -> None:
    page = desk("awa.monitor", with_script=with_script)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Region").select_option(label="Mopti")
    page.get_by_label("Urgency").select_option("2")
    follow(page.get_by_role("button", name="Apply"))
    expect(page.locator(".result-count")).to_be_visible()
    kept = {name: values for name, values in asked(page).items() if values != [""]}
    assert set(kept) == {"region", "urgency", "status", "order"}
    found = paths(page)
    assert len(found) == result_count(page) > 0
    places = page.locator(".case-place").all_inner_texts()
    assert [place for place in places if not place.startswith("Mopti")] == []
    assert min(urgency for urgency, _ in ranks(page)) >= 2
    again = desk("awa.monitor", urlsplit(page.url)._replace(scheme="", netloc="").geturl())
    assert paths(again) == found
    follow(again.get_by_role("link", name="Clear all").first)
    assert asked(again) == {}
    assert len(paths(again)) > len(found)


def test_the_violation_and_channel_filters_and_the_tabs_narrow_the_list(desk: Desk) -> None:
    page = desk("awa.monitor", "/desk/?violation=pillage&channel=sms")
    assert result_count(page) > 0
    assert {text.split(" · ")[1] for text in page.locator(".case-meta p:nth-child(2)").all_inner_texts()} == {
        "SMS"
    }
    follow(page.get_by_role("navigation", name="Kinds of cases").get_by_role("link", name="Urgent"))
    assert {urgency for urgency, _ in ranks(page)} <= {2, 3}
    follow(page.get_by_role("navigation", name="Kinds of cases").get_by_role("link", name="Closed"))
    assert page.locator(".case-row").count() == page.locator(".case-row .chip-closed").count() > 0


def test_free_text_finds_words_whatever_their_accents_and_references(
    desk: Desk, installation: Installation
) -> None:
    filed = installation.file("Le grenier communautaire de Diafarabé a été vidé, un tabaski sans mil.")
    page = desk("awa.monitor")
    for words in ("tabaski GRENIER", "diafarabe vide", filed.reference):
        page.get_by_role("searchbox").fill(words)
        follow(page.get_by_role("button", name="Search"))
        expect(page.locator(".result-count")).to_have_text("1 case")
        assert paths(page) == [filed.path]
    page.get_by_role("searchbox").fill("zzzz introuvable")
    follow(page.get_by_role("button", name="Search"))
    expect(page.locator(".empty")).to_contain_text("No case is like this.")


def test_a_partner_sees_what_was_referred_to_it_and_nothing_else(
    desk: Desk, installation: Installation
) -> None:
    page = desk("yamba.monitor", "/desk/?status=all")
    listed = paths(page)
    while page.get_by_role("link", name="Next page").count():
        follow(page.get_by_role("link", name="Next page"))
        listed += paths(page)
    assert set(listed) == referred_to(installation, "Plateau-Delta")
    assert listed
    hidden = set(all_cases(installation)) - set(listed)
    refused = desk("yamba.monitor", sorted(hidden)[0])
    expect(refused.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def referred_to(installation: Installation, acronym: str) -> set[str]:
    """The cases that an organisation may see, as the database has it."""
    rows = installation.running.rows(
        "SELECT casefile.id FROM casefile JOIN referral ON referral.case_id = casefile.id"  # noqa: S608 - a constant
        " JOIN organisation ON organisation.id = referral.organisation_id"
        f" WHERE organisation.acronym = '{acronym}' AND referral.state IN ('sent', 'accepted', 'done')"
        " AND NOT casefile.is_withdrawn"
    )
    return {case_path(row[0]) for row in rows}


def all_cases(installation: Installation) -> list[str]:
    return [case_path(row[0]) for row in installation.running.rows("SELECT id FROM casefile")]


def case_path(identifier: object) -> str:
    return f"/desk/cases/{uuid.UUID(str(identifier))}"


def test_a_partner_never_sees_a_case_that_names_those_it_is_connected_with(
    desk: Desk, installation: Installation
) -> None:
    filed = installation.file(
        "Des chasseurs de Dan Na Ambassagou ont pillé notre village près de Koro hier et pris 40 moutons."
    )
    case = desk("awa.monitor", filed.path)
    expect(case.locator("#referrals")).to_contain_text("CNDH")
    expect(case.locator("#referrals .referral-title", has_text="Plateau")).to_have_count(0)
    refused = desk("yamba.monitor", filed.path)
    expect(refused.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_new_reports_announce_themselves_on_an_open_inbox(desk: Desk, installation: Installation) -> None:
    installation.settle()
    page = desk("awa.monitor")
    filed = installation.file("Le maire de Kita a fait arrêter un paysan qui refusait de céder son champ.")
    announced = page.locator("a.fresh")
    expect(announced).to_have_text("1 new report – show", timeout=POLL_MILLISECONDS)
    before = len(paths(page))
    announced.click()
    expect(page.locator(f".case-row.is-fresh h2 a[href='{filed.path}']")).to_be_focused()
    expect(announced).to_be_hidden()
    assert len(paths(page)) == before + 1
    page.get_by_role("searchbox").fill(filed.reference)
    follow(page.get_by_role("button", name="Search"))
    assert paths(page) == [filed.path]


def test_keys_walk_tick_take_and_undo_and_can_be_turned_off(desk: Desk) -> None:
    page = desk("awa.monitor", "/desk/?unassigned=1")
    links = page.locator(".case-row h2 a")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("2 cases ticked")
    taken = paths(page)[:2]
    page.keyboard.press("a")
    expect(page.locator(".flashes")).to_contain_text("2 cases are changed.")
    page.wait_for_load_state()  # it is shown before the script listens for keys
    assert not set(taken) & set(paths(page))
    page.keyboard.press("u")
    expect(page.locator(".flashes")).to_contain_text("2 cases are as they were.")
    assert paths(page)[:2] == taken
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jex?")
    expect(page.get_by_role("searchbox")).to_have_value("jex?")
    page.locator("h1").click()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".case-row h2 a:focus")).to_have_count(0)
