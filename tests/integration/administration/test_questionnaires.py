"""The administrator's page of questions: load, look, publish, and nobody else."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.models import OwedWork, QuestionnaireFile, Role, Upload, UploadPiece
from app.questionnaires import sending, service
from app.questionnaires.example import workbook
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.questionnaires.conftest import small_definition

ADDRESS = "/desk/administration/questions"


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    client, _user = enter(Role.ADMINISTRATOR)
    return client


@pytest.fixture
def draft(app: Flask) -> int:
    """A version that nobody published."""
    with transaction() as session:
        notes = [{"code": "never_required", "row": 3, "column": "required", "about": "", "is_note": True}]
        return service.add_draft(session, small_definition(), created_by_id=None, notes=notes).version


def post(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    data = {"csrf_token": csrf_token(client, ADDRESS), **fields}
    return client.post(address, data=data, content_type="multipart/form-data")


def test_a_file_is_sealed_and_owed_to_a_worker_and_nothing_of_it_stays_readable(
    administrator: FlaskClient,
) -> None:
    content = workbook(small_definition("Un titre"))
    answer = post(administrator, ADDRESS, file=(BytesIO(content), "mes questions.xlsx"))
    assert answer.status_code == 303
    db.session.rollback()
    upload = db.session.scalars(select(Upload)).one()
    assert (upload.purpose, upload.size, upload.is_complete) == ("questionnaire", len(content), True)
    sealed = b"".join(db.session.scalars(select(UploadPiece.sealed)))
    assert b"PK" not in sealed[:100]
    file = db.session.scalars(select(QuestionnaireFile)).one()
    work = db.session.scalars(select(OwedWork)).one()
    assert (work.job, work.subject_id) == ("workers.jobs.read_questionnaire", file.id)
    assert "Being read" in administrator.get(ADDRESS).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Choose a file."),
        (b"", "The file is empty."),
        (b"x" * 1001, "larger than 2 MB"),
    ],
)
def test_what_cannot_be_a_spreadsheet_is_refused_at_once(
    administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch, content: bytes | None, words: str
) -> None:
    monkeypatch.setattr(sending, "LARGEST_FILE_BYTES", 1000)
    fields = {} if content is None else {"file": (BytesIO(content), "x.xlsx")}
    answer = post(administrator, ADDRESS, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalars(select(QuestionnaireFile)).all() == []


def test_problems_are_listed_by_row(administrator: FlaskClient, enter: Enter) -> None:
    _client, user = enter(Role.ADMINISTRATOR)
    problem = {
        "code": "unsupported_type",
        "row": 7,
        "column": "type",
        "about": "<b>geopoint",
        "is_note": False,
    }
    with transaction() as session:
        session.add(QuestionnaireFile(user_id=user.id, read_at=service.utcnow(), problems=[problem]))
    page = administrator.get(ADDRESS).text
    assert "<td>7</td>" in page
    assert "This kind of question isn’t supported here:" in page
    assert "&lt;b&gt;geopoint" in page


def test_a_version_is_looked_at_before_it_is_published(administrator: FlaskClient, draft: int) -> None:
    page = administrator.get(f"{ADDRESS}/{draft}").text
    assert "Anybody hurt?" in page
    assert "Asked only after some answers to:" in page
    assert "Left out: “required”" in page
    assert "not translated: Français" in page
    french = administrator.get(f"{ADDRESS}/{draft}?in=fr").text
    assert "Des blessés ?" in french
    assert service.current().number == 0


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_each_page_can_be_seen_as_citizens_see_it(
    administrator: FlaskClient, draft: int, language: str
) -> None:
    answer = administrator.get(f"{ADDRESS}/{draft}?question=hurt&in={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert 'type="radio"' in answer.text
    assert ("Anybody hurt?" if language == "en" else "Des blessés ?") in answer.text
    assert administrator.get(f"{ADDRESS}/{draft}?question=nothing").status_code == 404


def test_publishing_needs_a_word_that_it_was_looked_at(administrator: FlaskClient, draft: int) -> None:
    refused = post(administrator, f"{ADDRESS}/{draft}/publish")
    assert refused.status_code == 422
    assert service.current().number == 0
    assert post(administrator, f"{ADDRESS}/{draft}/publish", confirm="yes").status_code == 303
    service.forget()
    assert service.current().number == draft
    assert post(administrator, f"{ADDRESS}/99/publish", confirm="yes").status_code == 404


def test_the_example_is_a_workbook_that_the_browser_saves(administrator: FlaskClient, draft: int) -> None:
    for address in ("example.xlsx", f"example.xlsx?version={draft}"):
        answer = administrator.get(f"{ADDRESS}/{address}")
        assert answer.data.startswith(b"PK")
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert administrator.get(f"{ADDRESS}/example.xlsx?version=99").status_code == 404


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR])
def test_nobody_else_sees_or_changes_the_questions(enter: Enter, role: Role) -> None:
    client, _user = enter(role)
    for address in (ADDRESS, f"{ADDRESS}/0", f"{ADDRESS}/example.xlsx"):
        assert client.get(address).status_code == 403
