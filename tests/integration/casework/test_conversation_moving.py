"""A message that joined the wrong case is moved with one click, with all that was concluded from it, and back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.casework.conclusions import Understanding, take_in_report
from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    AuditEntry,
    Case,
    CaseEvent,
    Conversation,
    Finding,
    Message,
    OrganisationKind,
    OwedWork,
    Referral,
    Report,
    Role,
)
from app.receipts import derived_code, receipt_hash
from app.settings import Settings

from .conftest import Enter
from .desk import KORO, PILLAGE, TORTURE, URGENT, address, fresh, post, refer
from .talking import add_message, message_of, owed, phone_case, report_of

SECOND = "à Koro on a frappé [PERSONNE-2]"


def with_second_message(case: Case) -> Message:
    """A second message that joined the case's report and from which a torture in Koro was concluded."""
    message = add_message(case, created_at=utcnow() + timedelta(minutes=5))
    with transaction() as session:
        taken = Understanding(SECOND, "fra", b"sealed", [TORTURE, KORO])
        take_in_report(session, report_of(case), session.get_one(Message, message.id), taken)
    return message


def move(client: FlaskClient, case: Case, message: Message, target: Case | None = None) -> TestResponse:
    fields = {"to_case": str(target.id)} if target else {}
    return post(client, address(case), address(case, "messages", message.id, "move"), **fields)


def case_with(message: Message) -> Case:
    """The case that a message is in now."""
    db.session.rollback()
    db.session.expire_all()
    report = db.session.get_one(Report, db.session.get_one(Message, message.id).report_id)
    return db.session.get_one(Case, report.case_id)


def kinds(case: Case) -> set[str]:
    return set(db.session.scalars(select(Finding.kind).where(Finding.case_id == case.id)))


def test_a_message_gets_a_case_of_its_own_with_what_was_concluded_from_it(enter: Enter) -> None:
    client, _ = enter()
    case, contact = phone_case(PILLAGE, URGENT)
    message = with_second_message(case)
    assert move(client, case, message).status_code == 303
    new, old = case_with(message), fresh(case)
    assert new.id != old.id
    assert new.number == old.number + 1
    assert (new.anonymised_text, new.place_name) == (SECOND, "Koro")
    assert {act.violation_code for act in new.acts} == {"torture"}
    assert kinds(new) == {"violation", "place"}
    assert "[PERSONNE-2]" not in old.anonymised_text
    assert (old.place_name, {act.violation_code for act in old.acts}) == (None, {"pillage"})
    report = db.session.get_one(Report, message_of(new).report_id)
    assert report.contact_id == contact.id


def test_the_machine_reads_it_again_even_if_it_was_read_before(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    move(client, case, message)
    moved_to = message_of(case_with(message)).report_id
    assert owed() == [("process_report", moved_to)]
    with transaction() as session:
        work = session.scalars(select(OwedWork)).one()
        work.done_at, work.attempts, work.failure = utcnow(), 3, "CannotOpen"
    assert owed() == []
    move(client, case_with(message), message, case)  # what joins a case only fills in what it lacks
    assert owed() == [("process_answer", message.id)]
    move(client, case, message)
    move(client, case_with(message), message, case)
    assert [job for job, _ in owed()].count("process_answer") == 1


def test_the_new_report_has_a_code_that_works(enter: Enter, settings: Settings) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    move(client, case, message)
    report = db.session.get_one(Report, message_of(case_with(message)).report_id)
    code = derived_code(settings.lookup_key, report.channel_reference.hex())
    assert report.receipt_hash == receipt_hash(settings.lookup_key, code)


def test_moving_back_undoes_it(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    before = fresh(case).anonymised_text
    move(client, case, message)
    new = case_with(message)
    assert f"To {case.reference} of the same phone" in client.get(address(new)).text
    assert move(client, new, message, case).status_code == 303
    old, left = fresh(case), db.session.get_one(Case, new.id)
    assert case_with(message).id == old.id
    assert old.anonymised_text == before
    assert {act.violation_code for act in old.acts} == {"pillage", "torture"}
    assert (left.status, left.anonymised_text, left.acts) == ("closed", "", [])


def test_to_a_case_that_was_left_empty_it_can_go_back_too(enter: Enter) -> None:
    client, _ = enter()
    first, contact = phone_case(PILLAGE)
    second, _ = phone_case(TORTURE, contact=contact)
    message = message_of(first)
    assert move(client, first, message, second).status_code == 303
    assert fresh(first).status == "closed"
    assert move(client, second, message, first).status_code == 303
    assert case_with(message).id == first.id
    assert fresh(first).status == "in_progress"
    assert fresh(second).status == "new"


def test_the_last_message_takes_its_report_along_with_its_questions(enter: Enter) -> None:
    client, _ = enter()
    first, contact = phone_case(PILLAGE)
    second, _ = phone_case(TORTURE, contact=contact)
    add_message(first, "out", text="Quel jour ?")
    report = report_of(first)
    move(client, first, message_of(first), second)
    assert "Quel jour ?" in client.get(address(second)).text
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Report, report.id).case_id == second.id


def test_what_was_asked_of_partners_for_an_emptied_case_is_taken_back(enter: Enter) -> None:
    client, _ = enter()
    _, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    first, contact = phone_case(PILLAGE)
    second, _ = phone_case(TORTURE, contact=contact)
    referral = refer(first, partner)
    move(client, first, message_of(first), second)
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Referral, referral.id).state == "revoked"


def test_a_repeat_follows_its_message(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    repeat = add_message(case, repeats_message_id=message.id, created_at=utcnow() + timedelta(minutes=6))
    move(client, case, message)
    assert case_with(repeat).id == case_with(message).id


def test_what_the_person_writes_next_goes_on_from_the_moved_message(enter: Enter) -> None:
    client, _ = enter()
    case, contact = phone_case(PILLAGE)
    message = with_second_message(case)
    with transaction() as session:
        session.add(Conversation(contact_id=contact.id, report_id=report_of(case).id, state="open"))
    move(client, case, message)
    moved_to = message_of(case_with(message)).report_id
    talk = db.session.scalars(select(Conversation)).one()
    assert (talk.report_id, talk.state) == (moved_to, "finished")  # and is asked nothing because of a click


def test_both_histories_and_the_chain_tell_it(enter: Enter) -> None:
    client, user = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    move(client, case, message)
    new = case_with(message)
    line = f"{case.reference} → {new.reference}"
    assert line in client.get(address(case)).text
    assert line in client.get(address(new)).text
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "message.moved")).all()
    assert {entry.subject for entry in entries} == {f"case:{case.id}", f"case:{new.id}"}
    assert {entry.actor for entry in entries} == {f"user:{user.id}"}


def test_a_message_that_is_alone_can_not_be_made_more_so(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    assert "To a new case of its own" not in client.get(address(case)).text
    assert move(client, case, message_of(case)).status_code == 422
    assert len(db.session.scalars(select(Case)).all()) == 1


def test_it_goes_only_to_a_case_of_the_same_phone(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    other, _ = phone_case(TORTURE)
    message = with_second_message(case)
    assert move(client, case, message, other).status_code == 422
    assert case_with(message).id == case.id


@pytest.mark.parametrize("change", ["outgoing", "of_another_case", "withdrawn"])
def test_what_can_not_be_moved_stays(enter: Enter, change: str) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    with transaction() as session:
        if change == "outgoing":
            session.get_one(Message, message.id).direction = "out"
        if change == "withdrawn":
            session.get_one(Report, message.report_id).state = "withdrawn"
    home = phone_case(TORTURE)[0] if change == "of_another_case" else case
    assert move(client, home, message).status_code == 404
    assert case_with(message).id == case.id


def test_a_partner_moves_nothing(enter: Enter) -> None:
    client, user = enter(Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY)
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    refer(case, user)
    assert move(client, case, message).status_code == 403
    assert db.session.scalars(select(CaseEvent).where(CaseEvent.kind == "message_moved")).all() == []


def test_a_page_that_is_out_of_date_moves_nothing(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(PILLAGE)
    message = with_second_message(case)
    page = client.get(address(case)).text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token
    post(client, address(case), address(case, "status"), status="in_progress")
    target = address(case, "messages", message.id, "move")
    answer = client.post(target, data={"csrf_token": token[1], "version": str(case.version)})
    assert answer.status_code == 409
