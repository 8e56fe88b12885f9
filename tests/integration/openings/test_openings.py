"""One person opens one sealed thing, with a reason, for ten minutes, in one browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    AuditEntry,
    CaseEvent,
    Message,
    Notification,
    Opening,
    OrganisationKind,
    OwedWork,
    Report,
    Role,
    User,
)
from app.openings import amounts
from app.openings.answers import Answer, AnswerKind
from app.openings.service import erase_expired
from app.safe import strength
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address

from .sealed import NUMBER, REASON, answer, ask, case_with_phone, keep_file, openings

SOUND = b"OggS\x00 what somebody said \xff\x00"


def test_a_number_is_shown_to_who_asked_with_a_reason(enter: Enter) -> None:
    client, user = enter()
    case, contact = case_with_phone()
    sent = ask(client, case, "contact", contact.id)
    assert sent.status_code == 303
    assert "It is being opened" in client.get(sent.location).text
    answer(Answer(AnswerKind.NUMBER, NUMBER.encode()))
    page = client.get(sent.location)
    assert NUMBER in page.text
    assert page.text.count(user.display_name) > 3  # the watermark
    assert page.headers["Cache-Control"] == "no-store"


def test_the_key_is_only_in_the_cookie_of_that_one_page(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    sent = ask(client, case, "contact", contact.id)
    (cookie,) = [each for each in sent.headers.getlist("Set-Cookie") if each.startswith("seere_opening=")]
    for part in ("HttpOnly", "SameSite=Strict", f"Path={sent.location}", "Max-Age=600"):
        assert part in cookie
    (opening,) = openings()
    assert len(opening.public_key) == 32
    stored = "".join(map(str, vars(opening).values()))
    assert cookie.split("=", 1)[1].split(";")[0] not in stored


def test_the_cookie_goes_over_https_only_where_there_is_https(enter: Enter, app: object) -> None:
    client, _ = enter()
    client.application.config["SESSION_COOKIE_SECURE"] = True
    case, contact = case_with_phone()
    client.get("/desk/sign-in")
    cookies = "".join(ask(client, case, "contact", contact.id).headers.getlist("Set-Cookie"))
    assert "Secure" in cookies


def test_asking_owes_a_worker_the_answer_and_is_on_record(enter: Enter) -> None:
    client, user = enter()
    case, contact = case_with_phone()
    ask(client, case, "contact", contact.id)
    (opening,) = openings()
    assert db.session.scalars(select(OwedWork.subject_id)).all() == [opening.id]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.asked")).one()
    assert (entry.actor, entry.detail["opening"]) == (f"user:{user.id}", str(opening.id))
    assert REASON not in str(entry.detail)
    event = db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "opening_asked")).one()
    assert (event.reason, event.user_id) == (REASON, user.id)
    page = client.get(address(case)).text
    assert REASON in page
    assert NUMBER not in page


@pytest.mark.parametrize("reason", ["", "  too short "[:10], "x" * 301])
def test_without_a_fitting_reason_nothing_is_opened(enter: Enter, reason: str) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    refused = ask(client, case, "contact", contact.id, reason=reason)
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert openings() == []


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.ANALYST, OrganisationKind.DESK),
        (Role.ADMINISTRATOR, OrganisationKind.DESK),
        (Role.MONITOR, OrganisationKind.CIVIL_SOCIETY),
        (Role.SUPERVISOR, OrganisationKind.CNDH),
    ],
)
def test_nobody_but_the_desks_caseworkers_opens_anything(
    enter: Enter, role: Role, kind: OrganisationKind
) -> None:
    opener, _ = enter()
    client, _ = enter(role, kind)
    case, contact = case_with_phone()
    token = client.get("/desk/account").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    fields = {"subject": "contact", "subject_id": str(contact.id), "case": str(case.id), "reason": REASON}
    assert client.post("/desk/openings", data={**fields, "csrf_token": token}).status_code == 403
    assert "Show the phone number" not in client.get(address(case)).text
    assert "Show the phone number" in opener.get(address(case)).text
    assert openings() == []


def test_somebody_else_sees_neither_page_nor_content(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    page = ask(client, case, "contact", contact.id).location
    other, _ = enter()
    assert other.get(page).status_code == 404
    assert other.get(f"{page}/content").status_code == 404


def test_another_browser_of_the_same_person_can_not_read_it(
    enter: Enter, sign_in: Callable[[FlaskClient, User], None]
) -> None:
    client, user = enter()
    case, contact = case_with_phone()
    page = ask(client, case, "contact", contact.id).location
    answer(Answer(AnswerKind.NUMBER, NUMBER.encode()))
    elsewhere = client.application.test_client()
    sign_in(elsewhere, user)
    shown = elsewhere.get(page).text
    assert NUMBER not in shown
    assert "another browser" in shown
    for wrong in ("", "AAAA", "A" * 43 + "=", "é"):
        elsewhere.set_cookie("seere_opening", wrong, path=page)
        assert NUMBER not in elsewhere.get(page).text


def test_after_ten_minutes_the_answer_is_gone(enter: Enter) -> None:
    with time_machine.travel("2026-05-04 09:00:00+00:00", tick=True) as clock:
        client, _ = enter()
        case, contact = case_with_phone()
        page = ask(client, case, "contact", contact.id).location
        answer(Answer(AnswerKind.NUMBER, NUMBER.encode()))
        clock.shift(timedelta(minutes=9, seconds=30))
        assert NUMBER in client.get(page).text
        clock.shift(timedelta(seconds=45))
        late = client.get(page)
        assert NUMBER not in late.text
        assert "erased" in late.text
        assert [each.sealed_answer for each in openings()] == [None]


def test_the_sweep_erases_what_is_over_and_nothing_else(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    ask(client, case, "contact", contact.id)
    answer(Answer(AnswerKind.NUMBER, NUMBER.encode()))
    with transaction() as session:
        assert erase_expired(session, utcnow()) == 0
        assert erase_expired(session, utcnow() + timedelta(minutes=11)) == 1
    assert [(each.sealed_answer, each.reason) for each in openings()] == [(None, REASON)]


def test_a_recording_is_played_from_a_file_that_can_do_nothing(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    page = ask(client, case, "attachment", keep_file(case).id).location
    answer(Answer(AnswerKind.FILE, SOUND, "audio/ogg"))
    assert f'src="{page}/content" aria-label="Recording"></audio>' in client.get(page).text
    file = client.get(f"{page}/content")
    assert (file.data, file.mimetype) == (SOUND, "audio/ogg")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    assert client.get(f"{page}/content", headers={"Range": "bytes=0-3"}).data == SOUND[:4]


def test_a_handed_out_file_runs_nothing_even_if_taken_for_a_page(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    page = ask(client, case, "attachment", keep_file(case).id).location
    answer(Answer(AnswerKind.FILE, SOUND, "audio/ogg"))
    assert client.get(f"{page}/content").headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "application/zip", "", "audio/x-html"]
)
def test_other_kinds_of_files_are_never_handed_out(enter: Enter, content_type: str) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    page = ask(client, case, "attachment", keep_file(case).id).location
    answer(Answer(AnswerKind.FILE, b"<script>alert(1)</script>", content_type))
    assert client.get(f"{page}/content").status_code == 404
    shown = client.get(page).text
    assert "never handed out" in shown
    assert "alert(1)" not in shown


def test_an_opened_text_is_only_text(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        message.anonymised_text, message.sealed_content = None, b"sealed"
    page = ask(client, case, "message", message.id).location
    answer(Answer(AnswerKind.TEXT, b"<b>e1 e2</b>"))
    assert "&lt;b&gt;e1 e2&lt;/b&gt;" in client.get(page).text
    assert client.get(f"{page}/content").status_code == 404


def test_the_words_of_a_message_that_was_made_safe_open_with_a_reason_too(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        message.sealed_content = b"sealed"
    assert ask(client, case, "message", message.id, reason="short").status_code == 422
    assert ask(client, case, "message", message.id).status_code == 303


def test_one_sign_is_opened_only_if_it_stands_in_the_message(enter: Enter) -> None:
    client, _ = enter()
    case, _ = case_with_phone()
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        message.anonymised_text, message.sealed_content = "[PERSONNE-1] est blessé", b"sealed"
    page = client.get(address(case)).text
    assert 'part=%5BPERSONNE-1%5D">[PERSONNE-1]</a>' in page.replace("&amp;", "&")
    form = client.get(
        f"/desk/openings?subject=token&subject_id={message.id}&case={case.id}&part=[PERSONNE-1]"
    )
    assert "Who or what [PERSONNE-1] stands for" in form.text
    assert ask(client, case, "token", message.id, part="[PERSONNE-2]").status_code == 404
    page = ask(client, case, "token", message.id, part="[PERSONNE-1]").location
    answer(Answer(AnswerKind.TEXT, b"Amadou"))
    assert "Amadou" in client.get(page).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.asked")).one()
    assert entry.detail["token"] == "[PERSONNE-1]"


def test_without_a_second_factor_nothing_opens(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strength, "_passed_a_factor", lambda: False)
    client, _ = enter()
    case, contact = case_with_phone()
    refused = ask(client, case, "contact", contact.id)
    assert refused.status_code == 422
    assert "second factor" in refused.text
    assert openings() == []


def test_there_is_an_end_to_what_one_person_opens_in_an_hour(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amounts, "most_in_an_hour", lambda: 1)
    client, _ = enter()
    case, contact = case_with_phone()
    assert ask(client, case, "contact", contact.id).status_code == 303
    assert "very much in a short time" in ask(client, case, "contact", contact.id).text
    assert len(openings()) == 1


def test_supervisors_see_and_hear_of_who_opens_unusually_much(
    enter: Enter,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(amounts, "thresholds", lambda: (amounts.Threshold(7, 1, 3),))
    supervisor, person = enter(Role.SUPERVISOR)
    user, client = make_user(organisation=person.organisation), supervisor.application.test_client()
    sign_in(client, user)
    case, contact = case_with_phone()
    for _ in range(2):
        assert "Unusually many" not in supervisor.get("/desk/openings/overview").text
        ask(client, case, "contact", contact.id)
    page = supervisor.get("/desk/openings/overview").text
    assert "Unusually many" in page
    assert user.display_name in page
    told = db.session.scalars(select(Notification).where(Notification.kind == "opened_much")).all()
    assert [each.user_id for each in told] == [person.id]
    assert client.get("/desk/openings/overview").status_code == 403


def test_a_phone_is_opened_only_from_a_case_that_it_wrote_to(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    other, _ = case_with_phone()
    assert ask(client, other, "contact", contact.id).status_code == 404
    assert ask(client, case, "contact", case.id).status_code == 404
    assert openings() == []


def test_what_was_withdrawn_stays_sealed(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    file = keep_file(case)
    with transaction() as session:
        session.scalars(select(Report)).one().state = "withdrawn"
    assert ask(client, case, "contact", contact.id).status_code == 404
    assert ask(client, case, "attachment", file.id).status_code == 404


def test_what_could_not_be_opened_says_so(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    page = ask(client, case, "contact", contact.id).location
    answer(None, failure="unreadable")
    assert "could not be opened" in client.get(page).text


def test_who_has_script_may_ask_how_far_it_is(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    page = ask(client, case, "contact", contact.id).location
    json = {"Accept": "application/json"}
    assert client.get(page).headers["Refresh"] == "3"  # and who has none looks again by itself
    assert client.get(page, headers=json).json == {"state": "waiting"}
    answer(Answer(AnswerKind.NUMBER, NUMBER.encode()))
    assert client.get(page, headers=json).json == {"state": "open"}
    assert 590 < int(client.get(page).headers["Refresh"]) <= 601  # then it is gone from the screen


def test_a_form_without_its_token_is_refused(enter: Enter) -> None:
    client, _ = enter()
    case, contact = case_with_phone()
    assert ask(client, case, "contact", contact.id, csrf_token="forged").status_code == 400
    assert ask(client, case, "nothing", contact.id).status_code == 400
    assert ask(client, case, "contact", contact.id, case="x").status_code == 400
    assert db.session.scalars(select(Opening)).all() == []
