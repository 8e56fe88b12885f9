"""Side doors: by filter, order, address, answer or difference nobody learns what the page itself doesn't show them."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

from flask.testing import FlaskClient

from app.casework import conflicts, history
from app.casework.conclusions import Understanding, take_in_answer, take_in_report
from app.casework.conflicts import Concerned
from app.casework.history import EventKind
from app.casework.merging import merge
from app.casework.splitting import undo_merge
from app.clock import utcnow
from app.database import transaction
from app.intake.receipts import withdraw
from app.models import (
    UNSAFE_ADDITION,
    Act,
    Case,
    Disclosure,
    Message,
    OrganisationKind,
    Referral,
    Report,
    Role,
    User,
)

from .conftest import Enter
from .desk import PILLAGE, URGENT, address, fresh, post, refer, report_case
from .talking import add_message, message_of, phone_case, report_of

PARTNER = OrganisationKind.CIVIL_SOCIETY


def refer_with(case: Case, user: User, disclosure: Disclosure) -> Referral:
    """A referral whose answer isn't due yet."""
    referral = refer(case, user)
    with transaction() as session:
        kept = session.get_one(Referral, referral.id)
        kept.disclosure, kept.deadline_at = disclosure, utcnow() + timedelta(days=3)
        kept.reasons = ["Gendarmes à Koro · v3"]
    return referral


def assign(case: Case, user: User) -> None:
    with transaction() as session:
        session.get_one(Case, case.id).assigned_to_id = user.id


def test_a_summary_is_not_found_by_the_work_that_it_does_not_tell_of(enter: Enter) -> None:
    long_ago = utcnow() - timedelta(days=30)
    waiting = report_case(
        PILLAGE, received_at=long_ago, status="waiting_for_reporter", needs_person=UNSAFE_ADDITION
    )
    new, given = report_case(PILLAGE, received_at=long_ago), report_case(PILLAGE)
    _, colleague = enter()
    assign(given, colleague)
    client, user = enter(Role.SUPERVISOR, PARTNER)
    for each in (waiting, new, given):
        refer_with(each, user, Disclosure.SUMMARY)
    page = client.get("/desk/").text
    assert all(each.reference in page for each in (waiting, new, given))
    assert "chip-waiting_for_reporter" not in page
    assert "chip-new" not in page
    queries = ("status=waiting_for_reporter", "status=new", "needs_person=1", "unassigned=1", "overdue=1")
    for query in (*queries, f"assignee={colleague.id}"):
        found = client.get(f"/desk/?{query}").text
        assert not [each for each in (waiting, new, given) if each.reference in found], query


def test_the_next_page_does_not_tell_when_a_report_came_in(enter: Enter) -> None:
    client, user = enter(Role.MONITOR, PARTNER)
    for _ in range(26):
        refer_with(report_case(PILLAGE), user, Disclosure.SUMMARY)
    word = re.search(r"after=([\w-]+)", client.get("/desk/").text)
    assert word is not None
    plain = base64.urlsafe_b64decode(word[1] + "=" * (-len(word[1]) % 4))
    assert f"{utcnow():%Y-}".encode() not in plain
    assert len(re.findall("data-case=", client.get(f"/desk/?after={word[1]}").text)) == 1


def test_a_summary_does_not_name_the_rule_that_sent_it(enter: Enter) -> None:
    case = report_case(PILLAGE)
    client, user = enter(Role.MONITOR, PARTNER)
    refer_with(case, user, Disclosure.SUMMARY)
    assert "Gendarmes" not in client.get(address(case)).text


def late(client: FlaskClient, case: Case, target: str, **fields: str) -> int:
    return post(client, address(case), address(case, target), version="0", **fields).status_code


def test_a_late_form_tells_a_partner_nothing_of_other_organisations(enter: Enter) -> None:
    case = report_case(PILLAGE)
    desk, _ = enter(Role.SUPERVISOR)
    (_, asked), (_, unasked) = enter(Role.MONITOR, OrganisationKind.CNDH), enter(Role.MONITOR, PARTNER)
    post(desk, address(case), address(case, "referrals"), organisation=str(asked.organisation_id))
    client, user = enter(Role.SUPERVISOR, PARTNER)
    refer_with(case, user, Disclosure.ANONYMISED)
    answers = {
        late(client, case, "referrals", organisation=str(each.organisation_id)) for each in (asked, unasked)
    }
    assert answers == {403}


def test_a_late_form_tells_whoever_has_the_summary_nothing_of_the_work(enter: Enter) -> None:
    case = report_case(PILLAGE)
    desk, _ = enter(Role.SUPERVISOR)
    client, user = enter(Role.SUPERVISOR, PARTNER)
    refer_with(case, user, Disclosure.SUMMARY)
    before = late(client, case, "status", status="closed")
    post(desk, address(case), address(case, "status"), status="in_progress")
    assert late(client, case, "status", status="closed") == before == 403


def read_again(case: Case, text: str = "rien de plus") -> None:
    with transaction() as session:
        report = session.query(Report).filter_by(case_id=case.id).one()
        message = min(report.messages, key=lambda each: each.created_at)
        take_in_report(session, report, message, Understanding(text, "fra", b"sealed", [PILLAGE]))


def test_reading_a_report_again_does_not_release_what_waits_for_the_desk(enter: Enter) -> None:
    """As after its writer has allowed more: an unsafe addition was still read by nobody."""
    case = report_case(PILLAGE)
    client, user = enter(Role.MONITOR, PARTNER)
    refer_with(case, user, Disclosure.ANONYMISED)
    addition = add_message(case).id
    with transaction() as session:
        unsafe = Understanding("canarineighbour", "fra", b"sealed", [], needs_person="residual_risk")
        kept = session.get_one(Case, case.id)
        take_in_answer(session, kept, session.get_one(Message, addition), None, unsafe)
    assert fresh(case).needs_person == UNSAFE_ADDITION
    read_again(case)
    assert fresh(case).needs_person == UNSAFE_ADDITION
    assert "Hidden until the desk" in client.get("/desk/").text


def test_a_report_read_again_as_unsafe_is_held_from_those_who_have_it(enter: Enter) -> None:
    case = report_case(PILLAGE)
    client, user = enter(Role.MONITOR, PARTNER)
    refer_with(case, user, Disclosure.ANONYMISED)
    with transaction() as session:
        report = session.query(Report).filter_by(case_id=case.id).one()
        unsafe = Understanding("canarineighbour", "fra", b"sealed", [PILLAGE], needs_person="residual_risk")
        take_in_report(session, report, report.messages[0], unsafe)
    assert "canarineighbour" not in client.get(address(case)).text


def test_whom_a_case_concerns_does_not_find_it_in_the_audit_trail(enter: Enter) -> None:
    case = report_case(PILLAGE, URGENT)
    (desk, colleague), (client, person) = enter(Role.SUPERVISOR), enter(Role.SUPERVISOR)
    desk.get(address(case))
    refer_with(case, enter(Role.MONITOR, PARTNER)[1], Disclosure.ANONYMISED)
    assert case.reference in client.get("/desk/audit").text
    with transaction() as session:
        writer, concerned = session.get_one(User, colleague.id), Concerned(user_id=person.id)
        conflicts.state_conflict(session, writer, case.id, concerned, reason="nommé dans le récit")
    for page in ("/desk/audit", f"/desk/audit?subject={case.reference}&whole=1"):
        shown = client.get(page).text
        assert case.reference not in shown.replace(f'value="{case.reference}"', ""), page
    assert case.reference in desk.get("/desk/audit").text


def test_history_does_not_give_the_reference_of_a_case_that_concerns_its_reader(enter: Enter) -> None:
    case, hidden = report_case(PILLAGE), report_case(PILLAGE)
    desk, _ = enter(Role.SUPERVISOR)
    client, person = enter(Role.SUPERVISOR)
    with transaction() as session:
        writer = session.get_one(User, person.id)
        detail = {"from": str(case.id), "to": str(hidden.id)}
        history.write(session, writer, session.get_one(Case, case.id), EventKind.MESSAGE_MOVED, detail=detail)
    assert hidden.reference in client.get(address(case)).text
    with transaction() as session:
        conflicts.keep_found(session, session.get_one(Case, hidden.id), [Concerned(user_id=person.id)])
    assert hidden.reference not in client.get(address(case)).text
    assert hidden.reference in desk.get(address(case)).text


def two_of_one_phone(enter: Enter, **columns: str) -> tuple[FlaskClient, User, Case, Case]:
    """A partner with one of two cases of a phone, which holds a first message; the other one has a second."""
    client, user = enter(Role.MONITOR, PARTNER)
    case, contact = phone_case(PILLAGE)
    other, _ = phone_case(PILLAGE, contact=contact, text="canarimoved", **columns)
    refer_with(case, user, Disclosure.ANONYMISED)
    return client, user, case, other


def move(enter: Enter, source: Case, target: Case) -> None:
    desk, _ = enter(Role.SUPERVISOR)
    where = address(source, "messages", message_of(source).id, "move")
    assert post(desk, address(source), where, to_case=str(target.id)).status_code == 303


def test_what_is_moved_to_a_case_is_not_read_by_whom_its_writer_did_not_allow(enter: Enter) -> None:
    client, _, case, other = two_of_one_phone(enter)
    with transaction() as session:
        session.get_one(Report, report_of(other).id).consent = {"share_with": ["cndh"]}
    move(enter, other, case)
    assert client.get(address(case)).status_code == 404


def test_what_is_moved_to_a_case_is_not_read_by_whom_it_concerns(enter: Enter) -> None:
    client, user, case, other = two_of_one_phone(enter)
    with transaction() as session:
        concerned = Concerned(organisation_id=user.organisation_id)
        conflicts.keep_found(session, session.get_one(Case, other.id), [concerned])
    move(enter, other, case)
    assert client.get(address(case)).status_code == 404


def test_what_is_moved_to_a_case_is_held_if_nobody_has_read_it(enter: Enter) -> None:
    client, _, case, other = two_of_one_phone(enter, needs_person="residual_risk")
    move(enter, other, case)
    assert "canarimoved" not in client.get(address(case)).text


def test_a_partner_does_not_learn_how_many_reports_come_in(enter: Enter) -> None:
    client, _ = enter(Role.MONITOR, PARTNER)
    before = re.search(r"since=(\d+)\.", client.get("/desk/").text)
    report_case(PILLAGE)
    after = re.search(r"since=(\d+)\.", client.get("/desk/").text)
    assert before
    assert after
    assert before[1] == after[1]


def test_that_nobody_of_the_desk_may_read_a_case_does_not_release_what_waits_for_eyes(enter: Enter) -> None:
    case = report_case(PILLAGE, text="canarineighbour", needs_person=UNSAFE_ADDITION)
    client, user = enter(Role.MONITOR, PARTNER)
    _, desk = enter(Role.SUPERVISOR)
    refer_with(case, user, Disclosure.ANONYMISED)
    with transaction() as session:
        kept = session.get_one(Case, case.id)
        assert not conflicts.keep_found(session, kept, [Concerned(user_id=desk.id)])
    assert "canarineighbour" not in client.get(address(case)).text


def test_an_act_that_was_taken_away_is_not_found_any_more(enter: Enter) -> None:
    case = report_case(PILLAGE)
    client, _ = enter()
    assert case.reference in client.get("/desk/?violation=pillage").text
    with transaction() as session:
        session.query(Act).filter_by(case_id=case.id).one().removed_at = utcnow()
    assert case.reference not in client.get("/desk/?violation=pillage").text


def test_undoing_a_merge_does_not_release_what_came_in_meanwhile(enter: Enter) -> None:
    case, other = report_case(PILLAGE), report_case(PILLAGE, needs_person=UNSAFE_ADDITION)
    _, user = enter(Role.SUPERVISOR)
    ours = report_of(case).id
    with transaction() as session:
        done = merge(session, session.get_one(User, user.id), case.id, other.id).id
    with transaction() as session:
        addition = Message(
            report_id=ours, direction="in", state="received", channel="sms", created_at=utcnow()
        )
        session.add(addition)
        session.flush()
        unsafe = Understanding("canarineighbour", "fra", b"sealed", [], needs_person="residual_risk")
        take_in_answer(session, session.get_one(Case, case.id), addition, None, unsafe)
    with transaction() as session:
        undo_merge(session, session.get_one(User, user.id), case.id, done)
    assert fresh(case).needs_person == UNSAFE_ADDITION
    assert "canarineighbour" in fresh(case).anonymised_text


def test_what_one_of_two_writers_withdrew_is_read_no_more(enter: Enter) -> None:
    case, other = report_case(PILLAGE), report_case(PILLAGE, text="canariwithdrawn")
    desk, user = enter(Role.MONITOR)
    partner, person = enter(Role.MONITOR, PARTNER)
    refer_with(case, person, Disclosure.ANONYMISED)
    withdrawn = report_of(other).id
    with transaction() as session:
        merge(session, session.get_one(User, user.id), case.id, other.id)
    assert "canariwithdrawn" in partner.get(address(case)).text
    assert withdraw(withdrawn)
    third = report_case(PILLAGE)
    for client, page in ((partner, ""), (desk, ""), (desk, f"twins/{third.id}")):
        assert "canariwithdrawn" not in client.get(address(case, *page.split("/")).rstrip("/")).text, page
