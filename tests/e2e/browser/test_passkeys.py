"""Second factors as a person meets them in a browser: an app's code, a passkey, and a session ended elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import free_port
from tests.e2e.browser.watching import follow
from tests.e2e.running import PASSWORD, Running

pytestmark = [pytest.mark.slow, pytest.mark.browser]
EMAIL = "awa@example.org"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An installation without a demonstration, under a name: passkeys know none by its number."""
    port = free_port()
    address = f"http://localhost:{port}"
    environment, options = {"SEERE_PUBLIC_URL": address}, ["--workers", "1"]
    running = Running(tmp_path_factory.mktemp("passkeys"), environment, options, port=port)
    try:
        running.start()
        running.run("organisation", "add", "CNDH", "--kind", "cndh")
        people = ["--organisation", "CNDH", "--role", "monitor", "--name", "Awa", "--language", "en"]
        running.environment["SEERE_NEW_PASSWORD"] = PASSWORD
        added = running.run("user", "add", EMAIL, *people)
        assert added.returncode == 0, added.stderr
        yield address
    finally:
        running.stop()


def enter(page: Page, desk: str) -> None:
    """Give the password."""
    page.goto(f"{desk}/desk/sign-in?lang=en")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))


def authenticator(page: Page) -> None:
    """Plug in a key that knows its owner's finger."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_from_the_first_factor_to_a_passkey_and_a_session_ended_elsewhere(
    chromium: Browser, desk: str
) -> None:
    mine = chromium.new_context()
    page = mine.new_page()
    authenticator(page)
    enter(page, desk)
    expect(page.locator("main")).to_contain_text("For that you need a second factor")
    follow(page.get_by_role("link", name="Set up an app"))
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = page.locator(".secret-text").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows now").fill(pyotp.TOTP(secret).now())
    follow(page.get_by_role("button", name="Use this app"))
    codes = page.locator(".spare-codes code").all_inner_texts()
    assert len(codes) == 10

    page.goto(f"{desk}/desk/account/factors/passkey")
    page.get_by_label("Name of the passkey").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/desk/account/factors")
    expect(page.locator("main")).to_contain_text("my phone")

    follow(page.get_by_role("button", name="Sign out"))
    enter(page, desk)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url("**/desk/")

    other = chromium.new_context(java_script_enabled=False)
    theirs = other.new_page()
    enter(theirs, desk)
    follow(theirs.get_by_role("link", name="A recovery code"))
    theirs.get_by_label("Recovery code").fill(codes[0])
    follow(theirs.get_by_role("button", name="Continue"))
    assert theirs.url.endswith("/desk/")

    page.goto(f"{desk}/desk/notifications")
    expect(page.locator("main")).to_contain_text("from a new device")
    follow(page.get_by_role("link", name="Look whether it was you"))
    expect(page.locator("main")).to_contain_text("this one")
    follow(page.get_by_role("button", name="Sign out everywhere else"))
    theirs.goto(f"{desk}/desk/")
    assert "/desk/sign-in" in theirs.url
    for context in (mine, other):
        context.close()
