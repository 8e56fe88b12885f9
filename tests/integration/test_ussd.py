"""A session by USSD: tell, follow up, get help, in the caller's language; the same code for the same text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, transaction
from app.intake import ussd
from app.intake.arrivals import prepare, store
from app.intake.gateways.configured import encrypt_web_secrets
from app.intake.gateways.protocol import UssdStep
from app.intake.service import NewReport, submit
from app.intake.ussd import Place, Screen, Step, next_screen, walk
from app.limits import WRONG_CODES
from app.messaging.harmlessness import harmful_words
from app.messaging.segments import count_segments
from app.models import Arrival, Channel, Gateway, User, Wording
from app.receipts import derived_code
from app.settings import Settings

CALLER = "+22376123456"
GATEWAY = "orange"
SECRET = "s" * 30
TEXT = "Ils ont pris 20 boeufs a Koro hier"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")


def screen(settings: Settings, *inputs: str, session: str = "ATUid_1") -> Screen:
    return next_screen(settings, GATEWAY, UssdStep(session, CALLER, inputs))


def away(*_arguments: object, **_keywords: object) -> None:
    raise OperationalError("", {}, Exception())


def test_the_first_screen_offers_to_write_to_follow_up_help_and_other_languages(
    app: Flask, settings: Settings
) -> None:
    first = screen(settings)
    assert first == Screen("1 Ecrire\n2 Suite\n3 Aide\n0 Langue")


def test_what_was_written_is_accepted_whole_and_the_code_is_on_the_same_screen(
    app: Flask, settings: Settings
) -> None:
    assert screen(settings, "1").text == "Ecrivez ce qui s'est passe, ou et quand."
    last = screen(settings, "1", TEXT)
    assert last.ends
    assert last.accepted is not None
    assert (last.accepted.text, last.accepted.sender) == (TEXT, CALLER)
    assert CODE.search(last.text)
    assert len(last.text) <= ussd.LONGEST_SCREEN


def test_the_code_is_that_of_the_stored_arrival_and_the_same_step_again_says_it_again(
    app: Flask, settings: Settings
) -> None:
    first, again = screen(settings, "1", TEXT), screen(settings, "1", TEXT)
    assert first.text == again.text
    assert first.accepted is not None
    for _ in range(2):
        store([prepare(settings, GATEWAY, first.accepted, utcnow())])
    arrival = db.session.scalars(select(Arrival)).one()
    assert arrival.channel == Channel.USSD
    assert derived_code(settings.lookup_key, arrival.reference.hex()) in first.text


def test_another_session_has_another_code(app: Flask, settings: Settings) -> None:
    codes = {CODE.findall(screen(settings, "1", TEXT, session=name).text)[0] for name in ("a", "b")}
    assert len(codes) == 2


def test_a_language_can_be_chosen_first(app: Flask, settings: Settings) -> None:
    assert screen(settings, "0").text == "Langue\n1 Francais\n2 English\n3 Bamanankan"
    assert screen(settings, "0", "2").text.startswith("1 Write")
    last = screen(settings, "0", "3", "1", "Misi bora")
    assert last.accepted is not None
    assert last.accepted.language == "bm"
    assert last.text.startswith("I ka bataki")


def test_a_text_with_stars_comes_whole(app: Flask, settings: Settings) -> None:
    last = screen(settings, "1", "3 personnes ", " toutes parties", "", " aidez")
    assert last.accepted is not None
    assert last.accepted.text == "3 personnes * toutes parties** aidez"


def test_a_message_typed_instead_of_a_number_is_a_message(app: Flask, settings: Settings) -> None:
    assert screen(settings, TEXT).accepted is not None
    assert screen(settings, "9").accepted is None
    assert screen(settings, "9", "1", TEXT).accepted is not None  # a wrong number is asked for again


def test_nothing_written_is_asked_for_again(app: Flask, settings: Settings) -> None:
    assert screen(settings, "1", " ").text == screen(settings, "1").text
    assert screen(settings, "1", "", TEXT).accepted is not None


def test_help_ends_the_session_with_the_help_that_sms_get(app: Flask, settings: Settings) -> None:
    last = screen(settings, "3")
    assert last.ends
    assert "RETIRER" in last.text


def test_how_far_a_message_is_by_its_code(app: Flask, settings: Settings) -> None:
    receipt = submit(
        settings, NewReport(Channel.SMS, "SM1", {"text": TEXT}, received_at=utcnow(), gateway="twilio")
    )
    assert not screen(settings, "2").ends
    last = screen(settings, "2", receipt.code.lower().replace("-", " "))
    assert last == Screen("Votre message est bien arrive et sera lu.", ends=True)


def test_guessing_codes_is_limited(app: Flask, settings: Settings) -> None:
    for _ in range(WRONG_CODES.amount):
        assert "pas connu" in screen(settings, "2", "ABCD-EFGH-JKM1").text
    assert "Trop d" in screen(settings, "2", "ABCD-EFGH-JKM1").text


def test_an_administrators_wording_is_said_but_never_at_the_cost_of_the_code(
    app: Flask, settings: Settings, make_user: Callable[..., User]
) -> None:
    user = make_user()
    with transaction() as session:
        changed = Wording(key="received", language="fr", text="Merci. {code}", updated_by_id=user.id)
        session.add(changed)
    assert screen(settings, "1", TEXT).text.startswith("Merci. ")
    with transaction() as session:
        session.get_one(Wording, changed.id).text = "Merci beaucoup. " * 20 + "{code}"
    assert CODE.fullmatch(screen(settings, "1", TEXT).text)


def test_without_the_database_a_message_is_still_taken(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = screen(settings, "1", TEXT)
    monkeypatch.setattr(Session, "execute", away)
    monkeypatch.setattr(Session, "scalar", away)
    assert screen(settings, "1", TEXT) == expected
    assert "plus tard" in screen(settings, "2", "ABCD-EFGH-JKM1").text


def test_a_session_through_africas_talking(client: FlaskClient, settings: Settings) -> None:
    with transaction() as session:
        secrets = encrypt_web_secrets(settings, {"path_secret": SECRET})
        session.add(Gateway(slug=GATEWAY, provider="africastalking", label="USSD", web_secrets=secrets))
    form = {"sessionId": "ATUid_7", "phoneNumber": CALLER, "serviceCode": "*384#", "networkCode": "61002"}
    address = f"/webhooks/{GATEWAY}/ussd/{SECRET}"
    assert client.post(address, data={**form, "text": ""}).text.startswith("CON 1 Ecrire")
    answers = {client.post(address, data={**form, "text": f"1*{TEXT}"}).text for _ in range(3)}
    assert len(answers) == 1
    assert answers.pop().startswith("END Bien recu")
    db.session.rollback()
    assert db.session.scalars(select(Arrival.kind)).all() == ["ussd"]
    assert client.post(f"/webhooks/{GATEWAY}/ussd/{'x' * 30}", data=form).status_code == 403


@given(st.lists(st.text(max_size=30), max_size=8), st.sampled_from(["fr", "en", "bm", "xx"]))
def test_whatever_is_typed_leads_somewhere_and_the_same_place_again(inputs: list[str], language: str) -> None:
    place = walk(tuple(inputs), language)
    assert place == walk(tuple(inputs), language)
    assert place.step is not Step.MENU or not place.typed
    assert not place.typed or place.typed in "*".join(inputs)


def test_what_follows_a_question_is_never_taken_for_a_choice() -> None:
    assert walk(("1", "2", "3"), "fr") == Place(Step.REPORT, "fr", "2*3")
    assert walk(("0", "9", "2", "0", "1"), "fr") == Place(Step.MENU, "fr")


@pytest.mark.parametrize("language", list(ussd.texts()))
def test_every_screen_fits_every_phone_and_is_harmless(language: str) -> None:
    for text in ussd.texts()[language].values():
        segments = count_segments(text)
        assert segments.count == 1
        assert not segments.costly_letters
        assert not harmful_words(text)
