"""`seere questionnaire load`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from app.database import db
from app.models import AuditEntry, Questionnaire
from app.questionnaires.example import workbook
from app.questionnaires.service import shipped
from tests.workers.questionnaires.workbooks import xlsform
from workers import runtime
from workers.commands.questionnaire import questionnaire_commands

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (workbook(shipped().definition), 0, "Version 1 is loaded."),
        (xlsform(("geopoint", "gps", "Où ?", "Where?")), 1, "row 2: "),
    ],
)
def test_a_file_becomes_a_draft_or_its_problems_are_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes, status: int, told: str
) -> None:
    monkeypatch.setattr(runtime, "worker_app", lambda: app)
    path = tmp_path / "questions.xlsx"
    path.write_bytes(content)
    result = CliRunner().invoke(questionnaire_commands, ["load", str(path)])
    assert (result.exit_code, told in result.output) == (status, True), result.output
    db.session.rollback()
    drafts = db.session.scalars(select(Questionnaire)).all()
    assert [draft.state for draft in drafts] == (["draft"] if status == 0 else [])
    actors = db.session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "questionnaire.loaded"))
    assert list(actors) == (["command"] if status == 0 else [])
