"""Every page is for everyone: axe-core finds nothing on it, on a phone or a desktop, and it fits a small screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.e2e.browser.filling_in import press, step_of
from tests.e2e.browser.installation import Filed, Installation
from tests.e2e.browser.watching import DESKTOP_WIDTH, HEIGHT, PHONE_WIDTH, SMALLEST_WIDTH, Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
LANGUAGES = ("fr", "bm")  # English goes through the same templates, and the desk is checked in it
DESK_PAGES = (
    ("awa.monitor", "/desk/"),
    ("awa.monitor", "/desk/?q=introuvable&region=ML05"),
    ("nana.analyst", "/desk/exports"),
    ("nana.analyst", "/desk/exports/new?level=cndh&first=2026-02-02&last=2026-01-01"),
    ("nana.analyst", "/desk/exports/register"),
    ("nana.analyst", "/desk/exports/levels"),
    ("nana.analyst", "/desk/exports/schedules/keys"),
    ("binta.analyst", "/desk/exports/schedules"),
    ("binta.analyst", "/desk/exports/schedules/new"),
    ("issa.supervisor", "/desk/exports/readings?state=clear"),
    ("issa.supervisor", "/desk/judicial-files"),
    ("issa.supervisor", "/desk/figures"),
    ("issa.supervisor", "/desk/figures/publications"),
    ("issa.supervisor", "/desk/figures/reports"),
    ("issa.supervisor", "/desk/figures/reports/text/fr"),
    ("kadia.auditor", "/desk/audit?check=1"),
    ("moussa.administrator", "/desk/administration"),
    ("moussa.administrator", "/desk/administration/gateways"),
    ("moussa.administrator", "/desk/administration/gateways/new"),
    ("moussa.administrator", "/desk/administration/gateways/new/kannel"),
    ("moussa.administrator", "/desk/administration/wordings"),
    ("moussa.administrator", "/desk/administration/prompts"),
    ("awa.monitor", "/desk/call-backs"),
    ("awa.monitor", "/desk/account"),
    ("awa.monitor", "/desk/no-such-page"),
    ("awa.monitor", "/desk/notifications"),
    ("awa.monitor", "/desk/notifications/settings"),
    ("awa.monitor", "/desk/safe"),
    ("issa.supervisor", "/desk/safe/recover"),
    ("awa.monitor", "/desk/account/factors"),
    ("awa.monitor", "/desk/account/sessions"),
    ("issa.supervisor", "/desk/rules"),
    ("issa.supervisor", "/desk/rules/new"),
    ("issa.supervisor", "/desk/people"),
    ("issa.supervisor", "/desk/retention"),
    ("issa.supervisor", "/desk/openings/overview"),
    ("kadia.auditor", "/desk/audit/signatures"),
    ("moussa.administrator", "/desk/administration/organisations"),
    ("moussa.administrator", "/desk/administration/webhooks"),
    ("moussa.administrator", "/desk/administration/deliveries"),
)
_axe = Axe()


@pytest.fixture(scope="module")
def filed(installation: Installation) -> Filed:
    """A case that says something of everything."""
    return installation.file(
        "Trois hommes armés ont frappé Oumar Diallo au marché de Ténenkou mardi, il saigne."
    )


def assert_for_everyone(page: Page) -> None:
    """Nothing for axe-core to find at the width of a phone and of a desktop; no sideways scrolling at 320 px."""
    found = []
    for width in (PHONE_WIDTH, DESKTOP_WIDTH):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width} px: {line}" for line in complaints(page)]
    page.set_viewport_size({"width": SMALLEST_WIDTH, "height": HEIGHT})
    if page.evaluate("document.documentElement.scrollWidth") > SMALLEST_WIDTH:
        found.append("wider than the smallest screen")
    assert found == [], page.url


def complaints(page: Page) -> list[str]:
    """What axe-core has to say: the rule and the elements that break it."""
    violations: list[dict[str, Any]] = _axe.run(page, options=OPTIONS).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}" for each in violations]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_form_its_errors_and_the_code(windows: Windows, language: str) -> None:
    page = windows.open(f"/?lang={language}")
    assert_for_everyone(page)
    page.locator("#report button[value=on]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_for_everyone(page)
    page.locator("#text").fill("Le pont de Macina est coupé et on nous fait payer pour passer.")
    page.locator("#report button[value=on]").click()
    expect(page.locator("#page")).to_be_visible()
    seen = set()
    while (step := step_of(page)) != "check":
        if (kind := kind_of(page)) not in seen:
            assert_for_everyone(page)
        seen.add(kind)
        if step == "where":
            page.locator("#where").fill("x" * 301)
            page.locator("#page button[value=on]").click()
            expect(page.get_by_role("alert")).to_be_visible()
            assert_for_everyone(page)
        press(page, "skip")
    assert_for_everyone(page)
    press(page, "finish")
    assert_for_everyone(page)


def kind_of(page: Page) -> str:
    """What kinds of fields a page has: one of each kind is looked at closely."""
    kinds: list[str] = page.locator("#page input, #page textarea, #page select").evaluate_all(
        "fields => [...new Set(fields.map(field => field.type))].sort()"
    )
    step = step_of(page)
    return " ".join(kinds) if step.startswith("q.") else step


@pytest.mark.parametrize("colours", ["dark", "forced"])
def test_the_form_in_the_dark_and_in_high_contrast(windows: Windows, colours: str) -> None:
    page = windows.open("/?lang=fr")
    if colours == "dark":
        page.emulate_media(color_scheme="dark")
    else:
        page.emulate_media(forced_colors="active")
    assert_for_everyone(page)
    page.locator("#text").fill("Le pont de Macina est coupé.")
    page.locator("#report button[value=on]").click()
    expect(page.locator("#page")).to_be_visible()
    assert_for_everyone(page)
    press(page, "finish")


def test_a_screen_reader_hears_the_first_pages_in_the_order_of_what_matters(windows: Windows) -> None:
    page = windows.open("/?lang=en")
    heard_in_order(
        page,
        'link "Go to the content"',
        'button "Français"',
        'link "Leave this page"',
        'heading "Tell us what happened"',
        'textbox "What happened?"',
        'button "Photos, video, sound or PDF',
        'button "Continue"',
        'button "Send now"',
    )
    page.locator("#text").fill("Le pont de Macina est coupé.")
    page.locator("#report button[value=on]").click()
    expect(page.locator("#page")).to_be_visible()
    heard_in_order(
        page,
        'link "Leave this page"',
        "Page 2 of about",
        'heading "Where did it happen?"',
        '"In your own words',
        'button "Continue"',
        'button "Skip"',
        "What you wrote has already reached us",
        'button "Stop here and get my code"',
        'button "Back to the page before"',
        'button "Français"',
    )
    press(page, "finish")


def heard_in_order(page: Page, *parts: str) -> None:
    """The parts come in the accessibility tree, one after another."""
    tree, at = page.locator("body").aria_snapshot(), 0
    for part in parts:
        found = tree.find(part, at)
        assert found >= 0, f"{part} isn't after what comes before it in:\n{tree}"
        at = found + len(part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_its_error_and_the_question_before_withdrawing(
    windows: Windows, desk: Callable[..., Page], filed: Filed, language: str
) -> None:
    ask(desk("awa.monitor", filed.path), f"Question ({language})")
    page = windows.open(f"/receipt?lang={language}")
    assert_for_everyone(page)
    follow(page.locator("main button.do"))
    assert_for_everyone(page)
    page.locator("#code").fill(filed.code)
    follow(page.locator("main button.do"))
    expect(page.locator(".asked").last).to_have_text(f"Question ({language})")
    assert_for_everyone(page)
    follow(page.locator("main form[action='/receipt/withdraw'] button.bad"))
    assert_for_everyone(page)


def ask(case: Page, question: str) -> None:
    """Put a question, as a monitor does, so that the receipt page is full."""
    if not case.locator("#ask-text").is_visible():
        case.get_by_text("Ask the reporter", exact=True).click()
    case.locator("#ask-text").fill(question)
    follow(case.get_by_role("button", name="Ask", exact=True))


@pytest.mark.parametrize(
    "path",
    [
        "/figures?lang=fr",
        "/figures?lang=bm",
        "/about?lang=fr",
        "/about?lang=bm",
        "/no-such-page",
        "/desk/sign-in",
        "/simulator",
    ],
)
def test_the_pages_open_to_anybody(windows: Windows, path: str) -> None:
    assert_for_everyone(windows.open(path))


@pytest.mark.parametrize(("who", "path"), DESK_PAGES)
def test_the_pages_of_the_desk(desk: Callable[..., Page], who: str, path: str) -> None:
    assert_for_everyone(desk(who, path))


@pytest.mark.parametrize("who", ["issa.supervisor", "nana.analyst"])
def test_a_case_with_everything_unfolded(desk: Callable[..., Page], filed: Filed, who: str) -> None:
    page = desk(who, filed.path)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert_for_everyone(page)


def test_a_case_with_a_mistake_in_a_form(desk: Callable[..., Page], filed: Filed) -> None:
    page = desk("issa.supervisor", filed.path)
    follow(page.get_by_role("button", name="Keep the verification"))
    expect(page.get_by_role("alert")).to_be_focused()
    assert_for_everyone(page)


def test_the_handset_with_a_conversation_on_it(windows: Windows) -> None:
    page = windows.open("/simulator?lang=en")
    page.get_by_label("New message").fill("AIDE")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#entries .theirs")).to_have_count(1)
    assert_for_everyone(page)
