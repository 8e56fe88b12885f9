"""The file of one case, asked for on its page, made by a worker, taken by who asked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey

from app.database import db, transaction
from app.models import Role, User
from app.safe import strength
from tests.conftest import csrf_token
from tests.integration.casework.desk import GENDARMES, KORO, PILLAGE, URGENT, report_case
from tests.integration.openings.sealed import keep_file
from workers.processing import Keys


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """With a key to sign exports."""
    return replace(keys, workers=replace(keys.workers, export_key=SigningKey(b"\x05" * 32)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commission_gets_the_whole_file_of_a_case(
    app: Flask,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strength, "_passed_a_factor", lambda: True)
    analyst, browser = make_user(Role.ANALYST), app.test_client()
    sign_in(browser, analyst)
    case = report_case(PILLAGE, URGENT, KORO, GENDARMES)
    keep_file(case, "image/jpeg", size=4321, sha256=b"\xab" * 32)
    assert "Case file (PDF)" in browser.get(f"/desk/cases/{case.id}").text
    page = f"/desk/cases/{case.id}/file"
    form = browser.get(page).text
    assert ('value="cndh"' in form, 'value="partner"' in form) == (True, False)  # it isn't verified
    data = {
        "csrf_token": csrf_token(browser, page),
        "level": "cndh",
        "recipient": "Sous-commission protection",
        "purpose": "pour la réunion du mois",
        "language": "fr",
    }
    assert browser.post(page, data={**data, "purpose": "court"}).status_code == 422
    assert browser.post(page, data={**data, "level": "partner"}).status_code == 403
    answer = browser.post(page, data=data)
    assert answer.status_code == 303, answer.text
    work()
    package = browser.get(f"{answer.location}/file").data
    assert package[:2] == b"PK", browser.get(answer.location).text
    text = text_of(bytes(package))
    assert "Sous-commission protection" in text
    assert "20 boeufs à Koro, [PERSONNE-1]" in text  # the account, without names
    assert "Chronologie" in text
    assert "ab" * 32 in text.replace(" ", "")  # a file is known by its digest
    assert "gendarmes" in text
    assert analyst.display_name not in text  # nobody of the staff is named
    with transaction() as session:
        session.merge(case).is_withdrawn = True
    db.session.rollback()
    assert browser.post(page, data=data).status_code == 403


def text_of(package: bytes) -> str:
    """What the PDF of a package says."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        pdf = archive.read("case-file.pdf")
    with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call]
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.split())
