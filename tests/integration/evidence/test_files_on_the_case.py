"""What the case page says of a file: what it is, how far it is, who had it in hand; and what opening it gives."""

from __future__ import annotations

import pytest

from app import audit
from app.audit import Action
from app.casework.message_words import CAUTIONS
from app.database import transaction
from app.models import Attachment, OrganisationKind, Role
from app.openings.answers import Answer, AnswerKind
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address
from tests.integration.openings.sealed import answer, ask, case_with_phone, keep_file
from workers.decoding.findings import Caution

FILM = bytes(range(256)) * 50


def test_a_file_is_told_by_kind_size_digest_and_state(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    keep_file(case, "video/mp4", sealed_copy=b"x", size=2_000_000, sha256=bytes(range(32)))
    page = client.get(address(case)).text
    assert "Film" in page
    assert "2 MB" in page
    assert f'title="{bytes(range(32)).hex()}"' in page
    assert "Faces and voices in it are not hidden." in page
    assert "Open the file" in page
    assert "Open what its metadata said" not in page


@pytest.mark.parametrize("caution", [each for each in Caution if each])
def test_every_caution_is_said_in_words(enter: Enter, caution: Caution) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    keep_file(case, "application/zip", caution=str(caution))
    page = client.get(address(case)).text.replace("&#39;", "'")
    with client.application.test_request_context("/?lang=en"):
        said = str(CAUTIONS[caution])
    assert said in page


def test_what_is_still_looked_at_cant_be_opened(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    file = keep_file(case, "", sealed_original=None)
    with transaction() as session:
        session.get_one(Attachment, file.id).state = "arrived"
    page = client.get(address(case)).text
    assert "being looked at" in page
    assert "Open the file" not in page


def test_who_had_a_file_in_hand_is_told_to_the_desk(enter: Enter) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    file = keep_file(case, "image/jpeg", sealed_copy=b"x", sealed_details=b"x")
    other = keep_file(case, "image/jpeg", sealed_copy=b"x")
    with transaction() as session:
        for action, actor in ((Action.ATTACHMENT_ARRIVED, "reporter"), (Action.ATTACHMENT_KEPT, "worker")):
            audit.record(session, action, f"attachment:{file.id}", actor=actor)
    ask(client, case, "attachment", file.id)
    ask(client, case, "details", file.id)
    page = client.get(address(case)).text
    lines = page.split('<ol class="custody small">', 1)[1].split("</ol>", 1)[0]
    steps = [
        "Came in, sealed as it came",
        "Looked at, digest taken",
        "Opened",
        "What its metadata said was opened",
    ]
    places = [lines.index(f"<li>{step} ") for step in steps]
    assert places == sorted(places)
    assert lines.count(user.display_name) == 2
    assert page.count('class="custody') == 1, other.id


def test_a_partner_sees_no_digest_of_custody_and_opens_nothing(enter: Enter) -> None:
    desk, _ = enter()
    partner, person = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    case, _ = case_with_phone(assigned_to_id=person.id)
    file = keep_file(case, "image/jpeg", sealed_copy=b"x", sealed_details=b"x")
    ask(desk, case, "attachment", file.id)
    page = partner.get(address(case)).text
    assert 'class="custody' not in page
    assert "Open the file" not in page


def test_a_film_is_played_in_parts_and_a_document_is_only_saved(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    page = ask(client, case, "attachment", keep_file(case, "video/mp4", sealed_copy=b"x").id).location
    answer(Answer(AnswerKind.FILE, FILM, "video/mp4"))
    assert f'src="{page}/content"' in client.get(page).text
    part = client.get(f"{page}/content", headers={"Range": "bytes=256-259"})
    assert (part.status_code, part.data) == (206, FILM[256:260])
    assert part.headers["Content-Range"] == f"bytes 256-259/{len(FILM)}"
    assert part.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_document_is_never_shown_on_our_site(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    page = ask(client, case, "attachment", keep_file(case, "application/pdf", sealed_copy=b"x").id).location
    answer(Answer(AnswerKind.FILE, b"%PDF-1.7", "application/pdf"))
    assert "Save the pages as PDF" in client.get(page).text
    file = client.get(f"{page}/content")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["Content-Security-Policy"].startswith("sandbox")


def test_what_the_metadata_said_is_shown_as_text(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    file = keep_file(case, "image/jpeg", sealed_copy=b"x", sealed_details=b"x")
    page = ask(client, case, "details", file.id).location
    answer(Answer(AnswerKind.TEXT, b"Make: Tecno\nComment: <script>alert(1)</script>"))
    shown = client.get(page).text
    assert "Make: Tecno" in shown
    assert "<script>alert(1)" not in shown
    assert "data-hiding-form" not in shown


def test_a_picture_comes_with_what_is_hidden_on_it(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    file = keep_file(case, "image/jpeg", sealed_copy=b"x", blurred=[[0.1, 0.2, 0.3, 0.4]], face_count=1)
    page = ask(client, case, "attachment", file.id).location
    answer(Answer(AnswerKind.FILE, b"\xff\xd8\xff", "image/jpeg"))
    shown = client.get(page).text
    assert 'value="10.0;20.0;30.0;40.0" checked' in shown
    assert "took 1 place for a face" in shown
    assert shown.count("<rect ") == 1
