"""A report through every page of the web form, with a photo: nothing of it, and nothing of its sender, in the clear."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
import requests
from PIL import Image

from tests.e2e.running import CODE, Running, wait_for
from tests.e2e.test_promises import PLANTED_NAMES, PLANTED_PHONES, forms_of, haystack

pytestmark = [pytest.mark.slow]

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*? value="([^"]*)"')
AGENT, REFERRER, ADDRESS = "PlantedBrowser/77.31", "https://planted-site.example/page", "203.0.113.177"
CAMERA = "Appareil de Ntji 4711"
TEXT = f"hier à Koro {PLANTED_NAMES[0]} a été frappé par des hommes armés, appelez 76 54 32 10"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An installation as a newcomer starts it, behind one proxy."""
    installation = Running(
        tmp_path_factory.mktemp("web-promises"), {"SEERE_TRUSTED_PROXIES": "1"}, ["--workers", "1"]
    )
    installation.start()
    yield installation
    installation.stop()


def photo() -> bytes:
    """A photo whose metadata name the camera's owner."""
    picture, written = Image.linear_gradient("L").convert("RGB"), BytesIO()
    exif = picture.getexif()
    exif[0x0110] = CAMERA
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


class Citizen:
    """A browser without script, whose every page's hidden fields go along with the next."""

    def __init__(self, running: Running) -> None:
        self.running, self.session = running, requests.Session()
        self.session.headers.update({"User-Agent": AGENT, "Referer": REFERRER, "X-Forwarded-For": ADDRESS})
        self.page = self.session.get(running.address, timeout=30).text

    def send(
        self, path: str = "/next", files: list[tuple[str, tuple[str, bytes]]] | None = None, **fields: str
    ) -> None:
        """Press a button of the page that is open."""
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(self.page)}
        answer = self.session.post(
            self.running.address + path, data={**hidden, **fields}, files=files, timeout=60
        )
        assert answer.status_code in {200, 201}, answer.status_code
        self.page = answer.text

    @property
    def step(self) -> str:
        """Which page is open."""
        found = re.search(r'name="step" value="([^"]*)"', self.page)
        return found[1] if found else ""


def test_a_report_through_every_page_leaves_nothing_in_the_clear(running: Running) -> None:
    citizen = Citizen(running)
    file = ("files", (f"{PLANTED_NAMES[1]}.jpg", photo()))
    citizen.send("/", [file], text=TEXT, go="on")
    assert citizen.step == "where"
    citizen.send(where=f"Koro, chez {PLANTED_NAMES[2]}", go="on")
    for _ in range(30):
        if citizen.step == "consent":
            break
        citizen.send(go="skip")
    citizen.send(may_ask="yes", contact="66-98-76-54", go="on")
    assert citizen.step == "check"
    assert PLANTED_NAMES[0] in citizen.page  # shown to its writer once more
    citizen.send(go="finish")
    code = CODE.search(citizen.page)
    assert code is not None
    assert citizen.session.cookies.get_dict() == {}
    running.wait_until_processed(1)
    wait_for(lambda: running.rows("SELECT state FROM attachment") == [("kept",)], 90)
    assert running.rows("SELECT count(*) FROM attachment WHERE sealed_copy IS NOT NULL") == [(1,)]
    planted = [
        *PLANTED_NAMES,
        *PLANTED_PHONES,
        AGENT,
        REFERRER,
        ADDRESS,
        CAMERA,
        code[0],
        code[0].replace("-", ""),
    ]
    found = [
        (where, each)
        for where, content in haystack(running.var).items()
        for each in planted
        for form in forms_of(each)
        if form in content
    ]
    assert found == []
    assert not [where for where, content in haystack(running.var).items() if photo()[200:264] in content]


def test_who_stops_half_way_has_reported(running: Running) -> None:
    before = running.rows("SELECT count(*) FROM report")[0][0]
    citizen = Citizen(running)
    citizen.send("/", text="on nous a chassés de Kani ce matin", go="on")
    assert citizen.step == "where"
    assert running.rows("SELECT count(*) FROM report") == [(int(str(before)) + 1,)]
    owed = "SELECT count(*) FROM owed_work WHERE job LIKE '%process_report' AND done_at IS NULL"
    assert running.rows(owed) == [(1,)]  # a worker reads it once nothing came for a while
