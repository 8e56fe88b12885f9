"""What several tests do with exports: wait for a worker, take the package, check it as a recipient does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.installation import Installation

WORK_MILLISECONDS = 60_000  # previews and exports queue behind what other tests left to the workers


def await_work(shown: Locator) -> None:
    """Until a page that loads itself again shows what a worker has made."""
    expect(shown).to_be_visible(timeout=WORK_MILLISECONDS)


def take(page: Page, folder: Path) -> Path:
    """Wait on the page of an export until it is ready, and keep the package under the name that it comes with."""
    link = page.get_by_role("link", name="Download (ZIP")
    await_work(link)
    with page.expect_download() as waiting:
        link.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def verified(installation: Installation, package: Path, key: str) -> str:
    """What `seere export verify` says to who has the copy and the public key."""
    done = installation.running.run("export", "verify", str(package), "--key", key)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of(package: Path) -> dict[str, bytes]:
    """Every file of a package by its name, and what lies within those that are ZIPs themselves."""
    return dict(_unpacked(package.read_bytes()))


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield name, inner
            if inner.startswith(b"PK\x03\x04"):
                yield from ((f"{name}/{part}", each) for part, each in _unpacked(inner))
