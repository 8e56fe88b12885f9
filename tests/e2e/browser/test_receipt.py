"""Coming back with a code: the state, a question and its answer, withdrawal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.installation import PIPELINE_SECONDS, Installation
from tests.e2e.browser.watching import Windows
from tests.e2e.running import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Desk = Callable[..., Page]
QUESTION = "Quel jour était-ce, et qui peut en témoigner ?"
WITNESS, TELEPHONE = "Moussa Keita", "66 11 22 33"


def open_receipt(windows: Windows, code: str, *, with_script: bool = True) -> Page:
    """The page that a code opens, in English."""
    page = windows.open("/receipt?lang=en", with_script=with_script)
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Continue").click()
    return page


@pytest.mark.parametrize("with_script", [True, False])
def test_the_code_opens_as_people_type_it(
    windows: Windows, installation: Installation, with_script: bool
) -> None:
    code = installation.running.web_report(text=f"Le forage de Banamba ne marche plus. {with_script}")
    for typed in (code, code.lower().replace("-", " "), code.replace("-", "")):
        page = open_receipt(windows, typed, with_script=with_script)
        expect(page.locator("#state")).to_have_text("It has arrived and will be read")


def test_a_wrong_code_is_said_to_be_unknown_and_can_be_mended(windows: Windows) -> None:
    page = open_receipt(windows, "ABCD-EFGH-JKMN")
    expect(page.get_by_role("alert")).to_contain_text("We don’t know this code")
    expect(page.get_by_label("Your code")).to_have_value("ABCD-EFGH-JKMN")
    assert page.title().startswith("Error")


def test_a_question_is_answered_and_the_monitor_reads_the_answer_without_the_names(
    windows: Windows, desk: Desk, installation: Installation
) -> None:
    filed = installation.file("Des inconnus ont brûlé deux greniers à Djenné la semaine passée.")
    ask(desk("awa.monitor", filed.path))
    reporter = open_receipt(windows, filed.code, with_script=False)
    expect(reporter.locator("#state")).to_have_text("There is a question for you")
    expect(reporter.locator(".asked")).to_have_text(QUESTION)
    reporter.get_by_role("button", name="Send").click()
    reporter.get_by_role("alert").get_by_role("link").click()
    answer = reporter.get_by_label("Your answer")
    expect(answer).to_be_focused()
    answer.fill(f"C'était lundi. Demandez à {WITNESS}, son numéro est le {TELEPHONE}.")
    reporter.get_by_role("button", name="Send").click()
    expect(reporter.get_by_role("status")).to_contain_text("Your answer has arrived")
    expect(reporter.get_by_label("Your answer")).to_have_count(0)
    said = answer_at_the_desk(desk("awa.monitor", filed.path))
    assert "lundi" in said
    assert "[PERSONNE-" in said
    assert "[TELEPHONE-" in said
    assert not [part for part in (*WITNESS.split(), TELEPHONE) if part in said]


def ask(case: Page) -> None:
    """Put the question, as a monitor does."""
    if not case.locator("#ask-text").is_visible():
        case.get_by_text("Ask the reporter", exact=True).click()
    case.locator("#ask-text").fill(QUESTION)
    case.locator("#ask button.main").click()
    expect(case.locator("#conversation .ours")).to_contain_text(QUESTION)


def answer_at_the_desk(case: Page) -> str:
    """The answer once the workers have made it safe to read."""

    def is_readable() -> bool:
        case.reload()
        return case.locator("#conversation .theirs .said").last.locator(".token").count() > 0

    wait_for(is_readable, PIPELINE_SECONDS)
    return case.locator("#conversation .theirs .said").last.inner_text()


def test_withdrawing_asks_once_and_then_hides_the_account(
    windows: Windows, desk: Desk, installation: Installation
) -> None:
    filed = installation.file("On m'a pris ma moto au poste de contrôle de Sévaré avant-hier.")
    reporter = open_receipt(windows, filed.code)
    reporter.get_by_role("button", name="Withdraw…").click()
    expect(reporter.get_by_role("heading", name="Withdraw your message?")).to_be_visible()
    reporter.get_by_role("button", name="No, go back").click()
    expect(reporter.locator("#state")).to_have_text("It has arrived and will be read")
    reporter.get_by_role("button", name="Withdraw…").click()
    reporter.get_by_role("button", name="Yes, withdraw it").click()
    expect(reporter.locator("#state")).to_have_text("It is withdrawn")
    expect(reporter.get_by_role("button", name="Withdraw…")).to_have_count(0)
    case = desk("awa.monitor", filed.path)
    expect(case.locator(".notice")).to_contain_text("The reporter withdrew this report.")
    assert "moto" not in case.locator("main").inner_text()
