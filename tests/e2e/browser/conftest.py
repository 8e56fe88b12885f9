"""One installation with the demonstration in it, one Chromium, and the people who work there."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.e2e.browser.installation import Installation
from tests.e2e.browser.refuge import Refuge, open_refuge
from tests.e2e.browser.watching import PATIENCE_MILLISECONDS, Windows, follow
from tests.e2e.running import Running

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def refuge() -> Iterator[Refuge]:
    """Where "Leave this page" leads."""
    with open_refuge() as opened:
        yield opened


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, refuge: Refuge) -> Iterator[Installation]:
    """Seere as a newcomer starts it, demonstration loaded. Each test comes from an address of its own."""
    environment = {"SEERE_LEAVE_ADDRESS": refuge.address, "SEERE_TRUSTED_PROXIES": "1"}
    running = Running(tmp_path_factory.mktemp("browser"), environment, ["--demonstration"])
    try:
        running.start()
        yield Installation(running)
    finally:
        running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium: the system's where there is one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def windows(chromium: Browser, installation: Installation) -> Iterator[Windows]:
    """Windows for one test. Whatever it looks at, nothing may have gone wrong in them unseen."""
    opened = Windows(chromium, installation.address)
    yield opened
    opened.close()
    assert opened.faults == []


@pytest.fixture(scope="session")
def password(installation: Installation) -> str:
    """The password of all demonstration accounts."""
    secret = installation.running.var / "secrets" / "demonstration.toml"
    return str(tomllib.loads(secret.read_text("utf-8"))["password"])


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, installation: Installation, password: str) -> Callable[[str], StorageState]:
    """The session of somebody of the demonstration, `signed_in("awa.monitor")`: entered once, desk in English."""
    sessions: dict[str, StorageState] = {}

    def enter(who: str) -> StorageState:
        if who not in sessions:
            sessions[who] = _enter(chromium, installation.address, email_of(who), password)
        return sessions[who]

    return enter


def email_of(who: str) -> str:
    """`awa.monitor@demo.seere.example`."""
    return f"{who}@demo.seere.example"


def _enter(chromium: Browser, address: str, email: str, password: str) -> StorageState:
    windows = Windows(chromium, address)
    page = windows.open("/desk/sign-in?lang=en")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Sign in"))
    windows.go(page, "/desk/account")
    page.locator("#language select").select_option("en")
    follow(page.locator("#language button"))
    state = page.context.storage_state()
    windows.close()
    assert windows.faults == []
    return state


@pytest.fixture
def desk(windows: Windows, signed_in: Callable[[str], StorageState]) -> Callable[..., Page]:
    """A page of the desk as somebody sees it: `desk("awa.monitor", "/desk/")`."""

    def visit(who: str, path: str = "/desk/", *, with_script: bool = True) -> Page:
        return windows.open(path, signed_in=signed_in(who), with_script=with_script)

    return visit
