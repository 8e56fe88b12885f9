"""From the administrator's sealed file to a draft, through a real worker."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from app.database import db, transaction
from app.intake.uploads import begin
from app.models import (
    AuditEntry,
    Questionnaire,
    QuestionnaireFile,
    QuestionnaireState,
    Role,
    Upload,
    UploadPiece,
    UploadPurpose,
    User,
)
from app.questionnaires import sending, service
from app.questionnaires.example import workbook
from app.settings import Settings
from tests.workers.questionnaires.workbooks import xlsform
from workers import questionnaires
from workers.processing import Keys

pytestmark = pytest.mark.slow

Work = Callable[[], None]


@pytest.fixture
def send(settings: Settings, make_user: Callable[..., User]) -> Callable[[bytes], uuid.UUID]:
    """Send a file as an administrator."""
    user = make_user(role=Role.ADMINISTRATOR)
    return lambda content: sending.send(settings, user.id, BytesIO(content), len(content))


def the_file(file_id: uuid.UUID) -> QuestionnaireFile:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(QuestionnaireFile, file_id)


def test_a_spreadsheet_becomes_a_draft_and_is_thrown_away(
    send: Callable[[bytes], uuid.UUID], work: Work
) -> None:
    file_id = send(workbook(service.shipped().definition))
    work()
    file = the_file(file_id)
    assert (file.problems, file.upload_id) == ([], None)
    draft = db.session.get_one(Questionnaire, file.questionnaire_id)
    assert (draft.version, draft.state, draft.created_by_id) == (1, QuestionnaireState.DRAFT, file.user_id)
    version = service.of_version(1)
    assert version is not None
    assert version.definition == service.shipped().definition
    assert db.session.scalars(select(Upload)).all() == []
    assert db.session.scalars(select(UploadPiece)).all() == []
    actors = list(
        db.session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "questionnaire.loaded"))
    )
    assert actors == [f"user:{file.user_id}", "worker"]


def test_what_cannot_be_used_is_told_and_no_version_comes_of_it(
    send: Callable[[bytes], uuid.UUID], work: Work
) -> None:
    file_id = send(xlsform(("geopoint", "gps", "Où ?", "Where?")))
    work()
    file = the_file(file_id)
    assert file.questionnaire_id is None
    assert [(problem["code"], problem["row"]) for problem in file.problems] == [("unsupported_type", 2)]
    assert db.session.scalars(select(Questionnaire)).all() == []


def test_reading_twice_makes_one_version(send: Callable[[bytes], uuid.UUID], work: Work, keys: Keys) -> None:
    file_id = send(workbook(service.shipped().definition))
    work()
    questionnaires.read_file(keys, file_id)
    questionnaires.read_file(keys, uuid.uuid4())  # one that is gone
    assert len(db.session.scalars(select(Questionnaire)).all()) == 1


def test_a_file_whose_pieces_were_tampered_with_is_not_read(
    send: Callable[[bytes], uuid.UUID], work: Work
) -> None:
    file_id = send(workbook(service.shipped().definition))
    with transaction() as session:
        session.scalars(select(Upload)).one().chain_digest = bytes(32)
    work()
    assert [problem["code"] for problem in the_file(file_id).problems] == ["unreadable"]


def test_a_file_that_did_not_arrive_whole_is_told(
    settings: Settings, keys: Keys, make_user: Callable[..., User]
) -> None:
    user = make_user(role=Role.ADMINISTRATOR)
    upload = begin(settings, 500, purpose=UploadPurpose.QUESTIONNAIRE)
    with transaction() as session:
        file = QuestionnaireFile(id=uuid.uuid4(), upload_id=upload.id, user_id=user.id)
        session.add(file)
        file_id = file.id
    questionnaires.read_file(keys, file_id)
    assert [problem["code"] for problem in the_file(file_id).problems] == ["incomplete"]
