"""What a monitor sees of the talk with a reporter, and what is said before a question goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.casework.starters import starters
from app.clock import utcnow
from app.database import db, transaction
from app.messaging.harmlessness import harmful_words
from app.messaging.segments import count_segments
from app.models import AuditEntry, Case, Contact, Gateway, Message, OrganisationKind, Report

from .conftest import Enter
from .desk import PILLAGE, address, fresh, post, refer, report_case
from .talking import add_message, message_of, phone_case, report_of


def questions(case: Case) -> list[Message]:
    db.session.rollback()
    statement = select(Message).join(Report, Report.id == Message.report_id)
    return list(db.session.scalars(statement.where(Report.case_id == case.id, Message.direction == "out")))


def keep(contact: Contact, **wishes: object) -> None:
    with transaction() as session:
        kept = session.get_one(Contact, contact.id)
        for name, value in wishes.items():
            setattr(kept, name, value)


def test_a_question_is_queued_for_the_phone_through_the_gateway_it_wrote_by(enter: Enter) -> None:
    client, user = enter()
    case, contact = phone_case()
    with transaction():
        report_of(case).gateway = "bamako-1"
    assert post(client, address(case), address(case, "questions"), text="Quel jour ?").status_code == 303
    (question,) = questions(case)
    assert (question.state, question.purpose, question.gateway) == ("queued", "question", "bamako-1")
    assert (question.contact_id, question.written_by_id) == (contact.id, user.id)
    assert question.expires_at is not None
    assert fresh(case).status == "waiting_for_reporter"


def test_a_question_to_somebody_in_danger_goes_first(enter: Enter) -> None:
    client, _ = enter()
    for urgency in (3, 1):
        case, _ = phone_case()
        with transaction() as session:
            session.get_one(Case, case.id).urgency = urgency
        post(client, address(case), address(case, "questions"), text="Quel jour ?")
    db.session.rollback()
    urgent, routine = db.session.scalars(
        select(Message.priority).where(Message.direction == "out").order_by(Message.created_at)
    )
    assert urgent > routine


def test_a_call_is_answered_by_sms(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case(channel="voice")
    post(client, address(case), address(case, "questions"), text="Quel jour ?")
    assert [question.channel for question in questions(case)] == ["sms"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"stopped_at": utcnow()}, "asked for no messages"),
        ({"is_never_written": True}, "asked never to be written to"),
        ({"safe_from_minute": 5, "safe_until_minute": 5}, "leave no moment"),
    ],
)
def test_who_asked_for_silence_gets_it_and_the_colleague_the_reason(
    enter: Enter, wish: dict[str, object], words: str
) -> None:
    client, _ = enter()
    case, contact = phone_case()
    keep(contact, **wish)
    shown = client.get(address(case)).text
    assert words in shown
    assert f'action="{address(case, "questions")}"' not in shown
    answer = post(client, address(case), address(case, "questions"), text="Quel jour ?")
    assert answer.status_code == 422
    assert questions(case) == []


def test_the_page_says_when_it_can_go_out(enter: Enter) -> None:
    with time_machine.travel("2026-05-04 10:00:00+00:00"):
        client, _ = enter()
        case, contact = phone_case()
        keep(contact, safe_from_minute=18 * 60, safe_until_minute=21 * 60)
        page = client.get(address(case)).text
    assert "it goes out from 4 May 2026" in page
    assert "Write only between 18:00 and 21:00" in page


def test_a_cover_is_told_before_writing(enter: Enter) -> None:
    client, _ = enter()
    case, contact = phone_case()
    keep(contact, has_cover=True)
    assert "the phone shows only that" in client.get(address(case)).text


def test_the_price_of_the_gateway_is_told(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    with transaction() as session:
        session.add(Gateway(slug="g1", provider="smsgate", label="Phone in Bamako", price_per_segment=12.5))
        report_of(case).gateway = "g1"
    page = client.get(address(case)).text
    assert 'data-price="12.5"' in page
    assert "One SMS costs 12.5 FCFA." in page
    assert "Phone in Bamako" in page


LONG = "Où était-ce exactement, et le bétail est-il arrivé dans un autre endroit depuis, où que ce soit ? ê"


def test_costly_letters_can_be_written_without_them_and_nothing_is_sent_yet(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    refused = post(client, address(case), address(case, "questions"), text=LONG)
    assert refused.status_code == 422
    assert "These signs make it longer: ê" in refused.text
    assert "Write it without these signs" in refused.text
    redrawn = post(client, address(case), address(case, "questions"), text=LONG, act="transliterate")
    assert redrawn.status_code == 200
    assert "où que ce soit ? e</textarea>" in redrawn.text
    assert questions(case) == []


def test_a_starter_only_fills_the_form(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    starter = starters("fr", "en")[0]
    assert starter.meaning in client.get(address(case)).text
    redrawn = post(client, address(case), address(case, "questions"), act="begin", starter=starter.text)
    assert (
        redrawn.text.count(starter.text.replace("'", "&#39;")) == 3
    )  # the form, and the list's value and words
    assert questions(case) == []


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_every_starter_is_one_harmless_sms(language: str) -> None:
    for starter in starters(language, "en"):
        assert count_segments(starter.text).count == 1, starter.text
        assert count_segments(starter.text).costly_letters == ()
        assert harmful_words(starter.text) == []


def test_words_that_could_endanger_who_holds_the_phone_must_be_confirmed(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    text = "La CNDH demande : quel jour ?"
    refused = post(client, address(case), address(case, "questions"), text=text)
    assert refused.status_code == 422
    assert "cndh" in refused.text
    assert questions(case) == []
    post(client, address(case), address(case, "questions"), text=text, send_anyway="1")
    assert len(questions(case)) == 1


def test_a_web_report_is_written_to_without_any_of_this(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, channel="web")
    page = client.get(address(case)).text
    assert "data-segments-for" not in page
    assert "What the reporter wishes" not in page
    text = "La CNDH " + "ê" * 200
    assert post(client, address(case), address(case, "questions"), text=text).status_code == 303


def test_every_message_stands_in_order_with_how_far_it_is(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    start = utcnow()
    states = {
        "queued": "To be sent",
        "sending": "Being sent",
        "sent": "Sent",
        "delivered": "Delivered",
        "undelivered": "Not delivered",
        "failed": "Not sent",
        "unknown": "ask again only if you must",
        "cancelled": "the person asked for no messages",
    }
    for number, state in enumerate(states):
        at = start + timedelta(seconds=number)
        failure = "stopped" if state == "cancelled" else None
        add_message(case, "out", state=state, text=f"question {number}", created_at=at, failure=failure)
    page = client.get(address(case)).text
    places = [page.index(f"question {number}") for number in range(len(states))]
    assert places == sorted(places)
    for words in states.values():
        assert words in page


def test_what_the_machine_said_stands_there_without_the_code(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    add_message(case, "out", template="received", language="en", state="sent")
    page = client.get(address(case)).text
    assert "Your code: ····-····-····" in page
    assert "{code}" not in page
    assert "Answered by the machine" in page


def test_a_repeat_is_marked_and_does_not_stand_in_the_account_twice(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    add_message(case, repeats_message_id=message_of(case).id)
    assert "The same text came again." in client.get(address(case)).text


def test_the_rule_by_which_messages_come_together_is_shown(enter: Enter) -> None:
    client, _ = enter()
    case, _ = phone_case()
    page = client.get(address(case)).text
    assert "Which messages come together" in page
    assert "48 hours" in page


def test_wishes_are_kept_and_the_chain_and_history_say_that_they_changed(enter: Enter) -> None:
    client, user = enter()
    case, contact = phone_case()
    fields = {"hours": "between", "first": "18:00", "last": "21:30", "has_cover": "1"}
    assert post(client, address(case), address(case, "wishes"), **fields).status_code == 303
    db.session.rollback()
    db.session.expire_all()
    kept = db.session.get_one(Contact, contact.id)
    assert (kept.safe_from_minute, kept.safe_until_minute) == (18 * 60, 21 * 60 + 30)
    assert (kept.has_cover, kept.is_never_written) == (True, False)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.wishes_changed")).one()
    assert entry.actor == f"user:{user.id}"
    assert "Wishes about messages changed" in client.get(address(case)).text


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("", "21:00", "such as 18:00"), ("18:00", "x", "such as 21:30"), ("9", "9", "differ")],
)
def test_hours_that_make_no_sense_are_told_beside_their_field(
    enter: Enter, first: str, last: str, words: str
) -> None:
    client, _ = enter()
    case, contact = phone_case()
    fields = {"hours": "between", "first": first, "last": last}
    answer = post(client, address(case), address(case, "wishes"), **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.get_one(Contact, contact.id).safe_from_minute is None


def test_a_partner_sees_the_talk_but_neither_number_nor_other_cases(enter: Enter) -> None:
    client, user = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case, contact = phone_case()
    phone_case(contact=contact)
    refer(case, user)
    page = client.get(address(case)).text
    assert "Conversation with the reporter" in page
    for hidden in ("Show the phone number", "Move this message", "of the same phone"):
        assert hidden not in page
