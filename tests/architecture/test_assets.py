"""What runs in browsers is what package-lock.json says, whoever fetches it, and none of its own scripts runs here."""

from __future__ import annotations

import json
import re
from configparser import ConfigParser
from typing import Any

from app.bare import ROOT
from app.offline.built import SCRIPTS, SERVICE_WORKER

EXACT = re.compile(r"\d+\.\d+\.\d+")


def read(name: str) -> dict[str, Any]:
    """One of npm's files."""
    content: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))
    return content


def test_every_package_is_pinned_by_digest_and_none_by_where_it_came_from() -> None:
    packages = {name: each for name, each in read("package-lock.json")["packages"].items() if name}
    assert len(packages) > 3
    assert [name for name, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
    assert [name for name, each in packages.items() if "resolved" in each or "link" in each] == []


def test_what_we_ask_for_is_an_exact_version_and_the_one_that_is_locked() -> None:
    asked, locked = read("package.json"), read("package-lock.json")["packages"]
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert EXACT.fullmatch(version), name
        assert locked[f"node_modules/{name}"]["version"] == version


def test_no_script_of_a_package_runs_while_it_is_installed() -> None:
    npm = ConfigParser()
    npm.read_string("[npm]\n" + (ROOT / ".npmrc").read_text("utf-8"))
    assert npm["npm"]["ignore-scripts"] == "true"
    assert npm["npm"]["omit-lockfile-registry-resolved"] == "true"
    assert not any("registry" in name and name != "omit-lockfile-registry-resolved" for name in npm["npm"])


def test_each_bundle_that_is_served_has_a_source() -> None:
    sources = {path.name for path in (ROOT / "app" / "frontend").iterdir() if path.is_file()}
    assert sources >= {*SCRIPTS, SERVICE_WORKER}


def test_every_word_of_the_page_without_a_network_is_in_its_template() -> None:
    """A script that says something itself would say it in one language only."""
    states = set(
        re.findall(r'data-state="(\w+)"', (ROOT / "app/templates/public/app.html").read_text("utf-8"))
    )
    script = (ROOT / "app/frontend/offline/sending.js").read_text("utf-8")
    outcomes = set(re.findall(r'[A-Z]+: "(\w+)"', script)) | {"sending"}
    assert states == outcomes
