"""People who rang and hung up are called back, once, by somebody of the desk."""

from __future__ import annotations

import os
import re
import uuid
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.models import AuditEntry, CallbackRequest, Contact, OrganisationKind, Role
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import GENDARMES, report_case
from tests.integration.openings.sealed import ask, openings

PAGE = "/desk/call-backs"


def rang(**columns: Any) -> CallbackRequest:
    """Somebody rang a gateway and hung up."""
    with transaction() as session:
        contact = Contact(id=uuid.uuid4(), digest=os.urandom(32), sealed_address=b"sealed")
        session.add(contact)
        session.flush()
        request = CallbackRequest(id=uuid.uuid4(), contact_id=contact.id, **columns)
        session.add(request)
    return request


def mark_done(client: FlaskClient, request: CallbackRequest) -> int:
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get(PAGE).text)
    assert token
    return client.post(f"{PAGE}/{request.id}", data={"csrf_token": token[1]}).status_code


def test_the_page_says_since_when_and_how_often(enter: Enter) -> None:
    client, _ = enter()
    assert "Nobody waits" in client.get(PAGE).text
    rang(requested_at=utcnow() - timedelta(hours=3), times=4)
    page = client.get(PAGE).text
    assert "Rang 4 times" in page
    assert "3 hr" in page


def test_the_menu_tells_how_many_wait(enter: Enter) -> None:
    client, _ = enter()
    assert ">Call backs</a>" in client.get("/desk/").text
    rang()
    rang()
    rang(done_at=utcnow())
    assert ">Call backs (2)</a>" in client.get("/desk/").text


def test_who_was_called_back_is_shown_for_a_week_with_who_did_it(enter: Enter) -> None:
    client, user = enter()
    request = rang()
    rang(done_at=utcnow() - timedelta(days=8))
    assert mark_done(client, request) == 303
    page = client.get(PAGE).text
    assert "Nobody waits" in page
    assert page.count("<li>") - page.count("<nav") >= 1
    assert f"by {user.display_name}" in page
    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "call_back.done")).one()
    assert (entry.subject, entry.actor) == (f"call_back:{request.id}", f"user:{user.id}")


def test_marking_twice_keeps_who_was_first(enter: Enter) -> None:
    first, _ = enter()
    second, _ = enter()
    request = rang()
    assert [mark_done(first, request), mark_done(second, request)] == [303, 303]
    db.session.rollback()
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "call_back.done")).all()) == 1


def test_the_number_is_opened_with_a_reason_as_long_as_somebody_waits(enter: Enter) -> None:
    client, _ = enter()
    request = rang()
    sent = ask(client, None, "contact", request.contact_id)
    assert sent.status_code == 303
    assert "Call backs" in client.get(sent.location).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "opening.asked")).one()
    assert entry.subject == f"opening:{openings()[0].id}"
    mark_done(client, request)
    assert ask(client, None, "contact", request.contact_id).status_code == 404


def test_a_phone_of_a_case_that_the_desk_may_not_see_stays_closed(enter: Enter) -> None:
    """A case that names the gendarmes, at a desk that is connected with them."""
    client, user = enter()
    request = rang()
    case = report_case(GENDARMES)
    with transaction() as session:
        case = session.merge(case)
        case.reports[0].contact_id = request.contact_id
        session.merge(user.organisation).conflict_actors = ["gendarmerie"]
    assert ask(client, None, "contact", request.contact_id).status_code == 404


def test_partners_have_no_such_page(enter: Enter) -> None:
    for role, kind in (
        (Role.MONITOR, OrganisationKind.CIVIL_SOCIETY),
        (Role.SUPERVISOR, OrganisationKind.CNDH),
        (Role.ADMINISTRATOR, OrganisationKind.DESK),
    ):
        client, _ = enter(role, kind)
        assert client.get(PAGE).status_code == 403
        assert "Call backs" not in client.get("/desk/account").text


def test_an_unknown_request_is_not_found(enter: Enter) -> None:
    client, _ = enter()
    unknown = CallbackRequest(id=uuid.uuid4())
    rang()
    assert mark_done(client, unknown) == 404
