"""What one word does: help, status, withdrawal, silence and speech again, the language; and who is never answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources

import pytest
from sqlalchemy import func, select

from app.database import db, transaction
from app.intake.gateways.protocol import Consent
from app.messaging import dialogue
from app.messaging.dialogue import Command
from app.messaging.dialogue.languages import fold
from app.messaging.dialogue.languages import words as listed
from app.messaging.outbox import queue_text
from app.models import (
    ArrivalOutcome,
    Channel,
    Contact,
    DeliveryState,
    Message,
    MessagePurpose,
    Report,
    ReportState,
)
from app.receipts import derived_code
from tests.workers.intake.conftest import KORO, Phone

Answers = Callable[[], list[str]]


def reports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def only_contact() -> Contact:
    db.session.rollback()
    return db.session.scalars(select(Contact)).one()


def code_of(phone: Phone) -> str:
    """The code of a new report of this phone."""
    return derived_code(phone.keys.settings.lookup_key, phone.write(KORO).reference.hex())


def test_help_is_answered_and_not_kept(phone: Phone, answers: Answers) -> None:
    assert phone.write("AIDE").outcome == ArrivalOutcome.COMMAND
    assert (reports(), answers()) == (0, ["help"])


@pytest.mark.parametrize("change", [str.lower, str.upper, lambda code: code.replace("-", "")])
def test_status_with_the_code_tells_how_far_it_is(
    phone: Phone, answers: Answers, change: Callable[[str], str]
) -> None:
    phone.later(minutes=1).write(f"STATUS {change(code_of(phone))}")
    assert answers() == ["received", "status_received"]
    assert reports() == 1


def test_withdrawing_stops_everything_about_the_report(phone: Phone, answers: Answers) -> None:
    code = code_of(phone)
    phone.later(minutes=1).write(f"RETIRER {code}")
    phone.later(minutes=5).write(f"suivi {code}")
    assert answers() == ["received", "withdrawn", "status_withdrawn"]
    assert db.session.scalars(select(Report.state)).all() == [ReportState.WITHDRAWN]
    said = {message.template: message for message in db.session.scalars(select(Message))}
    assert said["received"].state == DeliveryState.CANCELLED
    assert said["withdrawn"].state == DeliveryState.QUEUED


def test_a_code_that_is_missing_or_wrong_is_told_so(phone: Phone, answers: Answers) -> None:
    phone.write("STATUS")
    phone.later(minutes=3).write("STATUS ABCD-EFGH-JKM1")
    phone.later(minutes=3).write("RETIRER ABCD-EFGH-JK")
    assert answers() == ["code_missing", "unknown_code", "unknown_code"]


def test_guessing_codes_ends_after_ten_in_an_hour(phone: Phone, answers: Answers) -> None:
    code = code_of(phone)
    for attempt in range(10):
        phone.later(minutes=3).write(f"STATUS ABCD-EFGH-JK{attempt}A")
    phone.later(minutes=3).write(f"STATUS {code}")
    assert answers()[1:] == ["unknown_code"] * 10 + ["too_many"]
    phone.later(hours=1).write(f"STATUS {code}")
    assert answers()[-1] == "status_received"


def test_another_phone_with_the_code_is_told_the_same(
    phone: Phone, other_phone: Phone, answers: Answers
) -> None:
    other_phone.write(f"STATUS {code_of(phone)}")
    assert answers()[-1] == "status_received"


def test_stop_cancels_what_is_queued_and_is_not_answered(phone: Phone, answers: Answers) -> None:
    phone.write(KORO)
    taken = phone.later(minutes=1).write("Arrêt")
    assert taken.outcome == ArrivalOutcome.CONSENT
    assert only_contact().stopped_at is not None
    assert answers() == ["received"]
    assert db.session.scalars(select(Message.state).where(Message.template.is_not(None))).all() == [
        "cancelled"
    ]


def test_who_stopped_is_still_heard_but_not_answered(phone: Phone, answers: Answers) -> None:
    phone.write("STOP")
    assert phone.later(hours=1).write(KORO).outcome == ArrivalOutcome.REPORT_OPENED
    assert (reports(), answers()) == (1, [])


def test_start_lets_texts_through_again(phone: Phone, answers: Answers) -> None:
    phone.write("STOP")
    phone.later(minutes=5).write("START")
    assert only_contact().stopped_at is None
    assert answers() == ["resumed"]


def test_the_providers_own_stop_and_start_count(phone: Phone, answers: Answers) -> None:
    phone.write("END", consent=Consent.STOP)
    assert only_contact().stopped_at is not None
    phone.later(minutes=5).write("UNSTOP", consent=Consent.START)
    assert only_contact().stopped_at is None
    assert (reports(), answers()) == (0, ["resumed"])


def test_a_story_that_a_provider_took_for_stop_is_kept_too(phone: Phone, answers: Answers) -> None:
    phone.write("stop ils arrivent aidez nous", consent=Consent.STOP)
    assert (reports(), answers()) == (1, [])


def test_a_story_that_begins_with_stop_is_a_report(phone: Phone, answers: Answers) -> None:
    phone.write("Stop ! ils arrivent, aidez-nous")
    assert only_contact().stopped_at is None
    assert (reports(), answers()) == (1, ["received"])


def test_the_language_asked_for_is_spoken_whatever_is_written(phone: Phone) -> None:
    phone.write("LANGUE bambara")
    phone.later(minutes=1).write(KORO)
    said = {message.template: message.language for message in db.session.scalars(select(Message))}
    assert (said["language_set"], said["received"]) == ("bm", "bm")


def test_a_language_that_is_not_offered_is_told_which_are(phone: Phone, answers: Answers) -> None:
    phone.write("LANGUE tamasheq")
    assert answers() == ["language_unknown"]


def test_english_is_answered_in_english(phone: Phone) -> None:
    phone.write("they took the cows of my uncle yesterday")
    assert db.session.scalars(select(Message.language).where(Message.template == "received")).one() == "en"


def test_a_command_handed_over_twice_is_answered_once(phone: Phone, answers: Answers) -> None:
    phone.write("AIDE")
    assert phone.later(seconds=30).write("AIDE").outcome == ArrivalOutcome.REPEATED
    phone.later(minutes=5).write("AIDE")
    assert answers() == ["help", "help"]


@pytest.mark.parametrize("sender", ["36111", "Orange", "ORANGE MALI", "102", ""])
def test_short_codes_and_names_are_heard_but_never_answered(
    phone: Phone, answers: Answers, sender: str
) -> None:
    phone.number = sender
    assert phone.write("Votre solde est de 200 F").outcome == ArrivalOutcome.REPORT_OPENED
    assert only_contact().is_machine
    assert (reports(), answers()) == (1, [])


def test_our_own_words_coming_back_are_not_a_report(phone: Phone, answers: Answers) -> None:
    code = code_of(phone)
    echo = phone.later(minutes=1).write(dialogue.say("received", "fr", code=code))
    assert echo.outcome == ArrivalOutcome.EMPTY
    assert (reports(), answers()) == (1, ["received"])


def test_a_colleagues_words_coming_back_are_not_either(phone: Phone) -> None:
    phone.write(KORO)
    with transaction() as session:
        queue_text(
            session,
            MessagePurpose.QUESTION,
            channel=Channel.SMS,
            contact_id=session.scalars(select(Contact.id)).one(),
            report_id=session.scalars(select(Report.id)).one(),
            text="A quelle heure etait-ce ? (merci)",
        )
    assert phone.later(minutes=1).write("A quelle heure etait-ce ? (merci)").outcome == ArrivalOutcome.EMPTY


def test_a_loop_is_no_longer_answered_until_something_else_comes(phone: Phone, answers: Answers) -> None:
    for _ in range(5):
        phone.later(minutes=70).write("Je suis en réunion, je vous rappelle")
    assert answers() == ["received", "added"]
    assert only_contact().is_machine
    phone.later(minutes=70).write("c'est moi, ils sont revenus")
    assert not only_contact().is_machine
    assert answers() == ["received", "added", "added"]


def test_a_phone_that_sends_thrice_on_a_bad_network_still_gets_its_code(
    phone: Phone, answers: Answers
) -> None:
    for _ in range(4):
        phone.later(seconds=20).write(KORO)
    assert not only_contact().is_machine
    assert (reports(), answers()) == (1, ["received"])


def test_empty_texts_are_answered_once_an_hour(phone: Phone, answers: Answers) -> None:
    for _ in range(3):
        phone.later(minutes=15).write("  ")
    assert answers() == ["empty"]


def test_no_word_of_the_vocabularies_is_taken_for_a_command_by_its_likeness() -> None:
    """The words by which triage reads reports: alone in a message they are a report, never a slip for a command."""
    folder = resources.files("workers") / "vocabularies"
    files = [file for file in folder.iterdir() if file.name.startswith(("violations", "urgency", "victims"))]
    words = {word for file in files for word in re.findall(r"[^\W\d_]{4,}", file.read_text("utf-8"))}
    exact = {
        word
        for each in Command
        for language in dialogue.languages()
        for word in listed(language, "words", each)
    }
    taken = {word for word in words if dialogue.read_command(word) is not None and fold(word) not in exact}
    assert len(words) > 500
    assert taken <= {"languages", "starv", "suiv"}  # the first tells nothing, the others are stems, not words
