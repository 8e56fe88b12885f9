"""Hiding parts of a picture: by whom, of what, and what is on record; with no script."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.evidence.schemas import HidingIn, as_fractions, wanted
from app.evidence.service import mark
from app.models import Attachment, AuditEntry, Case, CaseEvent, OrganisationKind, OwedWork, Report, Role
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address
from tests.integration.openings.sealed import case_with_phone, keep_file

FACE = [0.1, 0.2, 0.25, 0.25]
FACE_LINE = "10.0;20.0;25.0;25.0"


def keep_picture(case: Case, **columns: Any) -> Attachment:
    """A picture with one face hidden."""
    values = {"sealed_copy": b"sealed", "sealed_preview": b"sealed", "blurred": [FACE], "face_count": 1}
    return keep_file(case, "image/jpeg", **{**values, **columns})


def send(client: FlaskClient, case: Case, picture: Attachment, /, **typed: object) -> TestResponse:
    """Send the form as the opening page draws it."""
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get(address(case)).text)
    assert token
    fields = {"case": str(case.id), "seen": mark([FACE]), "rectangle": [FACE_LINE], "csrf_token": token[1]}
    return client.post(f"/desk/evidence/{picture.id}/blur", data={**fields, **typed})


def now(picture: Attachment) -> Attachment:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Attachment, picture.id)


def test_one_more_part_by_numbers_and_the_old_copy_is_gone_at_once(enter: Enter) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    sent = send(client, case, picture, left="50", top="50", width="20.5", height="10")
    assert sent.status_code == 303
    row = now(picture)
    assert row.blurred == [FACE, [0.5, 0.5, 0.205, 0.1]]
    assert (row.sealed_copy, row.sealed_preview, row.caution) == (None, None, "remaking")
    assert ("workers.jobs.remake_copy", picture.id) in [
        (work.job, work.subject_id) for work in db.session.scalars(select(OwedWork))
    ]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attachment.copy_remade")).one()
    assert (entry.actor, entry.detail["hidden"], entry.detail["before"]) == (f"user:{user.id}", 2, 1)
    assert db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "hiding_changed")).one()
    page = client.get(sent.location).text
    assert "In a moment the copy is made anew" in page
    assert "The copy is being made anew." in page
    assert "Open the file" not in page


def test_what_is_unticked_is_shown_again(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    assert send(client, case, picture, rectangle=[]).status_code == 303
    assert now(picture).blurred == []


def test_what_a_colleague_hid_meanwhile_isnt_lost(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case, blurred=[FACE, [0.5, 0.5, 0.1, 0.1]])
    answer = send(client, case, picture)
    assert answer.status_code == 409
    assert "50.0;50.0;10.0;10.0" in answer.text  # the form as it stands now
    assert len(now(picture).blurred) == 2


@pytest.mark.parametrize(
    "numbers",
    [
        {"left": "50"},
        {"left": "50", "top": "50", "width": "60", "height": "10"},
        {"left": "-1", "top": "0", "width": "10", "height": "10"},
        {"left": "0", "top": "0", "width": "0", "height": "10"},
        {"left": "nan", "top": "0", "width": "10", "height": "10"},
        {"left": "a", "top": "0", "width": "10", "height": "10"},
    ],
)
def test_numbers_that_are_no_part_of_the_picture_are_asked_for_again(
    enter: Enter, numbers: dict[str, str]
) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    answer = send(client, case, picture, **numbers)
    assert answer.status_code == 422
    assert "four numbers from 0 to 100" in answer.text
    assert FACE_LINE in answer.text
    assert (now(picture).blurred, now(picture).sealed_copy) == ([FACE], b"sealed")


@pytest.mark.parametrize("line", ["", "1;2;3", "0;0;200;10", "x;y;z;w", "nan;nan;nan;nan"])
def test_a_line_that_no_form_of_ours_has_is_refused(enter: Enter, line: str) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    assert send(client, case, picture, rectangle=[line]).status_code == 422
    assert now(picture).blurred == [FACE]


def test_there_is_an_end_to_it(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    answer = send(client, case, picture, rectangle=[FACE_LINE] * 61)
    assert answer.status_code == 422
    assert "At most 60" in answer.text


@pytest.mark.parametrize(
    "columns",
    [
        {"content_type": "video/mp4"},
        {"content_type": "application/pdf"},
        {"sealed_copy": None, "caution": "damaged"},
    ],
)
def test_only_pictures_with_a_copy(enter: Enter, columns: dict[str, Any]) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    with transaction() as session:
        row = session.get_one(Attachment, picture.id)
        for name, value in columns.items():
            setattr(row, name, value)
    assert send(client, case, picture).status_code == 404  # there is no such form to go back to
    assert now(picture).caution == columns.get("caution", "")


def test_nobody_but_the_desk_and_never_of_what_was_withdrawn(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    other, _ = case_with_phone()
    assert send(client, case, picture, case=str(other.id)).status_code == 404
    assert send(client, case, picture, case="nonsense").status_code == 404
    for role, kind in ((Role.ANALYST, OrganisationKind.CNDH), (Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)):
        stranger, _ = enter(role, kind)
        token = re.search(r'name="csrf_token" value="([^"]*)"', stranger.get("/desk/account").text)
        assert token
        fields = {"case": str(case.id), "seen": mark([FACE]), "csrf_token": token[1]}
        answer = stranger.post(f"/desk/evidence/{picture.id}/blur", data=fields)
        assert answer.status_code in {403, 404}
    with transaction() as session:
        session.scalars(select(Report).where(Report.case_id == case.id)).one().state = "withdrawn"
    assert send(client, case, picture).status_code == 404
    assert now(picture).blurred == [FACE]


def test_without_the_token_of_our_form_nothing_happens(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    picture = keep_picture(case)
    assert send(client, case, picture, csrf_token="x").status_code >= 400
    assert now(picture).blurred == [FACE]


@given(st.lists(st.floats(), max_size=6))
def test_whatever_the_numbers_they_lie_on_the_picture_or_are_refused(percents: list[float]) -> None:
    try:
        left, top, width, height = as_fractions(percents)
    except ValueError:
        return
    assert min(left, top) >= 0 < min(width, height)
    assert max(left + width, top + height) <= 1.0001


@given(st.text(max_size=40))
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        data = HidingIn().load({"case": str(uuid.uuid4()), "rectangle": [line]})
    except ValidationError:
        return
    assert len(wanted(data)) == 1
