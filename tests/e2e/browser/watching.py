"""Browser windows that remember whatever went wrong in them while a test was looking elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    Route,
)

from tests.e2e.running import somewhere

if TYPE_CHECKING:
    from playwright.sync_api import StorageState

DESKTOP_WIDTH, PHONE_WIDTH, SMALLEST_WIDTH = 1280, 360, 320
HEIGHT = 800
PATIENCE_MILLISECONDS = 20_000  # two slow cores, shared with the workers
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")
REFUGE = re.compile(r"^http://127\.0\.0\.1:\d+/meteo$")  # where "Leave this page" leads: see refuge.py
STATUS_OF_A_PAGE = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Windows:
    """Opens windows on one installation and collects the faults seen in any of them."""

    browser: Browser
    address: str
    faults: list[str] = field(default_factory=list)
    who: dict[str, str] = field(default_factory=somewhere)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        path: str,
        *,
        width: int = DESKTOP_WIDTH,
        with_script: bool = True,
        signed_in: StorageState | Path | None = None,
        language: str = "fr-FR",
    ) -> Page:
        """A page of the installation in a window of its own, with nothing in it from before."""
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=with_script,
            storage_state=signed_in,
            locale=language,
            extra_http_headers=self.who,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.route(ELSEWHERE, self._stand_in)
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("response", self._check)
        page = context.new_page()
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Type another address of the installation."""
        page.goto(urljoin(self.address, path))

    def close(self) -> None:
        """Close every window."""
        while self._contexts:
            self._contexts.pop().close()

    def _stand_in(self, route: Route, request: Request) -> None:
        """No test reaches the internet: whoever tries is at fault."""
        self.faults.append(f"a request to somebody else: {request.url}")
        route.abort()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not STATUS_OF_A_PAGE.match(message.text):
            self.faults.append(f"console: {message.text}")

    def _check(self, response: Response) -> None:
        """A page may say 404, got by script or not; what a page is made of may not."""
        is_page = response.request.is_navigation_request() or response.request.method == "POST"
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.faults.append(f"{response.status} for {response.url}")


def follow(link_or_button: Locator) -> None:
    """Click and wait until the page it leads to is there: a click alone returns while the old one still shows."""
    with link_or_button.page.expect_event("load"):
        link_or_button.click()
