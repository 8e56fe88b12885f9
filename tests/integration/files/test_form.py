"""The part of the citizen's form that takes files, as its page shows it and takes it back."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import db
from app.models import Attachment, AttachmentState
from app.settings import Settings
from tests.integration.files.conftest import content, sqlite_only, stored
from tests.integration.public.conftest import form_of, reports, sealed_contents

STORY = "Des hommes armés ont pris vingt bœufs près du marché."
PHOTO = b"\xff\xd8\xff" + b"photo" * 200


@sqlite_only
def test_the_page_asks_for_the_microphone_and_others_do_not(client: FlaskClient) -> None:
    page = client.get("/?lang=en")
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    assert "camera=()" in page.headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/about").headers["Permissions-Policy"]
    assert 'enctype="multipart/form-data"' in page.text


def test_a_photo_sent_without_script_belongs_to_its_report(client: FlaskClient, settings: Settings) -> None:
    fields = form_of(client.get("/?lang=en").text, "/")
    fields.pop("files", None)
    sent = {**fields, "text": STORY, "go": "finish", "files": (io.BytesIO(PHOTO), "Adama.jpg")}
    answer = client.post("/", data=sent, content_type="multipart/form-data")
    assert answer.status_code in {200, 201}
    assert sealed_contents()[0]["text"] == STORY
    attachment = db.session.scalars(select(Attachment)).one()
    assert (attachment.state, attachment.size) == (AttachmentState.ARRIVED, len(PHOTO))
    assert attachment.report_id == reports()[0].id
    assert content(stored()[0]) == PHOTO


@sqlite_only
@pytest.mark.parametrize("drop", [True, False])
def test_a_file_that_is_here_is_kept_while_the_text_is_mended(client: FlaskClient, drop: bool) -> None:
    fields = form_of(client.get("/?lang=en").text, "/")
    fields.pop("files", None)
    sent = {**fields, "text": "x" * 50_000, "go": "finish", "files": (io.BytesIO(PHOTO), "a.jpg")}
    again = client.post("/", data=sent, content_type="multipart/form-data")
    assert again.status_code == 400
    assert "File 1: it has arrived." in again.text
    kept = form_of(again.text, "/")
    token = kept["file"]
    for name in ("files", "drop"):
        kept.pop(name, None)
    mended = {**kept, "text": STORY, "go": "finish"} | ({"drop": token} if drop else {})
    assert client.post("/", data=mended, content_type="multipart/form-data").status_code in {200, 201}
    assert len(list(db.session.scalars(select(Attachment)))) == (0 if drop else 1)
    assert len(stored()) == (0 if drop else 1)
