"""Writing without a network: locked on the phone, sent once when there is one again, and nothing left behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from tests.e2e.browser.installation import Installation
from tests.e2e.browser.watching import SMALLEST_WIDTH, Windows
from tests.e2e.running import CODE
from workers.opening import open_sealed
from workers.settings import WorkerSettings, load_worker_settings

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ACCOUNT = "Des hommes armés ont volé douze vaches près de Bankass. Ɲɛnabɔ \ud83d\udc04"
PLANTED = ("vaches", "Bankass", "76 12 34 56", "guignard")
LEAVE = re.compile("/leave$")
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"  # the browser says so itself, and means it as an error

# Everything that the browser holds for this site, as text: databases, caches with the bodies in them, storage.
HOLDINGS = """async () => {
  const held = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  for (const {name} of await indexedDB.databases()) {
    const database = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((done) => {
        database.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result);
      });
      for (const row of rows) {
        held.push(JSON.stringify(row));
        if (row.sealed) held.push(new TextDecoder().decode(row.sealed), new TextDecoder("utf-16le").decode(row.sealed));
      }
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) held.push(request.url, await (await cache.match(request)).text());
  }
  return held;
}"""
LEFT = """async () => ({
  databases: (await indexedDB.databases()).map(({name}) => name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"databases": [], "caches": [], "workers": 0}


@pytest.fixture
def phone(windows: Windows) -> Iterator[Page]:
    """A phone on which the page was opened once with a network, and is kept."""
    page = windows.open("/app?lang=en", width=SMALLEST_WIDTH)
    expect(page.locator("#ready")).to_be_visible()
    page.wait_for_function("navigator.serviceWorker.controller")
    yield page
    windows.faults[:] = [fault for fault in windows.faults if NO_NETWORK not in fault]


@pytest.fixture(scope="module")
def worker_settings(installation: Installation) -> WorkerSettings:
    """The private keys of the installation, which only its workers have."""
    return load_worker_settings({"SEERE_VAR": str(installation.running.var)})


def write(page: Page, text: str = ACCOUNT) -> None:
    """Fill in the page and lock it."""
    page.get_by_label("What happened?").fill(text)
    page.get_by_label("Region").select_option("ML05")
    page.get_by_label("Where?").fill("Bankass, au bord du guignard")
    page.get_by_label("Which day?").fill("2026-03-01")
    page.get_by_label("Your phone number").fill("76 12 34 56")
    page.get_by_label("The National Human Rights Commission").check()
    page.get_by_role("button", name="Lock and send").click()
    expect(page.locator("#held li")).to_have_count(1)


def web_reports(installation: Installation) -> list[tuple[object, ...]]:
    """Sealed content and consent of what came over the web, the newest last."""
    return installation.running.rows(
        "SELECT message.sealed_content, report.consent FROM report JOIN message ON message.report_id = report.id"
        " WHERE report.channel = 'web' AND message.direction = 'in' ORDER BY report.received_at"
    )


def test_it_is_written_without_a_network_and_arrives_once_with_it(
    phone: Page, installation: Installation, worker_settings: WorkerSettings
) -> None:
    before = len(web_reports(installation))
    phone.context.set_offline(True)
    phone.reload()
    write(phone)
    expect(phone.locator("#held .state")).to_have_text("Locked. It waits for a network.")
    expect(phone.get_by_label("What happened?")).to_have_value("")
    assert_unreadable(phone)
    phone.reload()
    assert_unreadable(phone)
    assert len(web_reports(installation)) == before

    phone.context.set_offline(False)
    code = phone.locator("#held .code")
    expect(code).to_have_text(CODE)
    arrived = web_reports(installation)
    assert len(arrived) == before + 1
    sealed, consent = arrived[-1]
    assert open_sealed(worker_settings, bytes(sealed)) == {  # type: ignore[arg-type]
        "text": ACCOUNT.encode("utf-16", "surrogatepass").decode("utf-16"),
        "where": "Bankass, au bord du guignard",
        "place": "ML05",
        "contact": "76 12 34 56",
        "when": "le 1er mars 2026",
    }
    assert json.loads(str(consent)) == {"may_ask": False, "share_with": ["cndh"], "with_identity": False}

    phone.reload()
    expect(code).to_have_text(CODE)  # until it is noted
    shown = code.inner_text()
    phone.get_by_role("button", name="I have noted it").click()
    expect(phone.locator("#held")).to_be_hidden()
    assert not [held for held in phone.evaluate(HOLDINGS) if shown in held]
    assert phone.evaluate("indexedDB.databases()") == []


def assert_unreadable(page: Page) -> None:
    """Whoever takes the phone finds none of the words that were written."""
    held = page.evaluate(HOLDINGS)
    assert any('"sealed"' in row for row in held)
    assert not [(word, row[:80]) for word in PLANTED for row in held if word in row]


def test_an_answer_that_is_lost_makes_no_second_report(phone: Page, installation: Installation) -> None:
    """The report arrives, the phone never hears of it and tries again: the page is closed and opened meanwhile."""
    before = len(web_reports(installation))
    lose_answers(phone.context)
    write(phone)
    for _ in range(100):
        if len(web_reports(installation)) > before:
            break
        phone.wait_for_timeout(200)  # a plain sleep would hold up what stands in for the lost answer
    assert len(web_reports(installation)) == before + 1
    expect(phone.locator("#held .state")).to_have_text("Locked. It waits for a network.")
    phone.context.unroute(re.compile("/sealed$"))
    again = phone.context.new_page()
    phone.close()
    again.goto(f"{installation.address}/app?lang=en")
    expect(again.locator("#held .code")).to_have_text(CODE)
    assert len(web_reports(installation)) == before + 1


def lose_answers(context: BrowserContext) -> None:
    """Whatever is handed over arrives; the answer doesn't."""

    def take(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    context.route(re.compile("/sealed$"), take)


def test_what_waits_can_be_deleted(phone: Page, installation: Installation) -> None:
    before = len(web_reports(installation))
    phone.context.set_offline(True)
    write(phone)
    phone.get_by_role("button", name="Delete it").click()
    expect(phone.locator("#held")).to_be_hidden()
    assert not [row for row in phone.evaluate(HOLDINGS) if '"sealed"' in row]
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.get_by_role("button", name="Lock and send")).to_be_visible()
    assert len(web_reports(installation)) == before


@pytest.mark.parametrize("has_network", [True, False])
@pytest.mark.parametrize("way", ["click", "keys"])
def test_leaving_deletes_everything(
    phone: Page, installation: Installation, has_network: bool, way: str
) -> None:
    """Before the server is asked to have it done: it may not answer."""
    phone.context.route(LEAVE, lambda route: route.fulfill(body="", content_type="text/html"))
    phone.context.set_offline(True)
    write(phone)
    phone.get_by_label("What happened?").fill("guignard")
    phone.context.set_offline(not has_network)
    if way == "click":
        phone.get_by_role("link", name="Leave this page").click()
    else:
        for _ in range(3):
            phone.keyboard.press("Escape")
    phone.wait_for_url(LEAVE if has_network else "about:blank")
    phone.context.set_offline(False)
    phone.goto(f"{installation.address}/healthz")
    assert phone.evaluate(LEFT) == NOTHING


def test_the_server_has_the_browser_forget_it_too(phone: Page, installation: Installation) -> None:
    """A way out that this page's own script has no part in, such as the link of any other page."""
    phone.context.set_offline(True)
    write(phone)
    phone.context.set_offline(False)
    phone.context.route("**/sealed", lambda route: route.abort("internetdisconnected"))
    with suppress(Error):  # the harmless page is elsewhere, and no test reaches the internet
        phone.goto(f"{installation.address}/leave")
    phone.goto(f"{installation.address}/healthz")
    assert phone.evaluate(LEFT) == NOTHING


def test_an_empty_page_says_what_is_missing(phone: Page) -> None:
    phone.get_by_role("button", name="Lock and send").click()
    expect(phone.get_by_role("alert").filter(has_text="Write what happened")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_be_focused()
    expect(phone.get_by_label("What happened?")).to_have_attribute("aria-invalid", "true")


def test_no_other_page_is_kept_or_passes_through(phone: Page, installation: Installation) -> None:
    for path in ("/", "/receipt", "/about"):
        phone.goto(f"{installation.address}{path}?lang=en")
        assert phone.evaluate("navigator.serviceWorker.controller") is None
    kept = phone.evaluate(
        "caches.keys().then((names) => caches.open(names[0])).then((cache) => cache.keys())"
        ".then((requests) => requests.map((request) => new URL(request.url).pathname))"
    )
    assert {path for path in kept if not path.startswith("/static/")} == {"/app", "/app/manifest.webmanifest"}


def test_without_script_it_says_what_to_do_instead(windows: Windows) -> None:
    page = windows.open("/app?lang=en", with_script=False)
    expect(page.get_by_role("link", name="Use the ordinary page")).to_be_visible()
    expect(page.get_by_role("button", name="Lock and send")).to_be_hidden()


def test_it_fits_the_smallest_screen(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= SMALLEST_WIDTH
