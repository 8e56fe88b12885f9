"""Two people on one case never overwrite each other: what touches something else is done, else both are shown."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.casework.conclusions import Understanding, take_in_report
from app.casework.history import EventKind
from app.casework.touching import EVERYTHING, touched_by_event, touched_by_form
from app.database import db, transaction
from app.models import Case, CaseEvent, Message, OrganisationKind, Report, Role, User

from .conftest import Enter
from .desk import KORO, PILLAGE, URGENT, address, fresh, post, refer, report_case
from .talking import message_of, report_of


@dataclass
class Desk:
    """Two people of the desk who have the same case open, as it was at the start."""

    first: FlaskClient
    second: FlaskClient
    colleague: User
    case: Case
    seen: str

    def late(self, *target: object, **fields: Any) -> TestResponse:
        """What the second sends of the page that they had opened at the start."""
        return post(self.second, address(self.case), address(self.case, *target), version=self.seen, **fields)

    def soon(self, *target: object, **fields: Any) -> None:
        """What the first does before that."""
        answer = post(self.first, address(self.case), address(self.case, *target), **fields)
        assert answer.status_code == 303, answer.text


@pytest.fixture
def desk(enter: Enter) -> Desk:
    """Two supervisors, and a case with a place and an urgency."""
    (first, colleague), (second, _) = enter(Role.SUPERVISOR), enter(Role.SUPERVISOR)
    case = report_case(PILLAGE, KORO, URGENT)
    return Desk(first, second, colleague, case, str(fresh(case).version))


def finding(case: Case, kind: str) -> str:
    return next(str(each.id) for each in fresh(case).findings if each.kind == kind)


def test_the_same_field_shows_both_values_and_lets_one_choose(desk: Desk) -> None:
    desk.soon("status", status="in_progress", reason="J’appelle le chef de village.")
    answer = desk.late("status", status="closed", reason="Ce que j’ai écrit")
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert fresh(desk.case).status == "in_progress"
    assert desk.colleague.display_name in page
    assert "J’appelle le chef de village." in page
    assert "<dt>It says now</dt><dd>In progress</dd>" in page
    assert "<dt>You chose</dt><dd>Closed</dd>" in page
    assert 'value="Ce que j’ai écrit"' in page, "nothing typed is lost"
    version = str(fresh(desk.case).version)
    assert f'name="version" value="{version}"' in page
    desk.seen = version
    assert desk.late("status", status="closed", reason="Ce que j’ai écrit").status_code == 303
    assert fresh(desk.case).status == "closed"


def test_what_touches_something_else_is_simply_done(desk: Desk) -> None:
    desk.soon("status", status="in_progress")
    desk.soon("violations", code="torture")
    desk.soon("notes", text="Rappeler demain.")
    answer = desk.late("findings", finding(desk.case, "place"), decision="accepted")
    assert answer.status_code == 303
    assert desk.late("findings", finding(desk.case, "violation"), decision="rejected").status_code == 303
    now = fresh(desk.case)
    assert (now.status, {act.violation_code for act in now.acts}) == ("in_progress", {"torture"})
    assert {each.kind: each.state for each in now.findings if each.kind != "violation"} == {
        "place": "accepted",
        "urgency": "proposed",
    }


def test_two_values_for_one_finding_stand_side_by_side(desk: Desk) -> None:
    urgency = finding(desk.case, "urgency")
    desk.soon("findings", urgency, decision="corrected", level="3")
    answer = desk.late("findings", urgency, decision="corrected", level="1")
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert fresh(desk.case).urgency == 3
    assert "<dd>Immediate (Corrected)</dd>" in page
    assert "<dt>You chose</dt><dd>Soon</dd>" in page


def test_an_assignment_and_a_referral_are_not_overwritten(desk: Desk, enter: Enter) -> None:
    _, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    referral = refer(desk.case, partner)
    desk.soon("assignment", assignee=str(desk.colleague.id))
    assert "<dt>You chose</dt><dd>nobody</dd>" in desk.late("assignment", assignee="").text
    assert fresh(desk.case).assigned_to_id == desk.colleague.id
    desk.soon("referrals", referral.id, state="revoked")
    assert desk.late("referrals", referral.id, state="revoked").status_code == 409


def test_what_the_machine_read_again_counts_too(desk: Desk) -> None:
    report = report_of(desk.case)
    with transaction() as session:
        message = session.get_one(Message, message_of(desk.case).id)
        understood = Understanding("à Koro", "fra", b"sealed", [PILLAGE, KORO])
        take_in_report(session, session.get_one(Report, report.id), message, understood)
    answer = desk.late("findings", decision="", kind="place", region="ML19", cercle="")
    assert answer.status_code == 409
    assert "Read again by the machine" in answer.text
    assert desk.late("assignment", assignee="").status_code == 303


def test_a_partner_learns_nothing_more_from_a_conflict_than_from_the_history(
    desk: Desk, enter: Enter
) -> None:
    client, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    refer(desk.case, partner)
    desk.soon("status", status="in_progress", reason="Seulement pour nous.")
    answer = post(
        client,
        address(desk.case),
        address(desk.case, "status"),
        version=desk.seen,
        status="closed",
        reason="",
    )
    assert answer.status_code == 409
    assert "Seulement pour nous." not in answer.text
    assert desk.colleague.display_name not in answer.text


def test_every_line_of_the_history_has_a_version_that_tells_before_from_after(desk: Desk) -> None:
    desk.soon("status", status="in_progress")
    db.session.rollback()
    versions = {each.kind: each.version for each in fresh(desk.case).events}
    assert versions["status_changed"] > int(desk.seen) >= versions["report_received"]


@pytest.mark.parametrize("kind", list(EventKind))
def test_what_is_in_no_table_touches_everything(kind: EventKind) -> None:
    assert EVERYTHING.is_touched_by(touched_by_form(Case(), "status", {}))
    assert touched_by_form(Case(), "a-form-of-tomorrow", {}) == EVERYTHING
    assert touched_by_event(CaseEvent(kind="a_line_of_tomorrow", detail={})) == (EVERYTHING,)
    known = touched_by_event(CaseEvent(kind=kind, detail={}))
    is_whole = kind in {EventKind.CASES_MERGED, EventKind.MERGE_UNDONE, EventKind.REPORT_SPLIT_OFF}
    assert (EVERYTHING in known) == (is_whole or kind == EventKind.MESSAGE_MOVED)
