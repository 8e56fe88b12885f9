"""Writing a message on the web: accepted once, sealed, never lost from the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.limits import REPORTS
from app.models import OwedWork
from app.public.schemas import LONGEST_LINE, LONGEST_TEXT
from tests.integration.public.conftest import STORY, code_of, form_of, reports, sealed_contents

Send = Callable[..., TestResponse]


@contextmanager
def outage(table: str) -> Iterator[None]:
    """The database refuses whatever touches a table."""
    db.session.remove()
    with transaction() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO away"))
    try:
        yield
    finally:
        with transaction() as session:
            session.execute(text(f"ALTER TABLE away RENAME TO {table}"))


def test_a_message_is_sealed_and_work_on_it_is_owed(send: Send) -> None:
    answer = send(where="Koro", when="hier", contact="76 12 34 56")
    assert answer.status_code == 201
    assert sealed_contents() == [{"text": STORY, "where": "Koro", "when": "hier", "contact": "76 12 34 56"}]
    assert db.session.query(OwedWork).count() == 1
    assert reports()[0].language == "en"


def test_only_what_happened_is_needed_and_empty_fields_are_not_kept(send: Send) -> None:
    assert send().status_code == 201
    assert sealed_contents() == [{"text": STORY}]


def test_the_receipt_shows_a_code_and_nothing_of_the_message(send: Send) -> None:
    page = send(where="Koro", contact="76 12 34 56").text
    assert len(code_of(page)) == 12
    assert not any(word in page for word in ("bœufs", "Koro", "76 12"))


def test_a_second_click_shows_the_same_code_and_stores_nothing(client: FlaskClient) -> None:
    form = {**form_of(client.get("/").text, "/"), "text": STORY}
    first, second = client.post("/", data=form), client.post("/", data=form)
    assert first.status_code == second.status_code == 201
    assert code_of(first.text) == code_of(second.text)
    assert len(reports()) == 1


def test_clicks_at_the_same_moment_are_one_report(app: Flask, client: FlaskClient) -> None:
    form = {**form_of(client.get("/").text, "/"), "text": STORY}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: app.test_client().post("/", data=form), range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({code_of(answer.text) for answer in answers}) == 1
    assert len(reports()) == 1


def test_going_back_and_writing_more_loses_nothing(client: FlaskClient) -> None:
    form = form_of(client.get("/").text, "/")
    first = client.post("/", data={**form, "text": STORY})
    second = client.post("/", data={**form, "text": STORY + " Deux blessés."})
    assert code_of(first.text) != code_of(second.text)
    assert [content["text"] for content in sealed_contents()] == [STORY, STORY + " Deux blessés."]


@pytest.mark.parametrize("empty", ["", "   \n ", "\u200b\u2060", "\x00\x07"])
def test_an_empty_message_is_asked_for_and_the_rest_is_kept(send: Send, empty: str) -> None:
    answer = send(text=empty, where="Koro")
    assert answer.status_code == 400
    assert '<a href="#text">' in answer.text
    assert form_of(answer.text, "/")["where"] == "Koro"
    assert reports() == []


def test_the_longest_message_is_accepted_whole(send: Send) -> None:
    assert send(text="ɛ" * LONGEST_TEXT).status_code == 201
    assert sealed_contents()[0]["text"] == "ɛ" * LONGEST_TEXT


@pytest.mark.parametrize(
    ("name", "limit"), [("text", LONGEST_TEXT), ("where", LONGEST_LINE), ("contact", LONGEST_LINE)]
)
def test_too_long_is_said_and_what_was_typed_is_kept(send: Send, name: str, limit: int) -> None:
    typed = "é" * (limit + 1)
    answer = send(**{name: typed})
    assert answer.status_code == 400
    assert form_of(answer.text, "/")[name] == typed
    assert f'href="#{name}"' in answer.text
    assert reports() == []


def test_a_million_digits_are_refused_clearly(send: Send) -> None:
    assert send(text="7" * 1_000_000).status_code == 413
    assert send(text="7" * 400_000).status_code == 400
    assert reports() == []


@pytest.mark.parametrize("token", ["", "forged", "a.b.c", "\x00", "7" * 5000])
def test_a_bad_token_keeps_the_text_and_the_next_try_succeeds(
    client: FlaskClient, send: Send, token: str
) -> None:
    answer = send(token=token)
    assert answer.status_code == 400
    assert reports() == []
    again = form_of(answer.text, "/")
    assert again["text"] == STORY
    assert client.post("/", data=again).status_code == 201


def test_a_page_open_for_more_than_a_day_keeps_the_text(client: FlaskClient) -> None:
    form = {**form_of(client.get("/").text, "/"), "text": STORY}
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        answer = client.post("/", data=form)
        assert answer.status_code == 400
        assert client.post("/", data=form_of(answer.text, "/")).status_code == 201


def test_an_outage_keeps_the_text_and_the_same_form_succeeds_later(client: FlaskClient, send: Send) -> None:
    with outage("report"):
        answer = send()
    assert answer.status_code == 503
    assert "Not sent" in answer.text
    again = form_of(answer.text, "/")
    assert again["text"] == STORY
    assert client.post("/", data=again).status_code == 201
    assert len(reports()) == 1


def test_too_many_messages_keep_the_text(app: Flask, send: Send) -> None:
    limits = app.extensions["seere_limits"]
    while limits.count(REPORTS, "127.0.0.1"):
        pass
    answer = send()
    assert answer.status_code == 429
    assert form_of(answer.text, "/")["text"] == STORY
    assert reports() == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_form_on_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    form = {**form_of(client.get("/").text, "/"), "text": STORY}
    assert client.post("/", data=form, headers=headers).status_code == 403
    assert reports() == []


def test_what_only_a_machine_fills_in_is_refused(send: Send) -> None:
    assert send(copy_to="https://spam.example").status_code == 400
    assert reports() == []


def test_changing_the_language_keeps_what_was_typed(client: FlaskClient) -> None:
    form = {**form_of(client.get("/?lang=en").text, "/"), "text": STORY, "go": "lang:bm"}
    answer = client.post("/", data=form)
    assert answer.status_code == 200
    assert '<html lang="bm">' in answer.text
    assert form_of(answer.text, "/")["text"] == STORY
    assert form_of(answer.text, "/")["lang"] == "bm"
    assert reports() == []


def test_a_text_that_begins_with_an_empty_line_or_markup_comes_back_as_typed(send: Send) -> None:
    typed = '</textarea><script>alert("1")</script>'
    answer = send(text=typed, where="x" * (LONGEST_LINE + 1))
    assert form_of(answer.text, "/")["text"] == typed
    assert typed not in answer.text
