"""Reading a case: the account with its evidence, who may read it, and that reading is on record."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from app.audit import Action
from app.database import db, transaction
from app.models import AuditEntry, OrganisationKind, Report, Role

from .conftest import Enter
from .desk import PILLAGE, TEXT, URGENT, address, refer, report_case


def readings(case_id: object) -> int:
    db.session.rollback()
    statement = select(func.count()).where(
        AuditEntry.action == Action.CASE_READ, AuditEntry.subject == f"case:{case_id}"
    )
    return db.session.scalar(statement) or 0


def test_the_account_is_shown_with_the_words_that_findings_rest_on(enter: Enter) -> None:
    client, _ = enter()
    page = client.get(address(report_case())).text
    assert '<mark data-findings="1">pris 20 boeufs' in page.replace("ont ", "")
    assert re.search(r'<span class="token">(<a [^>]*>)?\[PERSONNE-1\]<', page), "a link for who may open it"
    assert "violations.pillage" in page


def test_what_a_message_says_is_never_read_as_html(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, text="<script>alert(1)</script> ont pris 20 boeufs &amp; tout")
    assert "<script>alert" not in client.get(address(case)).text
    assert "<script>alert" not in client.get("/desk/").text


def test_each_opening_is_on_record_once(enter: Enter) -> None:
    client, _ = enter()
    case = report_case()
    client.get(address(case))
    assert readings(case.id) == 1
    client.get(address(case))
    assert readings(case.id) == 2


def test_the_account_of_a_withdrawn_case_is_for_supervisors_only(enter: Enter) -> None:
    case = report_case(is_withdrawn=True, status="closed")
    with transaction() as session:
        session.query(Report).filter_by(case_id=case.id).update({"state": "withdrawn"})
    monitor, _ = enter()
    supervisor, _ = enter(Role.SUPERVISOR)
    hidden = monitor.get(address(case)).text
    assert "boeufs" not in hidden
    assert "withdrew" in hidden
    assert "boeufs" in supervisor.get(address(case)).text
    assert "boeufs" not in monitor.get("/desk/?status=closed").text


def test_a_case_whose_message_could_not_be_made_safe_shows_no_text(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(URGENT, text="", needs_person="anonymisation_failed")
    page = client.get(address(case)).text
    assert TEXT not in page
    assert "could not be made safe" in page


def test_an_analyst_reads_and_verifies_but_does_not_decide(enter: Enter) -> None:
    case = report_case()
    client, user = enter(Role.ANALYST, OrganisationKind.CNDH)
    refer(case, user)
    page = client.get(address(case)).text
    assert "Keep the verification" in page
    assert 'value="rejected"' not in page
    assert "Ask the reporter" not in page


def test_the_page_has_no_inline_styles_or_handlers(enter: Enter) -> None:
    client, _ = enter()
    answer = client.get(address(report_case(PILLAGE, URGENT)))
    assert ' style="' not in answer.text
    assert " onclick=" not in answer.text
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
