"""Sending a table by the desk's pages: sealed as it comes, mapped by a form, answered row by row, for its owners."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.database import db, transaction
from app.imports import receiving, service
from app.models import (
    ImportState,
    OrganisationKind,
    OwedWork,
    ReportImport,
    Role,
    Upload,
    UploadPiece,
    UploadPurpose,
    User,
)
from tests.conftest import csrf_token

PAGE = "/desk/imports"
NAME = "Radio reports"
TABLE = "Récit;Lieu;Auteurs\nBétail emporté chez Moussa;Bankass;hommes armés\n".encode()
COLUMNS = [
    {"at": 0, "heading": "Récit", "filled": 2},
    {"at": 1, "heading": "Lieu", "filled": 1},
    {"at": 2, "heading": "Auteurs", "filled": 2},
]


@dataclass
class Sender:
    """A browser in which somebody who may import is signed in."""

    client: FlaskClient
    user: User

    def send(self, content: bytes | None, label: str = NAME, token: str | None = None) -> TestResponse:
        """Send the form with a file."""
        return self.deliver(*self.form(content, label, token))

    def form(self, content: bytes | None, label: str = NAME, token: str | None = None) -> tuple[bytes, str]:
        """The form as a browser sends it, and its content type."""
        form: dict[str, object] = {
            "csrf_token": csrf_token(self.client, PAGE) if token is None else token,
            "label": label,
        }
        if content is not None:
            form["file"] = FileStorage(io.BytesIO(content), "Moussa Traoré.csv")
        boundary, body = encode_multipart(form)
        return body, f"multipart/form-data; boundary={boundary}"

    def deliver(self, body: bytes, content_type: str) -> TestResponse:
        """Send a form that is made already."""
        return self.client.post(PAGE, data=body, content_type=content_type)

    def post(self, address: str, **fields: object) -> TestResponse:
        """Send another form."""
        return self.client.post(address, data={"csrf_token": csrf_token(self.client, PAGE), **fields})

    def has(self, state: ImportState, **columns: object) -> str:
        """A table of theirs as a worker left it; its address."""
        with transaction() as session:
            found = ReportImport(
                id=uuid.uuid4(),
                organisation_id=self.user.organisation_id,
                user_id=self.user.id,
                label=NAME,
                **{"state": state, "columns": COLUMNS, "rows": 2, **columns},
            )
            session.add(found)
        return f"{PAGE}/{found.id}"


@pytest.fixture
def make_sender(
    app: Flask, make_user: Callable[..., User], sign_in: Callable[[FlaskClient, User], None]
) -> Callable[..., Sender]:
    """Another person who may import."""

    def make(kind: OrganisationKind = OrganisationKind.CIVIL_SOCIETY) -> Sender:
        user, client = make_user(Role.MONITOR, kind), app.test_client()
        sign_in(client, user)
        return Sender(client, user)

    return make


@pytest.fixture
def sender(make_sender: Callable[..., Sender]) -> Sender:
    """Somebody of a partner."""
    return make_sender()


def imports() -> list[ReportImport]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(ReportImport)))


def uploads_left() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Upload)).all())


def test_a_table_is_kept_sealed_and_a_worker_is_asked_to_read_it(sender: Sender) -> None:
    answer = sender.send(TABLE)
    (found,) = imports()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}/{found.id}")
    assert (found.state, found.label) == (ImportState.READING, NAME)
    (upload,) = db.session.scalars(select(Upload))
    assert (upload.id, upload.size, upload.purpose) == (found.upload_id, len(TABLE), UploadPurpose.IMPORT)
    assert upload.is_complete
    (piece,) = db.session.scalars(select(UploadPiece))
    assert b"Moussa" not in piece.sealed
    assert db.session.scalar(select(OwedWork.job).where(OwedWork.subject_id == found.id))


def test_not_a_byte_of_a_large_table_touches_the_disk_in_the_clear(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = os.urandom(2_000_000)
    form = sender.form(content)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))  # whatever writes a file there fails
    assert sender.deliver(*form).status_code == 303
    (upload,) = db.session.scalars(select(Upload))
    assert (upload.size, upload.pieces) == (len(content), 8)


def test_a_form_without_its_token_keeps_nothing(sender: Sender) -> None:
    assert sender.send(TABLE, token="wrong").status_code == 400
    assert (imports(), uploads_left()) == ([], 0)


def test_what_is_missing_is_said_and_nothing_is_kept(sender: Sender) -> None:
    for content, label, words in (
        (None, "x", "Choose a file."),
        (b"", "x", "Choose a file."),
        (TABLE, "", "Give it a name, so that you find it again."),
        (TABLE, "x" * 81, "at most 80 characters"),
    ):
        answer = sender.send(content, label)
        assert answer.status_code == 422
        assert words in answer.text
    assert (imports(), uploads_left()) == ([], 0)


def test_a_file_that_is_too_large_is_refused_and_nothing_of_it_is_kept(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LARGEST_FILE_BYTES", 100_000)
    answer = sender.send(b"x" * 600_000)
    assert answer.status_code == 422
    assert "larger than 16 MB" in answer.text
    assert (imports(), uploads_left()) == ([], 0)


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n"])
def test_a_broken_form_is_refused(sender: Sender, body: bytes) -> None:
    answer = sender.client.post(PAGE, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert uploads_left() == 0


def test_while_a_worker_is_at_it_the_page_loads_itself_again(sender: Sender) -> None:
    answer = sender.client.get(sender.has(ImportState.CHECKING, rows_read=1))
    assert answer.headers["Refresh"]
    assert "1 of 2 rows" in answer.text
    assert "Refresh" not in sender.client.get(sender.has(ImportState.READ)).headers


def test_the_headings_preselect_their_fields(sender: Sender) -> None:
    page = sender.client.get(sender.has(ImportState.READ)).text
    chosen = re.findall(r'<select id="columns-(\w+)".*?</select>', page, re.DOTALL)
    selects = re.findall(r'<select id="columns-(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    preselected = {name: re.findall(r'value="(\d+)" selected', options) for name, options in selects}
    assert len(chosen) == 10
    assert {name: found for name, found in preselected.items() if found} == {"text": ["0"], "where": ["1"]}
    assert not re.search(r'type="checkbox"[^>]*checked', page)  # consent: nothing, by default


def test_mapping_keeps_columns_and_consent_and_asks_for_a_dry_run(sender: Sender) -> None:
    address = sender.has(ImportState.READ)
    answer = sender.post(
        f"{address}/columns", text="0", where="1", may_ask="1", share_with=["cndh", "army"], with_others="1"
    )
    assert answer.status_code == 303, answer.text
    (found,) = imports()
    assert found.state == ImportState.CHECKING
    assert found.mapping == {
        "columns": {"text": 0, "where": 1},
        "consent": {"may_ask": True, "share_with": ["cndh"], "with_identity": False},
        "with_others": True,
    }
    assert db.session.scalar(select(OwedWork.job).where(OwedWork.subject_id == found.id))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"where": "1"}, "Say which column tells what happened"),
        ({"text": "0", "where": "0"}, "One column can’t be two things."),
        ({"text": "7"}, "Choose one of the columns of this file."),
        ({"text": "x"}, "Choose one of the columns of this file."),
    ],
)
def test_a_mapping_that_makes_no_sense_is_explained_and_changes_nothing(
    sender: Sender, columns: dict[str, str], words: str
) -> None:
    answer = sender.post(sender.has(ImportState.READ) + "/columns", **columns)
    assert answer.status_code == 422
    assert words in answer.text
    assert imports()[0].state == ImportState.READ


def test_after_a_dry_run_the_rows_can_be_taken_in(sender: Sender) -> None:
    problem = {"row": 3, "field": "text", "code": "missing"}
    address = sender.has(ImportState.CHECKED, accepted=1, problems=[problem])
    page = sender.client.get(address).text
    assert "1 row can be taken in" in page
    assert "This is missing." in page
    assert sender.post(f"{address}/begin").status_code == 303
    assert imports()[0].state == ImportState.IMPORTING


def test_what_was_not_tried_or_holds_nothing_is_not_taken_in(sender: Sender) -> None:
    assert sender.post(sender.has(ImportState.READ) + "/begin").status_code == 422
    assert sender.post(sender.has(ImportState.CHECKED) + "/begin").status_code == 422
    assert {found.state for found in imports()} == {ImportState.READ, ImportState.CHECKED}


def test_the_problems_can_be_taken_away_as_a_file(sender: Sender) -> None:
    problems = [
        {"row": 3, "field": "text", "code": "missing"},
        {"row": 4, "field": "occurred_on", "code": "date"},
    ]
    answer = sender.client.get(sender.has(ImportState.CHECKED, problems=problems) + "/problems")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Row", "Field", "What is wrong"],
        ["3", "What happened", "This is missing."],
        ["4", "Day", "This is not a date such as 2026-03-12."],
    ]
    assert NAME not in answer.headers["Content-Disposition"]


def test_a_file_that_could_not_be_taken_is_explained(sender: Sender) -> None:
    page = sender.client.get(sender.has(ImportState.FAILED, failure="old_excel")).text
    assert "Save it as .xlsx or CSV" in page


@pytest.mark.parametrize("kind", [OrganisationKind.CIVIL_SOCIETY, OrganisationKind.DESK])
def test_nobody_of_another_organisation_sees_or_touches_it(
    sender: Sender, make_sender: Callable[..., Sender], kind: OrganisationKind
) -> None:
    address, other = sender.has(ImportState.CHECKED, accepted=1), make_sender(kind)
    assert NAME not in other.client.get(PAGE).text
    assert other.client.get(address).status_code == 404
    assert other.client.get(f"{address}/problems").status_code == 404
    assert other.post(f"{address}/columns", text="0").status_code == 404
    assert other.post(f"{address}/begin").status_code == 404
    assert imports()[0].state == ImportState.CHECKED


def test_colleagues_go_on_where_one_left_off(sender: Sender, app: Flask) -> None:
    address = sender.has(ImportState.CHECKED, accepted=1)
    assert service.imports_of(db.session(), sender.user)[0].label == NAME
    assert sender.client.get(PAGE).text.count(address) == 1


def test_the_menu_leads_there(sender: Sender) -> None:
    assert f'href="{PAGE}"' in sender.client.get("/desk/").text
