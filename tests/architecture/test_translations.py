"""French is whole; Bambara too for all that a citizen sees; the others hold what a citizen sees, to be translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.known_languages import PROGRESS_FILE, SOURCE, languages
from scripts import translations

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
CATALOGUES = [code for code in languages() if code != SOURCE]
UNFINISHED = [code for code in CATALOGUES if code not in translations.WHOLE]
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
    seen = for_citizens(source)
    assert seen
    assert seen - translated("bm") == set()


def for_citizens(source: dict[str, set[str]]) -> set[str]:
    return {text for text, files in source.items() if any(map(translations.is_for_citizens, files))}


@pytest.mark.parametrize("language", UNFINISHED)
def test_an_unfinished_language_waits_with_all_that_a_citizen_sees_and_nothing_else(
    source: dict[str, set[str]], language: str
) -> None:
    waiting = {identity(message) for message in catalogue(language) if message.id}
    assert waiting == for_citizens(source)


def test_how_far_each_language_is_stands_where_the_pages_read_it_and_in_the_documents() -> None:
    counted = translations.count(ROOT / "translations")
    written = (ROOT / "translations" / PROGRESS_FILE).read_text("utf-8")
    assert written == translations.progress_file(counted), "run 'make translations'"
    document = (ROOT / "docs" / "translation.md").read_text("utf-8")
    assert document == translations.document(ROOT / "translations", counted), "run 'make translations'"


def test_bringing_up_to_date_what_is_up_to_date_changes_nothing_but_where_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "translations"
    path = folder / "ar" / "LC_MESSAGES" / "messages.po"
    template = Catalog()
    template.add("Send", locations=[("app/templates/public/code.html", 1)])
    template.add("Cases", locations=[("app/templates/desk/inbox.html", 1)])
    folder.mkdir()
    with (folder / "messages.pot").open("wb") as file:
        write_po(file, template)
    translations.update(folder)
    first = path.read_bytes()
    assert b'"Send"' in first
    assert b'"Cases"' not in first
    translations.update(folder)
    assert path.read_bytes() == first


def test_a_translation_outlives_an_update_until_its_text_is_gone(tmp_path: Path) -> None:
    template = Catalog()
    template.add("Send", locations=[("app/templates/public/code.html", 1)])
    with (tmp_path / "messages.pot").open("wb") as file:
        write_po(file, template)
    translations.update(tmp_path)
    path = tmp_path / "snk" / "LC_MESSAGES" / "messages.po"
    path.write_text(path.read_text().replace('msgid "Send"\nmsgstr ""', 'msgid "Send"\nmsgstr "NEYI"'))
    translations.update(tmp_path)
    assert translations.count(tmp_path)["snk"].translated == 1
    with (tmp_path / "messages.pot").open("wb") as file:
        write_po(file, Catalog())
    translations.update(tmp_path)
    assert "NEYI" not in path.read_text()


@pytest.mark.parametrize("language", CATALOGUES)
def test_nothing_stale_is_kept(source: dict[str, set[str]], language: str) -> None:
    assert {identity(message) for message in catalogue(language) if message.id} <= set(source)


@pytest.mark.parametrize("language", CATALOGUES)
def test_placeholders_survive_translation(language: str) -> None:
    for message in catalogue(language):
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in filter(None, strings if message.id else []):
            wanted = {name for part in [message.id] for name in PLACEHOLDER.findall(str(part))}
            assert set(PLACEHOLDER.findall(string)) <= wanted, message.id


def test_every_bambara_entry_asks_for_a_native_reader() -> None:
    for message in catalogue("bm"):
        if message.id and any(message.string):
            assert translations.UNREAD in " ".join(message.user_comments), message.id
