"""What a newcomer tries first: a text from the handset, and seconds later a case at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.installation import PIPELINE_SECONDS
from tests.e2e.browser.watching import Windows, follow
from tests.e2e.running import CODE, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
NEWCOMERS = "20 boeufs à Koro"
QUESTION = "Etes-vous en lieu sur ? Repondez CALME ou DANGER."
URGENT = 2
WAIT_MILLISECONDS = PIPELINE_SECONDS * 1000


def text(handset: Page, words: str) -> str:
    """Send a text and give the reply, which comes back on the handset."""
    replies = handset.locator("#entries .theirs")
    before = replies.count()
    handset.get_by_label("New message").fill(words)
    handset.get_by_role("button", name="Send", exact=True).click()
    expect(replies).to_have_count(before + 1)
    return replies.last.locator(".words").inner_text()


def text_the_example(windows: Windows) -> tuple[Page, str]:
    """A handset that has sent the newcomer's example, and the code that came back."""
    handset = windows.open("/simulator?lang=en")
    example = handset.get_by_role("button", name=re.compile(NEWCOMERS))
    example.click()
    expect(handset.get_by_label("New message")).to_have_value(re.compile(NEWCOMERS))
    handset.get_by_role("button", name="Send", exact=True).click()
    expect(handset.locator("#entries .mine")).to_contain_text(NEWCOMERS)
    reply = handset.locator("#entries .theirs .words")
    expect(reply).to_have_count(1)
    found = CODE.search(reply.inner_text())
    assert found
    return handset, found[0]


def open_newest(desk: Desk, known: set[str]) -> Page:
    """Wait for a case that was not listed before and open it from the inbox."""
    inbox = desk("awa.monitor", "/desk/?q=boeufs+Koro")
    wait_for(lambda: bool(listed(inbox) - known), PIPELINE_SECONDS)
    link = f".case-row a[href='{(listed(inbox) - known).pop()}']"
    follow(inbox.locator(link))
    return inbox


def listed(inbox: Page) -> set[str]:
    """The addresses of the cases in the list as it is now."""
    inbox.reload()
    found = inbox.locator(".case-row h2 a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    return {str(each) for each in found}


def test_the_newcomers_text_is_on_top_of_the_inbox_in_seconds_safe_and_understood(
    windows: Windows, desk: Desk
) -> None:
    known = listed(desk("awa.monitor", "/desk/?q=boeufs+Koro"))
    text_the_example(windows)
    case = open_newest(desk, known)
    head = case.locator(".case-head")
    expect(head.get_by_role("heading", level=1)).to_contain_text("Pillage")
    expect(head).to_contain_text("Bandiagara · Koro")
    urgency = case.locator(".case-line .urgency").get_attribute("class") or ""
    assert int(urgency[-1]) >= URGENT
    account = case.locator("#account .account-text")
    expect(account).to_contain_text("[PERSONNE-1]")
    expect(account).to_contain_text("[TELEPHONE-1]")
    assert not re.search("Amadou|Traor|76 ?12", case.content())
    organisations = case.locator("#referrals .referral-title strong").all_inner_texts()
    assert len(organisations) == 2
    assert len(set(organisations)) == 2
    top = desk("awa.monitor").locator(f".case-row.urgency-edge-{urgency[-1]}").first
    expect(top.locator("h2 a")).to_have_attribute(
        "href", case.url.split("#")[0].removeprefix(windows.address)
    )


def test_the_desks_question_reaches_the_handset_and_its_answer_the_case(windows: Windows, desk: Desk) -> None:
    known = listed(desk("awa.monitor", "/desk/?q=boeufs+Koro"))
    handset, code = text_the_example(windows)
    case = open_newest(desk, known)
    case.get_by_text("Ask the reporter", exact=True).click()
    case.locator("#ask-text").fill(QUESTION)
    follow(case.get_by_role("button", name="Ask", exact=True))
    arrived = handset.locator("#entries .theirs .words", has_text=QUESTION)
    expect(arrived).to_be_visible(timeout=WAIT_MILLISECONDS)
    text(handset, "OUI je suis chez ma soeur Kadiatou Sangaré")
    said = case.locator("#conversation .theirs .said")  # the report itself, and the answer
    wait_for(lambda: bool(case.reload()) and said.count() == 2, PIPELINE_SECONDS)
    wait_for(lambda: bool(case.reload()) and "[PERSONNE-" in said.last.inner_text(), PIPELINE_SECONDS)
    expect(said.last).to_contain_text("OUI je suis chez")
    assert "Sangaré" not in case.content()
    assert "?" not in text(handset, f"STATUS {code}")


def test_the_status_of_a_code_is_told_and_gives_nothing_away(windows: Windows) -> None:
    handset, code = text_the_example(windows)
    chip = handset.locator("[data-status]")
    expect(chip).to_have_text(f"STATUS {code}")
    chip.click()
    reply = text(handset, handset.get_by_label("New message").input_value())
    assert not re.search("koro|boeuf|arm|bless|pill|viol|cndh|droit", reply, re.IGNORECASE)
    assert not CODE.search(reply)
    assert reply != text(handset, "STATUS ABCD-EFGH-JKMN")


def test_the_handset_works_without_script(windows: Windows) -> None:
    handset = windows.open("/simulator?lang=en", with_script=False)
    handset.get_by_role("button", name="AIDE", exact=True).click()
    expect(handset.get_by_label("New message")).to_have_value("AIDE")
    handset.get_by_role("button", name="Send", exact=True).click()
    expect(handset.locator("#entries .theirs .words")).to_contain_text("RETIRER")
    handset.get_by_label("This phone’s number").fill("12")
    handset.get_by_role("button", name="Send", exact=True).click()
    expect(handset.get_by_role("alert")).to_contain_text("Type a phone number")
    expect(handset.locator("#entries .theirs")).to_have_count(1)
