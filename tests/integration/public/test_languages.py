"""Languages: which are offered, what is shown of those that aren't finished, and in which direction they run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import gettext

from app import bare
from app.catalogues import is_marked
from app.factory import build
from app.known_languages import Progress, languages, offered_from
from app.languages import offered_languages
from app.settings import Settings
from scripts.translations import PROGRESS_FILE, progress_file
from tests.conftest import Browser
from tests.integration.public.conftest import form_of, sqlite_only

pytestmark = sqlite_only
UNFINISHED = ("ff", "ses", "taq", "snk", "ar")
GO_ON = "Continue"
PAGES = ("/", "/receipt", "/about", "/languages", "/nothing-here")


@pytest.fixture
def translated(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> FlaskClient:
    """A site in which two words are translated into the language that is the parameter."""
    code = request.param
    folder = Path(shutil.copytree(bare.ROOT / "translations", tmp_path / "root" / "translations"))
    path = folder / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    catalogue["Go to the content"].string = "GO THERE"
    catalogue["I have a code"].string = "I HAVE ONE"
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    counted = {each: Progress(100, 2 if each == code else 0) for each in languages()}
    (folder / PROGRESS_FILE).write_text(progress_file(counted))
    for other in ("app", "migrations"):
        (tmp_path / "root" / other).symlink_to(bare.ROOT / other)
    monkeypatch.setattr(bare, "ROOT", tmp_path / "root")
    app = build(settings)
    app.test_client_class = Browser
    return app.test_client()


@pytest.mark.parametrize("language", UNFINISHED)
@pytest.mark.parametrize("address", PAGES)
def test_what_is_not_begun_is_shown_in_french_and_says_so(
    client: FlaskClient, address: str, language: str
) -> None:
    page = client.get(f"{address}?lang={language}").text
    assert '<html lang="fr">' in page
    assert not is_marked(page)
    assert "Leave this page" not in page
    if address != "/nothing-here":
        name = languages()[language].name
        assert re.search(rf'<p class="soft note">{name}: [^<]+</p>', page)


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_a_finished_language_has_no_such_note(client: FlaskClient, language: str) -> None:
    page = client.get(f"/?lang={language}").text
    assert f'<html lang="{language}">' in page
    assert 'class="soft note"' not in page


@pytest.mark.parametrize(("translated", "start"), [
    ("ar", '<html lang="ar" dir="rtl">'),
    ("taq", '<html lang="taq">'),
    ("ses", '<html lang="ses">'),
], indirect=["translated"])  # fmt: skip
def test_what_is_begun_is_marked_where_it_falls_back(translated: FlaskClient, start: str) -> None:
    language = start.split('"')[1]
    page = translated.get(f"/?lang={language}").text
    assert start in page
    assert ">GO THERE</a>" in page
    assert ">I HAVE ONE</a>" in page
    assert '<span lang="fr" dir="ltr">' in page
    assert "<title><" not in page
    assert not is_marked(page)
    assert not re.search(r'="[^"]*<span', page)


@pytest.mark.parametrize("translated", ["taq"], indirect=True)
def test_a_date_in_a_language_that_nobody_has_formats_for_is_written_as_in_french(
    translated: FlaskClient,
) -> None:
    fields = form_of(translated.get("/?lang=taq").text, "/")
    sent = translated.post("/", data={**fields, "text": "x", "go": "finish"}).text
    code = sent.split('class="code">', 1)[1].split("<", 1)[0]
    assert translated.post("/receipt", data={"code": code, "lang": "taq"}).status_code == 200


def test_python_code_gets_words_without_marks(app: Flask) -> None:
    with app.test_request_context("/?lang=ar"):
        assert gettext("Leave this page") == "Quitter la page"


def test_links_are_few_and_the_rest_is_one_page_away(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/languages?lang=fr"' in page
    assert not any(f'lang="{language}"' in page for language in UNFINISHED)
    listed = client.get("/languages").text
    for code, language in languages().items():
        assert f'hreflang="{code}" dir="{language.direction}">{language.name}</a>' in listed


def test_a_chosen_language_stays_among_the_links(client: FlaskClient) -> None:
    assert re.search(r'<b lang="snk" aria-current="true">Soninke</b>', client.get("/?lang=snk").text)


def test_what_is_offered_is_what_is_translated_well_enough(app: Flask) -> None:
    with app.app_context():
        assert offered_languages() == ("fr", "en", "bm")
    assert 0.5 <= offered_from() <= 1


@pytest.mark.parametrize(("accepted", "shown"), [
    ("bm,fr;q=0.5", "bm"), ("ar", "fr"), ("ff,en;q=0.4", "en"), ("de", "fr"), ("", "fr"),
])  # fmt: skip
def test_a_browser_is_given_only_what_is_offered(client: FlaskClient, accepted: str, shown: str) -> None:
    assert f'<html lang="{shown}">' in client.get("/", headers={"Accept-Language": accepted}).text


@pytest.mark.parametrize("asked", ["xx", "../fr", "FR", "fr-FR", "\x00", "ar" * 500])
def test_an_unknown_language_is_the_installations(client: FlaskClient, asked: str) -> None:
    assert '<html lang="fr">' in client.get("/", query_string={"lang": asked}).text


def test_the_desk_stays_in_its_own_languages(client: FlaskClient) -> None:
    assert '<html lang="fr">' in client.get("/desk/sign-in?lang=ar").text
