"""Several cases at once: each as if alone, those that can't be are told, and all of it can be undone."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.casework.bulk import UNDO_FOR
from app.database import db, transaction
from app.models import AuditEntry, BulkChange, Case, CaseEvent, OrganisationKind, Role, User
from tests.conftest import csrf_token

from .conftest import Enter
from .desk import fresh, report_case


def seen(*cases: Case) -> list[str]:
    return [f"{case.id}:{fresh(case).version}" for case in cases]


def change(client: FlaskClient, act: str, cases: list[str], **fields: str) -> TestResponse:
    data = {"csrf_token": csrf_token(client, "/desk/"), "act": act, "cases": cases, **fields}
    return client.post("/desk/bulk", data=data, follow_redirects=True)


def undo(client: FlaskClient) -> TestResponse:
    found = re.search(r'action="(/desk/bulk/[^"]+/undo)"', client.get("/desk/").text)
    assert found, "no undo is offered"
    return client.post(found[1], data={"csrf_token": csrf_token(client, "/desk/")}, follow_redirects=True)


def stands(case: Case) -> tuple[str, str, str, object]:
    now = fresh(case)
    return now.status, now.closed_as, now.needs_person, now.assigned_to_id


def kinds(case: Case) -> list[str]:
    return sorted(db.session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id)))


def test_cases_are_taken_closed_and_put_back_exactly_as_they_were(enter: Enter) -> None:
    client, user = enter()
    one, two = report_case(needs_person="no_place"), report_case(status="in_progress")
    before = [stands(one), stands(two)]
    assert "2 cases are changed." in change(client, "take", seen(one, two)).text
    assert {stands(case)[3] for case in (one, two)} == {user.id}
    assert "2 cases are as they were." in undo(client).text
    assert [stands(one), stands(two)] == before
    change(client, "spam", seen(one, two), back="status=all")
    assert [stands(case)[:3] for case in (one, two)] == [("closed", "spam", "")] * 2
    undo(client)
    assert [stands(one), stands(two)] == before
    assert kinds(one).count("status_changed") == kinds(one).count("assigned") == 2
    entries = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"case:{one.id}")
    ).all()
    assert entries.count("case.status_changed") == entries.count("case.assigned") == 2


def test_what_somebody_changed_meanwhile_is_left_alone_and_told(enter: Enter) -> None:
    client, user = enter()
    _, other = enter()
    one, two = report_case(), report_case()
    ticked = seen(one, two)
    touch(two, other)
    answer = change(client, "closed", ticked).text
    assert "1 case is changed." in answer
    assert f"left as they are: {two.reference}" in answer
    assert (stands(one)[0], stands(two)[0]) == ("closed", "new")
    touch(one, other)
    answer = undo(client).text
    assert f"left as they are: {one.reference}" in answer
    assert stands(one)[0] == "closed"
    assert user.id != stands(one)[3] == other.id


def touch(case: Case, by: User) -> None:
    with transaction() as session:
        session.get_one(Case, case.id).assigned_to_id = by.id


def test_all_on_the_page_are_those_that_the_page_listed(enter: Enter) -> None:
    client, user = enter()
    cases = [report_case() for _ in range(3)]
    listed = re.findall(r'name="listed" value="([^"]+)"', client.get("/desk/").text)
    late = report_case()
    change(client, "take", [], all="1", listed=listed)  # type: ignore[arg-type]
    assert [stands(case)[3] for case in (*cases, late)] == [user.id] * 3 + [None]


def test_nobody_does_to_many_what_they_may_not_do_to_one(enter: Enter) -> None:
    monitor, user = enter()
    partner, _ = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    reader, _ = enter(Role.ANALYST)
    _, colleague = enter()
    case = report_case()
    assert (
        "You may not do this with: " + case.reference
        in change(monitor, "assign", seen(case), assignee=str(colleague.id)).text
    )
    assert "no longer there for you" in change(partner, "take", seen(case)).text
    token = csrf_token(reader, "/desk/")
    assert reader.post("/desk/bulk", data={"csrf_token": token, "act": "take"}).status_code == 403
    withdrawn = report_case(is_withdrawn=True)
    assert "withdrew this report" in change(monitor, "take", seen(withdrawn)).text
    for data in ({"act": "burn"}, {"act": "take"}, {"act": "take", "cases": ["x"]}):
        answer = monitor.post("/desk/bulk", data={"csrf_token": csrf_token(monitor, "/desk/"), **data})
        assert answer.status_code == 303
    assert (stands(case)[3], stands(withdrawn)[3], user.id) == (None, None, user.id)


def test_undo_is_its_doers_alone_once_and_for_a_while(enter: Enter) -> None:
    client, _ = enter()
    stranger, _ = enter()
    case = report_case()
    change(client, "take", seen(case))
    db.session.rollback()
    change_id = db.session.scalars(select(BulkChange.id)).one()
    assert "/undo" not in stranger.get("/desk/").text
    token = csrf_token(stranger, "/desk/")
    assert stranger.post(f"/desk/bulk/{change_id}/undo", data={"csrf_token": token}).status_code == 404
    with transaction() as session:
        session.get_one(BulkChange, change_id).made_at -= UNDO_FOR + timedelta(seconds=1)
    assert "/undo" not in client.get("/desk/").text
    token = csrf_token(client, "/desk/")
    late = client.post(f"/desk/bulk/{change_id}/undo", data={"csrf_token": token}, follow_redirects=True)
    assert "can no longer be undone" in late.text
    assert stands(case)[3] is not None


def test_what_undoing_brings_back_is_on_record_even_if_the_status_is_the_same(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(status="in_progress", needs_person="no_place")
    change(client, "in_progress", seen(case))
    assert fresh(case).needs_person == ""
    undo(client)
    assert fresh(case).needs_person == "no_place"
    assert [event.kind for event in fresh(case).events].count("status_changed") == 2
