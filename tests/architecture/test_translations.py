"""French is complete; Bambara is complete for everything a citizen sees, and marked for a native reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CITIZEN_FACING = ("app/public/", "app/templates/public/", "app/templates/error.html")
PLACEHOLDER = re.compile(r"%\((\w+)\)")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
METHODS = [("app/**.py", "python"), ("app/templates/**.html", "jinja2")]


@pytest.fixture(scope="module")
def source() -> dict[str, set[str]]:
    """Every message of the source and the files it stands in."""
    found: dict[str, set[str]] = {}
    for file, _line, message, _comments, _context in extract_from_dir(
        str(ROOT), METHODS, keywords=KEYWORDS, directory_filter=lambda name: "/.venv" not in str(name)
    ):
        found.setdefault(message if isinstance(message, str) else message[0], set()).add(file)
    return found


def catalogue(language: str) -> Catalog:
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def identity(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def translated(language: str) -> set[str]:
    """What has a translation in every form it needs."""
    return {
        identity(message)
        for message in catalogue(language)
        if message.id and all([message.string] if isinstance(message.string, str) else message.string)
    }


def test_french_is_complete(source: dict[str, set[str]]) -> None:
    assert set(source) - translated("fr") == set()


def test_bambara_is_complete_for_everything_a_citizen_sees(source: dict[str, set[str]]) -> None:
    seen = {text for text, files in source.items() if any(file.startswith(CITIZEN_FACING) for file in files)}
    assert seen
    assert seen - translated("bm") == set()


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_nothing_stale_is_kept(source: dict[str, set[str]], language: str) -> None:
    assert {identity(message) for message in catalogue(language) if message.id} <= set(source)


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_placeholders_survive_translation(language: str) -> None:
    for message in catalogue(language):
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in filter(None, strings if message.id else []):
            wanted = {name for part in [message.id] for name in PLACEHOLDER.findall(str(part))}
            assert set(PLACEHOLDER.findall(string)) <= wanted, message.id


def test_every_bambara_entry_asks_for_a_native_reader() -> None:
    for message in catalogue("bm"):
        if message.id and any(message.string):
            assert "wants a native reader" in " ".join(message.user_comments), message.id
