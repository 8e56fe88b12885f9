"""Hiding part of a picture in a real browser: drawn with the mouse, and by keyboard alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.browser.watching import Windows, follow

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WHO = "awa.monitor"
ACCOUNT = "On Monday armed men burnt three houses and a wheelbarrow near Koro. I send a picture."
SEARCH, CASES = "/desk/?q=wheelbarrow", "a[href*='/desk/cases/']"


def landscape() -> bytes:
    """A picture on which the machine finds no face."""
    image = Image.new("RGB", (600, 400), (120, 170, 220))
    image.paste((180, 140, 90), (0, 250, 600, 400))
    into = io.BytesIO()
    image.save(into, "JPEG")
    return into.getvalue()


@pytest.fixture
def opened(desk: Callable[..., Page], photographed_case: str) -> Page:
    """The opening page of a picture, as somebody of the desk has it before them."""
    page = desk(WHO, photographed_case)
    page.locator(".file summary", has_text="Open the file").first.click()
    page.locator(".file").get_by_label("Why it must be opened").first.fill(
        "to hide what could identify somebody"
    )
    follow(page.locator(".file").get_by_role("button", name="Open the file").first)
    expect(page.locator(".hiding img")).to_be_visible(timeout=60_000)
    return page


@pytest.fixture
def photographed_case(windows: Windows, desk: Callable[..., Page]) -> str:
    """The address of a case whose report came with a picture, sent with the public form without script."""
    public = windows.open("/?lang=en", with_script=False)
    public.locator("#text").fill(ACCOUNT)
    public.locator("#files").set_input_files(
        {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": landscape()}
    )
    follow(public.get_by_role("button", name="Send now"))
    page = desk(WHO, SEARCH)
    for _ in range(60):
        addresses = [link.get_attribute("href") or "" for link in page.locator(CASES).all()]
        for address in addresses[:3]:
            windows.go(page, address)
            if page.locator(".file summary", has_text="Open the file").count():
                return address
        page.wait_for_timeout(1000)
        windows.go(page, SEARCH)
    raise AssertionError("the picture never reached a case")


def test_a_rectangle_is_drawn_with_the_mouse_and_sent(opened: Page) -> None:
    box = opened.locator(".hiding-marks").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x + box["width"] * 0.25, y + box["height"] * 0.5, steps=5)
    opened.mouse.up()
    line = opened.locator("[data-hiding-list] input").last
    expect(line).to_be_checked()
    sides = [float(side) for side in (line.get_attribute("value") or "").split(";")]
    assert [round(side) for side in sides] == [25, 25, 25, 50]
    follow(opened.get_by_role("button", name="Make the copy anew"))
    expect(opened.get_by_text("In a moment the copy is made anew")).to_be_visible()
    expect(opened.get_by_text(re.compile("part is hidden on the copy")).first).to_be_visible()


def test_the_same_by_keyboard(opened: Page) -> None:
    for label, number in (("From the left", "10"), ("From the top", "20"), ("Width", "30"), ("Height", "40")):
        field = opened.get_by_label(label, exact=True)
        field.focus()
        opened.keyboard.type(number)
    opened.keyboard.press("Enter")
    expect(opened.get_by_text("In a moment the copy is made anew")).to_be_visible()
