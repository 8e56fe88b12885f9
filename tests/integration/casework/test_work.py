"""Assignment, status, verification, notes, questions and referrals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.database import db, transaction
from app.models import Case, Message, Organisation, OrganisationKind, OwedWork, Report, Role, User

from .conftest import Enter
from .desk import GENDARMES, PILLAGE, address, fresh, post, refer, report_case


def questions(case: Case) -> list[Message]:
    db.session.rollback()
    statement = select(Message).join(Report, Report.id == Message.report_id)
    return list(db.session.scalars(statement.where(Report.case_id == case.id, Message.direction == "out")))


def test_a_question_by_sms_is_owed_and_the_case_waits(enter: Enter) -> None:
    client, user = enter()
    case = report_case(PILLAGE)
    assert post(client, address(case), address(case, "questions"), text="Quel jour ?\x00").status_code == 303
    (question,) = questions(case)
    assert (question.text, question.state, question.written_by_id) == ("Quel jour ?", "queued", user.id)
    assert db.session.scalars(select(OwedWork.subject_id)).all() == []  # the message itself is what is owed
    assert fresh(case).status == "waiting_for_reporter"


def test_a_question_to_a_web_report_waits_on_its_receipt_page(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, channel="web")
    post(client, address(case), address(case, "questions"), text="ê" * 100)
    assert [question.state for question in questions(case)] == ["waiting"]
    assert db.session.scalars(select(OwedWork.id)).all() == []


def test_more_than_one_sms_must_be_confirmed(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    text = "Où était-ce exactement, et le bétail est-il arrivé dans un autre endroit depuis, où que ce soit ?"
    answer = post(client, address(case), address(case, "questions"), text=text + " ê")
    assert answer.status_code == 422
    assert "takes 2 SMS" in answer.text
    assert text in answer.text
    assert questions(case) == []
    post(client, address(case), address(case, "questions"), text=text + " ê", send_anyway="1")
    assert len(questions(case)) == 1


UNFIT_QUESTIONS = ["", "  \x00 ", "a" * 301, "a" * 20_000]


def test_a_question_must_say_something_and_be_short(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    for text in UNFIT_QUESTIONS:
        assert post(client, address(case), address(case, "questions"), text=text).status_code == 422
        assert questions(case) == []


def test_nobody_is_asked_after_all_reports_were_withdrawn(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    with transaction() as session:
        session.query(Report).filter_by(case_id=case.id).update({"state": "withdrawn"})
    assert post(client, address(case), address(case, "questions"), text="Où ?").status_code == 422
    assert questions(case) == []


def test_a_monitor_takes_a_case_but_gives_it_to_nobody_else(
    enter: Enter, make_user: Callable[..., User]
) -> None:
    client, user = enter()
    colleague = make_user(organisation=user.organisation)
    case = report_case(PILLAGE)
    target = address(case, "assignment")
    assert post(client, address(case), target, assignee=user.id).status_code == 303
    assert fresh(case).assigned_to_id == user.id
    assert post(client, address(case), target, assignee=colleague.id).status_code == 403
    assert post(client, address(case), target, assignee="\x00").status_code == 422
    assert fresh(case).assigned_to_id == user.id
    assert post(client, address(case), target, assignee="").status_code == 303
    assert fresh(case).assigned_to_id is None


def test_a_supervisor_assigns_within_the_organisation_only(
    enter: Enter, make_user: Callable[..., User]
) -> None:
    client, user = enter(Role.SUPERVISOR)
    colleague, stranger = make_user(organisation=user.organisation), make_user()
    auditor = make_user(Role.AUDITOR, organisation=user.organisation)
    case = report_case(PILLAGE)
    target = address(case, "assignment")
    for unfit in (stranger, auditor):
        assert post(client, address(case), target, assignee=unfit.id).status_code == 422
    assert post(client, address(case), target, assignee=colleague.id).status_code == 303
    assert fresh(case).assigned_to_id == colleague.id


def test_a_case_that_somebody_took_up_no_longer_needs_a_person(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, needs_person="no_place")
    assert post(client, address(case), address(case, "status"), status="in_progress").status_code == 303
    assert (fresh(case).status, fresh(case).needs_person) == ("in_progress", "")
    assert post(client, address(case), address(case, "status"), status="lost").status_code == 422


def test_verification_needs_a_ground_and_the_right(enter: Enter) -> None:
    monitor, _ = enter()
    supervisor, _ = enter(Role.SUPERVISOR)
    case = report_case(PILLAGE)
    target = address(case, "verification")
    ground = "Trois sources indépendantes"
    assert post(monitor, address(case), target, verification="pending", reason=ground).status_code == 403
    short = post(supervisor, address(case), target, verification="pending", reason="vu")
    assert short.status_code == 422
    assert 'href="#verify-reason"' in short.text
    assert post(supervisor, address(case), target, verification="pending", reason=ground).status_code == 303
    assert fresh(case).verification == "pending"


def test_notes_are_read_by_the_desk_and_by_those_who_wrote_them(enter: Enter) -> None:
    case = report_case(PILLAGE)
    desk_client, _ = enter()
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    refer(case, user)
    post(desk_client, address(case), address(case, "notes"), text="Note de la cellule")
    post(client, address(case), address(case, "notes"), text="Note du partenaire")
    assert "Note du partenaire" in desk_client.get(address(case)).text
    assert "Note de la cellule" not in client.get(address(case)).text


def test_the_desk_refers_by_hand_but_never_to_those_the_report_names(
    enter: Enter, make_organisation: Callable[..., Organisation]
) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, GENDARMES)
    named = make_organisation(OrganisationKind.INSTITUTION, conflict_actors=["gendarmerie"])
    other = make_organisation(OrganisationKind.CIVIL_SOCIETY)
    target = address(case, "referrals")
    refused = post(client, address(case), target, organisation=named.id)
    assert refused.status_code == 422
    assert f'<option value="{named.id}"' not in refused.text
    assert post(client, address(case), target, organisation=other.id, deadline_hours=24).status_code == 303
    assert post(client, address(case), target, organisation=other.id).status_code == 422
    assert [each.organisation_id for each in fresh(case).referrals] == [other.id]


@pytest.mark.parametrize(
    "fields", [{}, {"organisation": "x"}, {"deadline_hours": "9" * 40}, {"deadline_hours": -1}]
)
def test_a_referral_needs_an_organisation_and_a_deadline(
    enter: Enter, make_organisation: Callable[..., Organisation], fields: dict[str, object]
) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    named = (
        {"organisation": make_organisation(OrganisationKind.CNDH).id} if "deadline_hours" in fields else {}
    )
    assert post(client, address(case), address(case, "referrals"), **named, **fields).status_code == 422
    assert fresh(case).referrals == []


def test_a_partner_refers_to_nobody(enter: Enter, make_organisation: Callable[..., Organisation]) -> None:
    case = report_case(PILLAGE)
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    refer(case, user)
    other = make_organisation(OrganisationKind.CIVIL_SOCIETY)
    assert post(client, address(case), address(case, "referrals"), organisation=other.id).status_code == 403


def test_the_receiving_organisation_answers_and_declining_needs_a_reason(enter: Enter) -> None:
    case = report_case(PILLAGE)
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    referral = refer(case, user)
    target = address(case, "referrals", referral.id)
    assert post(client, address(case), target, state="done").status_code == 422
    assert post(client, address(case), target, state="accepted").status_code == 303
    assert post(client, address(case), address(case, "assignment"), assignee=user.id).status_code == 303
    assert post(client, address(case), target, state="declined", note="non").status_code == 422
    declined = post(client, address(case), target, state="declined", note="Hors de notre mandat")
    assert (declined.status_code, declined.location) == (303, "/desk/")
    assert client.get(address(case)).status_code == 404
    assert fresh(case).assigned_to_id is None


def test_only_the_desk_sends_and_revokes(enter: Enter) -> None:
    case = report_case(PILLAGE)
    desk_client, _ = enter()
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    referral = refer(case, user, "proposed")  # type: ignore[arg-type]
    target = address(case, "referrals", referral.id)
    assert post(desk_client, address(case), target, state="sent").status_code == 303
    assert post(desk_client, address(case), target, state="accepted").status_code == 403
    assert post(client, address(case), target, state="revoked").status_code == 403
    assert post(desk_client, address(case), target, state="revoked").status_code == 303
    assert client.get(address(case)).status_code == 404
    assert [each.state for each in fresh(case).referrals] == ["revoked"]


def test_a_form_without_its_token_does_nothing_and_loses_no_text(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    answer = client.post(address(case, "notes"), data={"text": "Une longue note <b>", "version": 1})
    assert answer.status_code == 400
    assert "Une longue note &lt;b&gt;" in answer.text
    assert "Une longue note" not in client.get(address(case)).text
