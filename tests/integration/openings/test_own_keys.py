"""What a report's own key is over opens with the member's own key, here and for ten minutes; for nobody else."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from nacl.public import PrivateKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.intake.pieces import PieceWriter
from app.models import (
    AuditEntry,
    Disclosure,
    OrganisationKind,
    OwedWork,
    Referral,
    ReferralState,
    Report,
    ReportKey,
    Role,
    Upload,
)
from app.safe.shares import share_report
from app.sealing import seal
from app.settings import Settings
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address

from .given_away import PUBLIC, REPORT, give_away, make_safe
from .sealed import ask, case_with_phone, keep_file, openings

LONG_REASON = "the court asks for the file exactly as it came in"
FILE = bytes(range(256)) * 3000


def opened(client: FlaskClient, sent: TestResponse) -> str:
    assert sent.status_code == 303, sent.text
    return client.get(sent.location).text


def test_a_member_opens_a_text_and_one_sign_of_it_without_any_worker(enter: Enter) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    message = give_away(case, make_safe(user))
    page = opened(client, ask(client, case, "message", message.id))
    assert "Amadou Traoré est blessé à Koro" in page
    assert f"{user.display_name} · " in page
    assert f" · {case.reference}" in page
    sign = opened(client, ask(client, case, "token", message.id, part="[PERSONNE-1]"))
    assert '<pre class="opened-text">Amadou Traoré</pre>' in sign
    assert db.session.scalars(select(OwedWork)).all() == []
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.answered")).all()
    assert {each.actor for each in entries} == {f"user:{user.id}"}
    stored = "".join(str(vars(each)) for each in openings()) + "".join(str(each.detail) for each in entries)
    assert "Amadou" not in stored


def test_only_in_that_browser_and_only_for_ten_minutes(enter: Enter, sign_in: Any) -> None:
    with time_machine.travel("2026-05-04 09:00:00+00:00", tick=True) as clock:
        client, user = enter()
        case, _ = case_with_phone()
        message = give_away(case, make_safe(user))
        page = ask(client, case, "message", message.id).location
        elsewhere = client.application.test_client()
        sign_in(elsewhere, user)
        assert "another browser" in elsewhere.get(page).text
        wrong = base64.urlsafe_b64encode(bytes(PrivateKey.generate())).decode()
        elsewhere.set_cookie("seere_opening", wrong, path=page)
        assert "another browser" in elsewhere.get(page).text
        clock.shift(timedelta(minutes=11))
        assert "Amadou" not in client.get(page).text


def test_a_colleague_without_the_key_and_a_locked_safe_get_told_what_to_do(enter: Enter) -> None:
    holder, user = enter()
    case, _ = case_with_phone()
    message = give_away(case, make_safe(user))
    other, _ = enter()  # of another desk organisation
    refused = ask(other, case, "message", message.id)
    assert (refused.status_code, "no key to this report" in refused.text) == (422, True)
    page = ask(holder, case, "message", message.id).location
    holder.delete_cookie("seere_safe", path="/desk")
    assert "Your safe is locked" in holder.get(page).text
    locked = ask(holder, case, "message", message.id)
    assert (locked.status_code, "Unlock your safe" in locked.text) == (422, True)
    assert len(openings()) == 1


def test_what_changes_meanwhile_closes_what_was_open(enter: Enter) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    message = give_away(case, make_safe(user))
    page = ask(client, case, "message", message.id).location
    with transaction() as session:
        session.scalars(select(Report)).one().state = "withdrawn"
    assert "Amadou" not in client.get(page).text


def kept_in_pieces(settings: Settings, case: Any) -> uuid.UUID:
    """A PDF as it came, in pieces under the report's key."""
    upload = uuid.uuid4()
    with transaction() as session:
        session.add(
            Upload(id=upload, token_digest=uuid.uuid4().bytes * 2, size=len(FILE), expires_at=utcnow())
        )
    writer = PieceWriter(settings, upload, public_key=PUBLIC)
    writer.write(FILE)
    writer.flush()
    return keep_file(case, "application/pdf", sealed_original=None, upload_id=upload).id


def test_an_original_comes_piece_by_piece_under_a_neutral_name_and_is_on_record(
    enter: Enter, settings: Settings
) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    give_away(case, make_safe(user))
    file = kept_in_pieces(settings, case)
    assert "Save the original" in client.get(address(case)).text
    assert (
        "why the copy is not enough" in ask(client, case, "original", file, reason="too short a reason").text
    )
    page = ask(client, case, "original", file, reason=LONG_REASON).location
    assert "Save the original" in client.get(page).text
    content = client.get(f"{page}/content")
    assert content.data == FILE
    assert (content.mimetype, content.content_length) == ("application/pdf", len(FILE))
    assert content.headers["Content-Disposition"] == f'attachment; filename="{openings()[0].id.hex[:8]}.pdf"'
    assert content.headers["Content-Security-Policy"].startswith("sandbox")
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    saved = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.saved")).one()
    assert saved.actor == f"user:{user.id}"


def test_a_copy_under_the_reports_key_is_shown_here_as_a_file(enter: Enter) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    give_away(case, make_safe(user))
    sealed = seal({"bytes": base64.b64encode(b"OggS sound").decode(), "content_type": "audio/ogg"}, PUBLIC)
    page = ask(client, case, "attachment", keep_file(case, sealed_copy=sealed).id).location
    assert "<audio" in client.get(page).text
    assert client.get(f"{page}/content").data == b"OggS sound"


def test_workers_hand_out_no_original(enter: Enter) -> None:
    client, user = enter()
    make_safe(user)
    case, _ = case_with_phone()
    file = keep_file(case, "image/jpeg")
    assert "Save the original" not in client.get(address(case)).text
    assert ask(client, case, "original", file.id, reason=LONG_REASON).status_code == 404


@pytest.mark.parametrize(
    ("disclosure", "consent", "status"),
    [
        (Disclosure.WITH_IDENTITY, True, 303),
        (Disclosure.WITH_IDENTITY, False, 403),
        (Disclosure.ANONYMISED, True, 403),
    ],
)
def test_a_partner_opens_what_was_referred_with_identity_and_allowed(
    enter: Enter, disclosure: Disclosure, consent: bool, status: int
) -> None:
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    _, desk = enter()
    case, contact = case_with_phone()
    message = give_away(case, make_safe(desk))
    own = make_safe(user, PrivateKey(b"\x0f" * 32))
    with transaction() as session:
        report = session.scalars(select(Report)).one()
        report.consent = {"share_with": ["civil_society"], "with_identity": consent, "version": 1}
        share_report(session, session.scalars(select(ReportKey)).one(), REPORT, own)
        session.add(
            Referral(
                case_id=case.id,
                organisation_id=user.organisation_id,
                state=ReferralState.ACCEPTED,
                disclosure=disclosure,
                deadline_at=utcnow(),
            )
        )
    token = client.get("/desk/account").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    fields = {"case": str(case.id), "reason": LONG_REASON, "csrf_token": token, "subject_id": str(message.id)}
    sent = client.post("/desk/openings", data={**fields, "subject": "message"})
    assert sent.status_code == status
    if status == 303:
        assert "Amadou" in client.get(sent.location).text
    number = client.post(
        "/desk/openings", data={**fields, "subject": "contact", "subject_id": str(contact.id)}
    )
    assert number.status_code == 403  # partners write to nobody: the number stays with the desk


def test_a_piece_that_is_damaged_is_not_handed_out_half(enter: Enter, settings: Settings) -> None:
    client, user = enter()
    case, _ = case_with_phone()
    give_away(case, make_safe(user))
    file = keep_file(case, "image/png", sealed_original=seal({"bytes": "!"}, PUBLIC))
    page = ask(client, case, "original", file.id, reason=LONG_REASON).location
    assert client.get(f"{page}/content").status_code == 404
