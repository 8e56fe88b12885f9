"""The page that a phone keeps: what it is made of, when it is fetched anew, and what it is allowed to do."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.offline.built import FOLDER, HOW_TO_BUILD, SCRIPTS, SERVICE_WORKER, are_built
from app.offline.keeping import ICONS
from app.settings import Appearance
from tests.conftest import INTAKE_KEY, make_settings

SCRIPT = "self.addEventListener('fetch', () => 0);" * 50
HEAVIEST_PAGE_BYTES = 8 * 1024  # compressed


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """Bundles as the build leaves them; what is in them is for the browser's tests."""
    folder = tmp_path / "static" / FOLDER
    folder.mkdir(parents=True)
    for name in (*SCRIPTS, SERVICE_WORKER):
        (folder / name).write_text(SCRIPT, "utf-8")
        (folder / f"{name}.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    for name in ICONS:
        (folder.parent / name).touch()
    return folder.parent


@pytest.fixture
def make_client(tmp_path: Path, static: Path) -> Callable[..., FlaskClient]:
    """A browser of an installation with the bundles above and other settings: nothing here needs a database."""

    def make(**changes: Any) -> FlaskClient:
        app: Flask = create_app(make_settings(tmp_path, "sqlite://", **changes))
        app.static_folder = str(static)
        return app.test_client()

    return make


def kept(client: FlaskClient, language: str = "fr") -> dict[str, Any]:
    """What the service worker is told to keep."""
    line = client.get(f"/service-worker.js?lang={language}").text.splitlines()[0]
    told: dict[str, Any] = json.loads(line.removeprefix("self.kept=").removesuffix(";"))
    return told


def test_everything_that_is_kept_is_there_and_all_of_it_is_of_the_page(
    make_client: Callable[..., FlaskClient],
) -> None:
    client = make_client()
    addresses = kept(client)["addresses"]
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == 200, address
    assert all(re.match(r"/(app|static)\b", address) for address in addresses)


def test_the_version_stays_until_something_changes(
    make_client: Callable[..., FlaskClient], static: Path
) -> None:
    client = make_client()
    first = kept(client)["cache"]
    assert kept(client)["cache"] == first
    assert kept(make_client())["cache"] == first
    others = [
        kept(client, "en")["cache"],
        kept(make_client(intake_public_key=b"\x05" * 32))["cache"],
        kept(make_client(appearance=Appearance(name="Carnet")))["cache"],
    ]
    (static / FOLDER / "offline.js").write_text("changed", "utf-8")
    assert len({first, *others, kept(client)["cache"]}) == 5


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_the_page_holds_the_public_key_and_is_light(
    make_client: Callable[..., FlaskClient], language: str
) -> None:
    answer = make_client().get(f"/app?lang={language}", headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answer.data).decode()
    assert f'data-key="{base64.b64encode(bytes(INTAKE_KEY.public_key)).decode()}"' in page
    assert len(answer.data) < HEAVIEST_PAGE_BYTES
    assert "http" not in re.sub(r"http://www.w3.org/\S+", "", page)
    assert '<link rel="manifest"' in page.split("</head>")[0]


def test_only_this_page_may_run_webassembly(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client()
    assert "'wasm-unsafe-eval'" in client.get("/app").headers["Content-Security-Policy"]
    for path in ("/about", "/service-worker.js", "/app/manifest.webmanifest"):
        assert "wasm" not in client.get(path).headers["Content-Security-Policy"]


def test_the_form_behind_the_script_is_that_of_the_first_page(
    make_client: Callable[..., FlaskClient],
) -> None:
    """Should the script break, what was typed goes where it always goes, and never into an address."""
    page = make_client().get("/app").text
    form = re.search(r'<form id="write"[^>]*>', page)
    assert form is not None
    assert 'method="post" action="/"' in form[0]
    assert "hidden" in form[0]


def test_the_name_on_the_home_screen_says_nothing(make_client: Callable[..., FlaskClient]) -> None:
    manifest = json.loads(make_client().get("/app/manifest.webmanifest?lang=fr").text)
    assert manifest["name"] == "Message"
    assert "seere" not in json.dumps(manifest).lower()
    named = make_client(appearance=Appearance(name="Carnet")).get("/app/manifest.webmanifest")
    assert json.loads(named.text)["short_name"] == "Carnet"


def test_bundles_go_out_compressed_to_whom_can_read_that(make_client: Callable[..., FlaskClient]) -> None:
    client, address = make_client(), f"/static/{FOLDER}/sealing.mjs"
    with client.get(address, headers={"Accept-Encoding": "gzip, br"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "javascript" in packed.headers["Content-Type"]
        assert gzip.decompress(packed.data).decode() == SCRIPT
    with client.get(address, headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert plain.text == SCRIPT


def test_where_nothing_is_built_the_page_says_so_and_the_start_says_what_to_do(
    make_client: Callable[..., FlaskClient], static: Path
) -> None:
    (static / FOLDER / "sealing.mjs").unlink()
    client = make_client()
    page = client.get("/app?lang=en").text
    assert "<script nonce" in page
    assert "offline.js" not in page
    assert re.search(r'id="unable" class="box bad">', page)
    assert client.get("/service-worker.js").status_code == 404
    assert not are_built(static)
    assert "make assets" in HOW_TO_BUILD
