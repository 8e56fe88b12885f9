"""What holds for every page a citizen may see: small, whole in one request, without a trace, in three languages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.settings import LANGUAGES
from tests.integration.public.conftest import STORY, code_of, form_of, sqlite_only

FIRST_PAGE_BYTES = 14_000
OTHER_PAGE_BYTES = 8_000
OUTSIDE = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|embed)\b[^>]*\bsrc=|<link\b[^>]*href="(?!data:)|url\(|@import"""
)


pytestmark = sqlite_only

Pages = dict[str, TestResponse]


@pytest.fixture
def pages(client: FlaskClient, send: Callable[..., TestResponse], ask: Callable[[str], object]) -> Pages:
    """Every kind of page, by a name."""
    sent = send()
    ask("Where was it?")
    opened = client.post("/receipt", data={"code": code_of(sent.text), "lang": "en"})
    withdraw = form_of(opened.text, "/receipt/withdraw")
    steps = _steps(client)
    over = {**form_of(steps["step where"].text, "/next"), "go": "on"}
    return {
        **steps,
        "over": client.post("/next", data=over),
        "form": client.get("/?lang=en"),
        "form with problems": client.post("/", data={"lang": "en"}),
        "sent": sent,
        "code": client.get("/receipt?lang=en"),
        "wrong code": client.post("/receipt", data={"code": "x", "lang": "en"}),
        "receipt": opened,
        "withdraw": client.post("/receipt/withdraw", data=withdraw),
        "withdrawn": client.post("/receipt/withdraw", data={**withdraw, "confirm": "yes"}),
        "expired": client.post("/receipt/answer", data={"lang": "en"}),
        "about": client.get("/about?lang=en"),
        "not found": client.get("/nothing-here?lang=en"),
    }


def _steps(client: FlaskClient) -> Pages:
    """Every page behind the first, each with a mistake on it where one can be made."""
    found: Pages = {}
    fields = form_of(client.get("/?lang=en").text, "/")
    page = client.post("/", data={**fields, "text": STORY, "go": "on"})
    while (form := form_of(page.text, "/next"))["step"] != "check":
        found[f"step {form['step']}"] = page
        mistaken = dict.fromkeys(("where", "when", "contact", "answer"), "x" * 301)
        found[f"mistake {form['step']}"] = client.post("/next", data={**form, **mistaken, "go": "on"})
        page = client.post("/next", data={**form, "go": "skip"})
    found["check"] = page
    found["text"] = client.post("/next", data={**form, "go": "to:text"})
    found["done"] = client.post("/next", data={**form, "go": "finish"})
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_is_one_small_request(client: FlaskClient, language: str) -> None:
    page = client.get(f"/?lang={language}", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert not OUTSIDE.search(gzip.decompress(page.data).decode())
    assert weight(page) < FIRST_PAGE_BYTES


def test_every_other_page_is_smaller_still(pages: Pages) -> None:
    for name, page in pages.items():
        assert not OUTSIDE.search(page.text), name
        assert len(gzip.compress(page.data)) + len(str(page.headers)) < OTHER_PAGE_BYTES, name


def weight(page: TestResponse) -> int:
    """Bytes on the wire: the headers, and the page as it was sent."""
    return len(str(page.headers)) + len(page.data)


def test_pages_go_out_compressed_to_whoever_can_read_that_and_else_as_they_are(client: FlaskClient) -> None:
    plain = client.get("/about?lang=en")
    small = client.get("/about?lang=en", headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"})
    refused = client.get("/about?lang=en", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    assert "What happens with a message" in gzip.decompress(small.data).decode()
    assert all("Accept-Encoding" in page.headers["Vary"] for page in (plain, small, refused))


def test_no_page_leaves_a_trace_on_the_phone(pages: Pages) -> None:
    for name, page in pages.items():
        assert page.status_code < 500, name
        assert "Set-Cookie" not in page.headers, name
        assert page.headers["Cache-Control"] == "no-store", name
        assert page.headers["Referrer-Policy"] == "no-referrer", name


def test_titles_are_harmless(pages: Pages) -> None:
    titles = {re.findall(r"<title>(.*?)</title>", page.text)[0] for page in pages.values()}
    assert titles == {
        "Message",
        "Error – Message",
        "Code",
        "Error – Code",
        "Information",
        "There is nothing here",
    }


def test_styles_and_scripts_carry_this_answers_nonce_and_nothing_else_is_inline(
    pages: Pages,
) -> None:
    for name, page in pages.items():
        nonce = re.findall(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[0]
        elements = re.findall(r"<(?:style|script)\b[^>]*>", page.text)
        assert elements, name
        assert all(f' nonce="{nonce}"' in element for element in elements), name
        assert not re.search(r"""\s(?:style|on[a-z]+)=["']""", page.text), name


def test_every_visible_field_has_a_label_and_ids_are_unique(pages: Pages) -> None:
    for name, page in pages.items():
        ids = re.findall(r'\bid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids)), name
        assert set(re.findall(r'\bfor="([^"]+)"', page.text)) <= set(ids), name
        for described in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page.text):
            assert set(described.split()) <= set(ids), name
        labels = set(re.findall(r'<label for="([^"]+)"', page.text))
        for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page.text):
            is_seen = 'type="hidden"' not in field and 'tabindex="-1"' not in field
            assert not is_seen or set(re.findall(r' id="([^"]+)"', field)) & labels, (name, field)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/", "/receipt", "/about", "/nothing-here"])
def test_every_page_is_in_the_language_asked_for(client: FlaskClient, address: str, language: str) -> None:
    assert f'<html lang="{language}">' in client.get(f"{address}?lang={language}").text


def test_the_browsers_language_is_taken_when_none_is_asked_for(client: FlaskClient) -> None:
    assert '<html lang="bm">' in client.get("/", headers={"Accept-Language": "bm,fr;q=0.5"}).text
    assert '<html lang="fr">' in client.get("/", headers={"Accept-Language": "de"}).text


def test_the_form_can_be_shown_and_left_without_script(client: FlaskClient) -> None:
    page = client.get("/?lang=en").text
    assert '<a class="leave" href="/leave" rel="noreferrer">Leave this page</a>' in page
    assert {f"lang:{language}" for language in LANGUAGES} - set(re.findall(r'value="([^"]+)"', page)) == {
        "lang:en"
    }


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 418, 429, 500, 502, 503])
def test_every_error_says_what_to_do(app: Flask, status: int) -> None:
    environment: Environment = app.jinja_env
    with app.test_request_context("/?lang=en"):
        app.preprocess_request()
        page = environment.get_template("error.html").render(status=status, request=_request(app))
    assert str(status) in page
    assert len(re.findall(r"<p>[^<]{10,}</p>", page)) == 1


def _request(app: Flask) -> object:
    from flask import request

    return request


def test_the_wrong_method_and_a_body_too_large_get_pages(client: FlaskClient) -> None:
    assert client.post("/about?lang=en").status_code == 405
    large = client.post("/?lang=en", data={"text": "x" * 600_000})
    assert large.status_code == 413
    assert "That is too long" in large.text


def test_the_form_and_error_pages_need_no_database(client: FlaskClient, app: Flask) -> None:
    db.session.remove()
    with transaction() as session:
        for table in ("message", "report", "user_account"):
            session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    assert client.get("/").status_code == 200
    assert client.get("/receipt").status_code == 200
    assert client.get("/nothing-here").status_code == 404
    looked_up = client.post("/receipt", data={"code": "ABCD-EFGH-JKMN", "lang": "en"})
    assert looked_up.status_code in {500, 503}
    assert "<h1>" in looked_up.text
