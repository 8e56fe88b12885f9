"""The audit trail on a page: what is shown to whom, and that a break shows."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import text

from app import audit
from app.audit import Action
from app.database import db, transaction
from app.models import OrganisationKind, Role
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import address, refer, report_case


def sequences(client: FlaskClient, query: str = "") -> list[int]:
    answer = client.get("/desk/audit" + query)
    assert answer.status_code == 200
    return [int(each) for each in re.findall(r'<tr><td class="numeric">(\d+)', answer.text)]


def test_entries_are_shown_newest_first_with_names(enter: Enter) -> None:
    client, user = enter(Role.AUDITOR)
    case = report_case()
    page = client.get("/desk/audit").text
    assert user.display_name in page
    assert case.reference in page
    shown = sequences(client)
    assert shown == sorted(shown, reverse=True)


def test_pages_lead_through_the_whole_trail(enter: Enter) -> None:
    client, _ = enter(Role.AUDITOR)
    with transaction() as session:
        for number in range(120):
            last = audit.record(session, Action.CASE_READ, f"case:{number}", actor="command")
        highest = last.sequence
    seen: list[int] = []
    query = ""
    while True:
        seen += sequences(client, query)
        older = re.search(r"before=(\d+)", client.get("/desk/audit" + query).text)
        if older is None:
            break
        query = f"?before={older[1]}"
    assert seen == list(range(highest, 0, -1))


def test_entries_can_be_narrowed_to_an_action_and_a_case(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    case = report_case()
    client.get(address(case))
    assert len(sequences(client, f"?subject={case.reference}&action=case.read")) == 1
    assert sequences(client, f"?subject=case:{case.id}") == sequences(client, f"?subject={case.number}")
    assert sequences(client, "?subject=nothing") == []


def test_a_whole_trail_is_said_to_hold_and_a_changed_one_not(enter: Enter) -> None:
    client, _ = enter(Role.AUDITOR)
    report_case()
    assert "The trail holds." in client.get("/desk/audit?check=1").text
    with transaction() as session:
        session.execute(text("UPDATE audit_entry SET actor = 'worker' WHERE sequence = 2"))
        session.execute(text("DELETE FROM audit_entry WHERE sequence = 3"))
    broken = client.get("/desk/audit?check=1").text
    assert "The trail does not hold" in broken
    assert "Entry 2:" in broken
    assert "Entry 3:" in broken


def test_a_partners_supervisor_reads_only_what_their_people_did(enter: Enter) -> None:
    case = report_case()
    desk_client, _ = enter(Role.SUPERVISOR)
    desk_client.get(address(case))
    client, user = enter(Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY)
    refer(case, user)
    client.get(address(case))
    page = client.get("/desk/audit").text
    assert page.count("Case read") == 2  # the filter's entry and their own
    assert len(sequences(client, "?action=case.read")) == 1


NO_PLACES = ["?before=x", "?before=-1", "?before=" + "9" * 400, "?before=%00"]


def test_a_place_that_is_none_is_refused(enter: Enter) -> None:
    client, _ = enter(Role.AUDITOR)
    for query in NO_PLACES:
        assert client.get("/desk/audit" + query).status_code == 400
        db.session.rollback()


ODD_FILTERS = ["?subject=%00", "?subject=" + "9" * 20_000, "?action=%00", "?subject=%FF", "?subject=²"]


def test_any_filter_gives_a_page(enter: Enter) -> None:
    client, _ = enter(Role.AUDITOR)
    for query in ODD_FILTERS:
        assert client.get("/desk/audit" + query).status_code == 200
