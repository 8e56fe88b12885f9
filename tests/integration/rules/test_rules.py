"""A rule is looked at before it holds, has versions with their writers, and never reaches whom it accuses."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    AuditEntry,
    Case,
    CaseConflict,
    ConflictSource,
    Finding,
    FindingState,
    Organisation,
    OrganisationKind,
    Report,
    Role,
    RoutingRule,
    RulePreview,
    RuleVersion,
)
from app.rules.content import RuleContent
from app.rules.service import add_rule
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import GENDARMES, KORO, PILLAGE, TORTURE, report_case
from workers.referring import matching_rules

PAGE = "/desk/rules"
Work = Callable[[], None]


def fields(receiver: Organisation, **other: Any) -> dict[str, Any]:
    return {
        "name": "Herds",
        "organisation_id": str(receiver.id),
        "violations": ["pillage"],
        "region_codes": ["ML19"],
        "consent": "",
        "minimum_urgency": "0",
        "confidence": "50",
        "deadline_hours": "48",
        "disclosure": "anonymised",
        "sends_at_once": "true",
        **other,
    }


def post(client: FlaskClient, path: str, **data: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client, f"{PAGE}/new"), **data})


def previewed(client: FlaskClient, path: str, work: Work, **data: Any) -> str:
    """The address of a preview that a worker has finished."""
    answer = post(client, path, **data)
    assert answer.status_code == 303, re.findall(r'href="#rule[^<]*', answer.text)
    address = str(answer.headers["Location"])
    waiting = client.get(address)
    assert (waiting.headers["Refresh"], "<progress" in waiting.text) == ("3", True)
    work()
    return address


def saved(client: FlaskClient, path: str, work: Work, **data: Any) -> RoutingRule:
    """The rule after a form, a worker and a reason."""
    answer = post(client, previewed(client, path, work, **data), reason="Agreed with the partner.")
    assert answer.status_code == 303
    rule_id = uuid.UUID(answer.headers["Location"].rpartition("/")[2])
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(RoutingRule, rule_id)


def number(page: str, words: str) -> int:
    """The figure that stands beside words on a page."""
    found = re.search(re.escape(words) + r"</dt><dd>(?:<strong>)?(\d+)", page)
    assert found, words
    return int(found[1])


def test_a_preview_says_what_the_rule_would_have_done_and_what_was_withheld(
    enter: Enter, receiver: Organisation, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.previewing.CASES_AT_A_TIME", 3)  # more than one portion
    client, _ = enter(Role.SUPERVISOR)
    fits = report_case(PILLAGE, KORO)
    accuses = report_case(PILLAGE, KORO, GENDARMES)
    refused = report_case(PILLAGE, KORO)
    report_case(TORTURE, KORO)
    report_case(PILLAGE, KORO, received_at=utcnow() - timedelta(days=91))
    with transaction() as session:
        report = session.scalars(select(Report).where(Report.case_id == refused.id)).one()
        report.consent = {"may_ask": False, "share_with": ["cndh"], "with_identity": False}
    page = client.get(previewed(client, f"{PAGE}/new", work, **fields(receiver))).text
    assert number(page, "Cases that came in, of those you may see") == 4
    assert number(page, "Referred by this rule") == 1
    assert number(page, "Withheld: a reporter has not allowed it") == 1
    assert number(page, "Withheld: an author may be of the organisation’s own people") == 1
    assert re.search(r">Herders</th><td[^>]*>0</td><td[^>]*>1</td>", page)
    assert fits.reference in page
    assert accuses.reference not in page
    assert db.session.scalars(select(RoutingRule)).all() == []
    administrator, _ = enter(Role.ADMINISTRATOR)  # reads no cases: only figures
    page = administrator.get(previewed(administrator, f"{PAGE}/new", work, **fields(receiver))).text
    assert number(page, "Referred by this rule") == 1
    assert fits.reference not in page


def test_a_preview_shows_no_case_to_whom_the_case_accuses(
    enter: Enter, make_organisation: Callable[..., Organisation], work: Work
) -> None:
    client, user = enter(Role.SUPERVISOR)
    with transaction() as session:
        session.get_one(Organisation, user.organisation_id).conflict_actors = ["gendarmerie"]
    report_case(PILLAGE, KORO, GENDARMES)
    partner = make_organisation(OrganisationKind.CNDH)
    page = client.get(previewed(client, f"{PAGE}/new", work, **fields(partner))).text
    assert number(page, "Cases that came in, of those you may see") == 0
    assert number(page, "Referred by this rule") == 0


def test_a_rule_holds_from_the_moment_it_is_saved_with_who_and_why(
    enter: Enter, receiver: Organisation, work: Work
) -> None:
    client, user = enter(Role.SUPERVISOR)
    rule = saved(client, f"{PAGE}/new", work, **fields(receiver, from_hour="22", until_hour="6"))
    assert (rule.version, rule.from_hour, rule.until_hour, rule.is_active) == (1, 22, 6, True)
    version = db.session.scalars(select(RuleVersion)).one()
    assert (version.saved_by_id, version.reason) == (user.id, "Agreed with the partner.")
    page = client.get(PAGE).text
    assert "Pillage, cattle theft or destroyed property in Bandiagara, between 22 and 6 h" in page
    assert "Herders, anonymised account, answer within 48 h, sent at once" in page


def test_saving_needs_a_reason_a_finished_preview_and_the_rule_as_it_was_compared(
    enter: Enter, receiver: Organisation, work: Work
) -> None:
    client, _ = enter(Role.SUPERVISOR)
    answer = post(client, f"{PAGE}/new", **fields(receiver))
    waiting = str(answer.headers["Location"])
    assert post(client, waiting, reason="Agreed with the partner.").status_code == 422
    work()
    assert "Give the reason in at least 10 characters." in post(client, waiting, reason="short").text
    assert post(client, waiting, reason="Agreed with the partner.").status_code == 303
    assert post(client, waiting, reason="Agreed with the partner.").status_code == 404  # once
    db.session.rollback()
    rule = db.session.scalars(select(RoutingRule)).one()
    change = f"{PAGE}/{rule.id}/change"
    first = previewed(client, change, work, **fields(receiver, deadline_hours="24"))
    second = previewed(client, change, work, **fields(receiver, deadline_hours="12"))
    assert post(client, first, reason="Agreed with the partner.").status_code == 303
    late = post(client, second, reason="Agreed with the partner.")
    assert (late.status_code, "Somebody changed this rule meanwhile." in late.text) == (422, True)


def test_versions_say_what_changed_and_one_can_go_back(
    enter: Enter, receiver: Organisation, work: Work
) -> None:
    client, _ = enter(Role.SUPERVISOR)
    rule = saved(client, f"{PAGE}/new", work, **fields(receiver))
    page = client.get(
        previewed(client, f"{PAGE}/{rule.id}/change", work, **fields(receiver, deadline_hours="24"))
    ).text
    assert "Answer within: 48 hours → 24 hours" in page
    saved(client, f"{PAGE}/{rule.id}/change", work, **fields(receiver, deadline_hours="24"))
    assert post(client, f"{PAGE}/{rule.id}/close", reason="Not needed any more.").status_code == 303
    page = client.get(f"{PAGE}/{rule.id}").text
    assert "Answer within: 48 hours → 24 hours" in page
    assert "State: active → closed" in page
    back = saved(client, f"{PAGE}/{rule.id}/versions/1", work)
    assert (back.version, back.deadline_hours, back.is_active) == (4, 48, True)
    entries = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.subject == f"routing_rule:{rule.id}")
        .order_by(AuditEntry.sequence)
    ).all()
    assert entries == [
        "routing_rule.added",
        "routing_rule.changed",
        "routing_rule.closed",
        "routing_rule.changed",
    ]


@pytest.mark.parametrize("actor", ["gendarmerie", "state"])
def test_a_rule_that_could_reach_the_accused_is_refused_and_says_why(
    enter: Enter, receiver: Organisation, actor: str
) -> None:
    client, _ = enter(Role.SUPERVISOR)
    answer = post(client, f"{PAGE}/new", **fields(receiver, actors=["dozo", actor]))
    assert answer.status_code == 422
    assert "This rule could send a report to the accused" in answer.text
    assert "Herders must never be sent" in answer.text
    assert db.session.scalars(select(RulePreview)).all() == []


def test_a_rule_that_names_others_is_not_refused(enter: Enter, receiver: Organisation, work: Work) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    rule = saved(client, f"{PAGE}/new", work, **fields(receiver, actors=["police", "dozo"]))
    assert rule.actors == ["police", "dozo"]


def test_what_the_form_cannot_mean_comes_back_with_everything_ticked(
    enter: Enter, receiver: Organisation
) -> None:
    client, _ = enter(Role.SUPERVISOR)
    for wrong, words in (
        ({"name": " "}, "Give the rule a name."),
        ({"organisation_id": str(uuid.uuid4())}, "Choose an organisation."),
        ({"from_hour": "22"}, "Enter both hours, or none."),
        ({"from_hour": "6", "until_hour": "6"}, "The two hours must differ."),
        ({"from_hour": "25", "until_hour": "6"}, "Enter a whole hour, from 0 to 24."),
        ({"confidence": "much"}, "Enter a number from 0 to 100."),
        ({"deadline_hours": "0"}, "Enter the hours to answer, from 1 to 2160."),
        ({"violations": ["pillage", "nonsense"]}, "Choose one of the list."),
    ):
        answer = post(client, f"{PAGE}/new", **fields(receiver, **wrong))
        assert (answer.status_code, words in answer.text) == (422, True), words
        assert re.search(r'value="pillage" checked', answer.text)


def test_only_the_desks_supervisors_and_administrators_come_in(enter: Enter, receiver: Organisation) -> None:
    assert enter(Role.MONITOR)[0].get(PAGE).status_code == 403
    assert enter(Role.SUPERVISOR, OrganisationKind.CNDH)[0].get(PAGE).status_code == 403
    client, _ = enter(Role.SUPERVISOR)
    address = str(post(client, f"{PAGE}/new", **fields(receiver)).headers["Location"])
    assert enter(Role.SUPERVISOR)[0].get(address).status_code == 404  # it counts what its own asker may see


def test_reports_are_referred_as_the_rule_says(enter: Enter, receiver: Organisation, work: Work) -> None:
    client, _ = enter(Role.SUPERVISOR)
    saved(
        client,
        f"{PAGE}/new",
        work,
        **fields(receiver, cercle_codes=["ML1903"], disclosure="with_identity", sends_at_once="false"),
    )
    case = report_case(PILLAGE, KORO)
    with transaction() as session:
        (match,) = matching_rules(session, session.get_one(Case, case.id))
    assert match.organisation_id == receiver.id
    assert match.reasons == ["Herds · v1"]
    assert (match.disclosure, match.is_sent) == ("anonymised", False)  # nobody allowed identities


def test_a_rule_that_became_wrong_while_it_was_looked_at_is_not_saved(
    enter: Enter, receiver: Organisation, work: Work
) -> None:
    client, _ = enter(Role.SUPERVISOR)
    address = previewed(client, f"{PAGE}/new", work, **fields(receiver, actors=["police"]))
    with transaction() as session:
        session.get_one(Organisation, receiver.id).conflict_actors = ["police"]
    answer = post(client, address, reason="Agreed with the partner.")
    assert (answer.status_code, "send a report to the accused" in answer.text) == (422, True)
    assert db.session.scalars(select(RoutingRule)).all() == []


def test_what_people_corrected_counts_and_whom_a_report_names_gets_nothing(
    app: Any, receiver: Organisation
) -> None:
    with transaction() as session:
        add_rule(session, RuleContent("Everything", receiver.id), actor="command")
    accused, named = report_case(PILLAGE, KORO, GENDARMES), report_case(PILLAGE, KORO)
    with transaction() as session:
        assert matching_rules(session, session.get_one(Case, accused.id)) == []
        assert len(matching_rules(session, session.get_one(Case, named.id))) == 1
        actor = session.scalars(select(Finding).where(Finding.kind == "actor")).one()
        actor.state = FindingState.REJECTED
        session.add(
            CaseConflict(case_id=named.id, organisation_id=receiver.id, source=ConflictSource.MACHINE)
        )
        session.flush()
        assert len(matching_rules(session, session.get_one(Case, accused.id))) == 1
        assert matching_rules(session, session.get_one(Case, named.id)) == []
