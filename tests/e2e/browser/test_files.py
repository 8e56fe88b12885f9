"""Photos, films and voice notes: with script piece by piece and through cuts, without script in one go."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from app.public.schemas import LONGEST_TEXT
from tests.e2e.browser.conftest import CHROMIUM_OPTIONS
from tests.e2e.browser.installation import Installation
from tests.e2e.browser.watching import Windows
from tests.e2e.running import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FILM_BYTES = 1_400_000  # three pieces
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 200
FAKE_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PATIENCE = 30
LABEL = "Photos, video, sound or PDF"


def film() -> FilePayload:
    """What a phone's camera made, under a name that says too much."""
    return {"name": "Adama-Traore.mp4", "mimeType": "video/mp4", "buffer": b"\x00\x01" * (FILM_BYTES // 2)}


def latest(installation: Installation) -> tuple[int, int, bool, bool]:
    """Of the newest upload: bytes announced and received, whether it is whole, whether a report has it."""
    found = installation.running.rows(
        "SELECT size, received, completed_at IS NOT NULL, "
        "EXISTS (SELECT 1 FROM attachment WHERE upload_id = upload.id) "
        "FROM upload ORDER BY created_at DESC LIMIT 1"
    )
    size, received, is_whole, is_attached = found[0] if found else (0, 0, 0, 0)
    return int(str(size)), int(str(received)), bool(is_whole), bool(is_attached)


def forgive_the_cut(windows: Windows) -> None:
    """A browser's console tells of each request that didn't get through."""
    windows.faults[:] = [fault for fault in windows.faults if "net::ERR_" not in fault]


def write(page: Page, text: str) -> None:
    """What happened."""
    page.get_by_label("What happened?").fill(text)


def test_an_upload_goes_on_after_cuts(windows: Windows, installation: Installation) -> None:
    page = windows.open("/?lang=en")
    attempts: list[str] = []

    def cut_some(route: Route) -> None:
        attempts.append(route.request.headers["upload-offset"])
        if len(attempts) in {2, 3}:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(
        "**/files/*", lambda route: cut_some(route) if route.request.method == "PATCH" else route.continue_()
    )
    page.get_by_label(LABEL).set_input_files(film())
    entry = page.locator(".files li")
    expect(entry).to_contain_text("it has arrived", timeout=PATIENCE * 1000)
    assert attempts[1] == attempts[2] == attempts[3]  # on from where it was
    assert latest(installation) == (FILM_BYTES, FILM_BYTES, True, False)
    assert page.get_by_label(LABEL).evaluate("input => input.files.length") == 0
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    write(page, "Un film, à travers les coupures.")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".code")).to_be_visible()
    assert latest(installation) == (FILM_BYTES, FILM_BYTES, True, True)
    forgive_the_cut(windows)


def test_nothing_that_is_sent_names_the_file(windows: Windows) -> None:
    page = windows.open("/?lang=en")
    said: list[str] = []
    page.on(
        "request",
        lambda request: said.append(f"{request.url} {request.headers} {request.post_data_buffer!r}"),
    )
    page.get_by_label(LABEL).set_input_files({**film(), "buffer": PHOTO})
    entry = page.locator(".files li")
    expect(entry).to_contain_text("Adama-Traore.mp4")  # the person sees it
    expect(entry).to_contain_text("it has arrived")
    write(page, "Une photo.")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".code")).to_be_visible()
    assert len(said) >= 4
    assert not any("Traore" in each for each in said)


def test_a_file_can_be_taken_back(windows: Windows, installation: Installation) -> None:
    page = windows.open("/?lang=en")
    page.get_by_label(LABEL).set_input_files({**film(), "buffer": b"x" * 12_321})
    expect(page.locator(".files li")).to_contain_text("it has arrived")
    page.get_by_role("button", name="Remove: Adama-Traore.mp4").click()
    expect(page.locator(".files li")).to_have_count(0)
    assert page.locator("input[name=file]").count() == 0
    wait_for(lambda: latest(installation)[0] != 12_321, PATIENCE)


def test_files_go_on_behind_the_next_pages(windows: Windows, installation: Installation) -> None:
    page = windows.open("/?lang=en")
    held: list[Route] = []

    def hold(route: Route) -> None:
        is_later_piece = route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0"
        if is_later_piece and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/files/*", hold)
    page.get_by_label(LABEL).set_input_files(film())
    expect(page.locator(".files li")).to_contain_text("37% so far")
    write(page, "Le film monte encore.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("What happened?")).to_have_count(0)
    expect(page.get_by_text("Keep this page open.")).to_be_visible()
    assert latest(installation)[2:] == (False, True)
    held[0].continue_()
    expect(page.get_by_text("Your files have arrived.")).to_be_visible(timeout=PATIENCE * 1000)
    assert latest(installation) == (FILM_BYTES, FILM_BYTES, True, True)


def test_a_file_chosen_a_moment_before_is_not_left_behind(
    windows: Windows, installation: Installation
) -> None:
    page = windows.open("/?lang=en")
    held: list[Route] = []
    page.route(re.compile(r"/files$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/files$")):
        page.get_by_label(LABEL).set_input_files({**film(), "buffer": PHOTO})
    write(page, "Choisi, puis envoyé tout de suite.")
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("button", name="Go on without the rest")).to_be_visible()
    held[0].continue_()
    expect(page.locator(".code")).to_be_visible()
    wait_for(lambda: latest(installation) == (len(PHOTO), len(PHOTO), True, True), PATIENCE)


def test_where_pages_are_loaded_the_person_chooses_to_wait_or_not(
    windows: Windows, installation: Installation
) -> None:
    page = windows.open("/?lang=en")
    page.evaluate("() => delete document.getElementById('report').dataset.stay")
    held: list[Route] = []
    page.route(
        "**/files/*",
        lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_(),
    )
    page.get_by_label(LABEL).set_input_files({**film(), "buffer": PHOTO})
    expect(page.locator("input[name=file]")).to_have_count(1)
    write(page, "Attendre ou non.")
    page.get_by_role("button", name="Send now").click()
    choice = page.get_by_role("group", name="Your files are not all here yet")
    expect(choice).to_be_focused()
    choice.get_by_role("button", name="Wait").click()
    held.pop().continue_()
    expect(page.locator(".code")).to_be_visible()
    assert latest(installation) == (len(PHOTO), len(PHOTO), True, True)


@pytest.mark.parametrize("with_script", [True, False])
def test_a_text_that_is_missing_loses_no_file(
    windows: Windows, installation: Installation, with_script: bool
) -> None:
    page = windows.open("/?lang=en", with_script=with_script)
    page.get_by_label(LABEL).set_input_files({**film(), "buffer": PHOTO})
    if with_script:
        expect(page.locator(".files li")).to_contain_text("it has arrived")
    write(page, "x" * (LONGEST_TEXT + 1))
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#evidence")).to_contain_text("File 1: it has arrived.")
    write(page, f"Une photo ({with_script}).")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".code")).to_be_visible()
    assert latest(installation) == (len(PHOTO), len(PHOTO), True, True)


@pytest.fixture(scope="module")
def with_microphone(chromium: Browser) -> Iterator[Browser]:
    """A Chromium that hears a tone and needs no permission."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    browser = chromium.browser_type.launch(executable_path=path, args=[*CHROMIUM_OPTIONS, *FAKE_MICROPHONE])
    yield browser
    browser.close()


def test_a_voice_note_is_recorded_heard_and_sent(
    with_microphone: Browser, installation: Installation
) -> None:
    windows = Windows(with_microphone, installation.address)
    page = windows.open("/?lang=en")
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.get_by_text("Recording: 0:01 / 5:00")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    entry = page.locator(".files li")
    expect(entry).to_contain_text("Voice note")
    expect(entry).to_contain_text("it has arrived")
    expect(entry.locator("audio")).to_be_visible()
    write(page, "Écoutez.")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".code")).to_be_visible()
    size, received, is_whole, is_attached = latest(installation)
    assert size == received > 1000
    assert is_whole
    assert is_attached
    windows.close()
    assert windows.faults == []
