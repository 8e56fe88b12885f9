"""Entering and leaving the desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import email_of
from tests.e2e.browser.watching import Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def enter(page: Page, who: str, password: str) -> None:
    """Fill in the sign-in form that is open, in English, and send it."""
    page.get_by_label("E-mail address").fill(email_of(who))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_is_refused_without_saying_which_part_is_wrong(windows: Windows) -> None:
    said = []
    for who in ("fanta.monitor", "nobody.monitor"):
        page = windows.open("/desk/sign-in?lang=en")
        enter(page, who, "this is not the password")
        problem = page.get_by_role("alert")
        expect(problem).to_be_focused()
        expect(page.get_by_label("E-mail address")).to_have_value(email_of(who))
        expect(page.get_by_label("Password")).to_have_value("")
        said.append(problem.inner_text())
    assert said[0] == said[1]


@pytest.mark.parametrize("with_script", [True, False])
def test_signing_in_leads_to_where_one_wanted_to_go_and_out_again(
    windows: Windows, password: str, with_script: bool
) -> None:
    page = windows.open("/desk/account?lang=en", with_script=with_script, language="en-GB")
    expect(page.get_by_label("Password")).to_be_visible()
    enter(page, "fanta.monitor", password)
    page.wait_for_url("**/desk/account**")
    expect(page.locator("main")).to_contain_text(email_of("fanta.monitor"))
    follow(page.locator(".person form button"))
    expect(page).to_have_url(f"{windows.address}/desk/sign-in")
    windows.go(page, "/desk/")
    assert "/desk/sign-in" in page.url


def test_the_desk_speaks_french_to_those_who_chose_nothing(windows: Windows, password: str) -> None:
    page = windows.open("/desk/sign-in?lang=en", language="en-GB")
    enter(page, "fanta.monitor", password)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_url(f"{windows.address}/desk/")


def test_cookies_are_for_the_desk_and_out_of_reach_of_scripts(windows: Windows, password: str) -> None:
    page = windows.open("/desk/sign-in?lang=en")
    enter(page, "fanta.monitor", password)
    expect(page.locator(".person")).to_be_visible()
    cookies = page.context.cookies()
    assert {(each["path"], each["httpOnly"], each["sameSite"]) for each in cookies} == {
        ("/desk", True, "Strict")
    }
    names = {each["name"] for each in cookies}
    assert {"seere_desk", "seere_device"} <= names <= {"seere_desk", "seere_device", "seere_safe"}
