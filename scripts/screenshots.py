"""Photograph every page of a running demonstration, in French, as a phone and as a desktop see it.

Run it as `make screenshots` while `make run` is running. All pictures go to `var/screenshots`; the few that the
README shows go to `docs/screenshots` as well.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
PHONE_WIDTHS = 600
UNDERSTOOD_MILLISECONDS = 4000  # the workers' time for one report
MONITOR, ANALYST = "awa.monitor", "nana.analyst"
SUPERVISOR, ADMINISTRATOR = "issa.supervisor", "moussa.administrator"
AT = "@demo.seere.example"
# Pages by the account that sees them; nobody's are the citizens'.
PAGES: dict[str, dict[str, str]] = {
    "": {
        "form": "/?lang=fr",
        "receipt": "/receipt?lang=fr",
        "about": "/about?lang=fr",
        "simulator": "/simulator?lang=fr",
        "sign-in": "/desk/sign-in?lang=fr",
        "not-found": "/nothing-here?lang=fr",
    },
    MONITOR: {
        "inbox": "/desk/",
        "case": "/desk/?q=boeufs+koro",
        "account": "/desk/account",
        "call-backs": "/desk/call-backs",
    },
    ANALYST: {"exports": "/desk/exports"},
    SUPERVISOR: {"audit": "/desk/audit"},
    ADMINISTRATOR: {
        "administration": "/desk/administration",
        "gateways": "/desk/administration/gateways",
        "gateway-new": "/desk/administration/gateways/new",
        "gateway-smsgate": "/desk/administration/gateways/new/smsgate",
        "wordings": "/desk/administration/wordings",
        "prompts": "/desk/administration/prompts",
    },
}
KEPT = {"inbox-desktop", "case-desktop", "form-phone", "simulator-phone"}
EXAMPLE = (
    "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé, appelez 76 12 34 56"
)


@click.command()
@click.option("--address", default="http://127.0.0.1:8000", show_default=True)
@click.option(
    "--password", help="Of the demonstration's accounts; read from var/secrets when it is left out."
)
@click.option(
    "--var",
    type=click.Path(path_type=Path),
    default=ROOT / "var",
    envvar="SEERE_VAR",
    help="The installation's folder.",
)
@click.option("--chromium", default="/usr/bin/chromium", show_default=True)
def screenshots(address: str, password: str | None, var: Path, chromium: str) -> None:
    """Take all pictures."""
    secret = password or _password(var)
    folder, kept = var / "screenshots", ROOT / "docs" / "screenshots"
    for each in (folder, kept):
        each.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright, _browser(playwright, chromium) as browser:
            for picture in _photograph(browser, address, secret, folder):
                click.echo(picture.name)
                if picture.stem in KEPT:
                    shutil.copy(picture, kept / f"{picture.stem.rpartition('-')[0]}.png")
    except PlaywrightError as problem:
        click.echo(f"Is the demonstration running at {address}? {str(problem).splitlines()[0]}", err=True)
        sys.exit(1)


def _password(var: Path) -> str:
    path = var / "secrets" / "demonstration.toml"
    if not path.exists():
        raise click.UsageError("no demonstration here yet: run 'make run' first, or give --password")
    return path.read_text("utf-8").split('"')[1]


@contextmanager
def _browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    browser = playwright.chromium.launch(executable_path=chromium, args=[*quiet, "--disable-sync"])
    try:
        yield browser
    finally:
        browser.close()


def _photograph(browser: Browser, address: str, password: str, folder: Path) -> Iterator[Path]:
    for size, (width, height) in SIZES.items():
        for account, pages in PAGES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
            page = context.new_page()
            if account:
                _sign_in(page, address, account, password)
            for name, path in pages.items():
                page.goto(address + path)
                _prepare(page, name)
                picture = folder / f"{name}-{size}.png"
                page.screenshot(path=picture)
                yield picture
            context.close()


def _sign_in(page: Page, address: str, account: str, password: str) -> None:
    page.goto(f"{address}/desk/sign-in?lang=fr")
    page.fill("input[name=email]", account + AT)
    page.fill("input[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda url: "sign-in" not in url)


def _prepare(page: Page, name: str) -> None:
    """Bring a page to where it shows what it is for."""
    if name == "simulator":
        is_phone = bool(page.viewport_size and page.viewport_size["width"] < PHONE_WIDTHS)
        page.fill("#text", EXAMPLE if is_phone else "AIDE")  # one report is enough for the inbox
        page.click("#handset .do")
        page.wait_for_selector(".theirs")
        page.wait_for_timeout(UNDERSTOOD_MILLISECONDS)
        if is_phone:
            page.evaluate("document.querySelector('.phone').scrollIntoView()")
    if name == "case":
        page.goto(page.locator("a[href*='/desk/cases/']").first.evaluate("link => link.href"))
    page.evaluate("document.activeElement && document.activeElement.blur()")


if __name__ == "__main__":
    screenshots()
