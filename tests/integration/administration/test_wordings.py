"""An administrator changes what the machine says to phones, within what is safe to say."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.audit import Action
from app.database import db
from app.messaging import dialogue
from app.messaging.segments import count_segments, transliterate
from app.messaging.wording_purposes import PURPOSES
from app.messaging.wordings import WordingRefused, check, filled, wording
from app.models import AuditEntry, Role, Wording
from tests.integration.casework.conftest import Enter

PAGE = "/desk/administration/wordings"
THANKS = "Merci bien. Vous pouvez ecrire a tout moment."


def token(client: FlaskClient, language: str = "fr") -> str:
    page = client.get(f"{PAGE}?language={language}").text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def send(
    client: FlaskClient, key: str, text: str = "", *, act: str = "save", language: str = "fr"
) -> tuple[int, str]:
    answer = client.post(
        f"{PAGE}/{language}/{key}",
        data={"csrf_token": token(client, language), "text": text, "act": act},
        follow_redirects=True,
    )
    return answer.status_code, answer.text


def said(key: str, language: str = "fr") -> str:
    db.session.rollback()
    return wording(db.session(), key, language)


def test_without_a_change_the_shipped_text_is_said(enter: Enter) -> None:
    enter(Role.ADMINISTRATOR)
    for language, texts in dialogue.texts().items():
        assert {key: said(key, language) for key in texts} == texts


def test_a_language_that_nobody_wrote_for_is_answered_in_french(enter: Enter) -> None:
    enter(Role.ADMINISTRATOR)
    assert said("thanks", "xx") == dialogue.texts()["fr"]["thanks"]


def test_a_changed_text_is_said_and_shown_beside_the_shipped_one(enter: Enter) -> None:
    client, user = enter(Role.ADMINISTRATOR)
    status, page = send(client, "thanks", THANKS)
    assert status == 200
    assert said("thanks") == THANKS
    assert said("thanks", "en") == dialogue.texts()["en"]["thanks"]
    assert THANKS in page
    assert "Shipped:" in page
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.WORDING_CHANGED)).one()
    assert (entry.subject, entry.actor, entry.detail) == (
        "wording:fr.thanks",
        f"user:{user.id}",
        {"to": "changed"},
    )


def test_the_shipped_text_can_be_had_back(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    send(client, "thanks", THANKS)
    send(client, "thanks", THANKS + " Au revoir.")
    send(client, "thanks", act="reset")
    assert said("thanks") == dialogue.texts()["fr"]["thanks"]
    assert db.session.scalars(select(Wording)).all() == []


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("thanks", "  ", "Write something first."),
        ("received", "Bien recu, merci.", "This must stay in the text: {code}."),
        ("thanks", "Merci {code}", "Nothing can be filled in here for: {code}."),
        ("thanks", "Merci { code", "Braces may only stand around a name"),
        ("received", "Merci {code.__class__}", "Braces may only stand around a name"),
        ("received", "Merci {code!r:>99}", "Braces may only stand around a name"),
        ("thanks", "Merci, la police est prevenue", "Take out what begins with: polic."),
        ("thanks", "Merci, vos DROITS comptent", "Take out what begins with: droit."),
        ("thanks", "Repondez YES pour continuer", "ask for another word"),
        ("thanks", "a" * 161, "This takes more than one SMS."),
        ("thanks", "ê" * 71, "because of these signs: ê."),
        ("received", "a" * 150 + "{code}", "This takes more than one SMS."),
        ("thanks", "a" * 481, "This is too long"),
    ],
)
def test_a_text_that_could_harm_or_fail_is_refused_and_stays_in_the_form(
    enter: Enter, key: str, text: str, problem: str
) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    status, page = send(client, key, text)
    assert status == 422
    assert problem in page
    assert f'href="#{key}-text"' in page
    assert said(key) == dialogue.texts()["fr"][key]


def test_bambara_may_take_two_sms(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    assert send(client, "thanks", "I ni ce. " * 30, language="bm")[0] == 200
    assert said("thanks", "bm").startswith("I ni ce.")


def test_costly_letters_are_named_and_rewritten_on_request_without_keeping_anything(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    status, page = send(client, "thanks", "Merci d’être là", act="transliterate")
    assert status == 200
    assert "Merci d&#39;etre là" in page
    assert said("thanks") == dialogue.texts()["fr"]["thanks"]


def test_every_text_of_every_language_says_what_it_is_for(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    assert {key for texts in dialogue.texts().values() for key in texts} <= set(PURPOSES)
    for language, texts in dialogue.texts().items():
        page = client.get(f"{PAGE}?language={language}").text
        assert len(re.findall(r"<textarea", page)) == len(texts)
        assert len(re.findall(r"data-segments-for", page)) == len(texts)


@pytest.mark.parametrize("address", [f"{PAGE}?language=xx", f"{PAGE}/fr/nothing", f"{PAGE}/xx/thanks"])
def test_what_there_is_not_is_not_found(enter: Enter, address: str) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    if "?" in address:
        assert client.get(address).status_code == 404
    else:
        answer = client.post(address, data={"csrf_token": token(client), "text": THANKS})
        assert answer.status_code == 404


def test_every_shipped_text_passes_the_check_that_changes_must_pass() -> None:
    for language, texts in dialogue.texts().items():
        for text in texts.values():
            check(text, text, language)


@given(st.text(max_size=120))
def test_any_text_is_refused_or_can_be_said(text: str) -> None:
    try:
        check(text, "Code : {code}", "fr")
    except WordingRefused:
        return
    assert "ABCD-EFGH-JKMN" in filled(text)
    assert count_segments(text.format(code="ABCD-EFGH-JKMN")).count == 1


LETTERS_OF_MALI = "ɛƐɔƆɲƝŋŊɓƁɗƊƴƳəƏǝƎɣƔʃƩẽũṣṭẓḍḥ"
TYPOGRAPHY = "«»“”‘’…–—\u00a0\u202f€°ª²½"
LATIN = st.characters(
    categories=["Lu", "Ll"],
    min_codepoint=0x20,
    max_codepoint=0x17F,
    include_characters=LETTERS_OF_MALI + TYPOGRAPHY + string.digits + string.punctuation + " \n",
)


@given(st.text(LATIN, max_size=80))
def test_a_latin_text_always_fits_the_networks_alphabet_after_rewriting(text: str) -> None:
    assert count_segments(transliterate(text)).costly_letters == ()


@given(st.text(LATIN, max_size=40))
def test_rewriting_again_changes_nothing(text: str) -> None:
    assert transliterate(transliterate(text)) == transliterate(text)


@given(st.text(st.sampled_from("ɛɔɲŋɗƴê") | st.sampled_from("\u0300\u0301\u0302\u030c"), max_size=20))
def test_tones_over_letters_go_with_them(text: str) -> None:
    assert not any(unicodedata.combining(sign) for sign in transliterate("e" + text))


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("où être, ça « œuvre » … l’été – n°2", 'où etre, ca " oeuvre " ... l\'été - no2'),
        ("dɛmɛ, ɲɔgɔn, ŋana, Ɲininkali", "deme, nyogon, ngana, Nyininkali"),
        ("ɗoo ƴiiƴam ɓe", "doo yiiyam be"),
        ("déjà à ÉCRIRE", "déjà à ÉCRIRE"),
    ],
)
def test_rewriting_keeps_what_the_alphabet_has(text: str, rewritten: str) -> None:
    assert transliterate(text) == rewritten


@pytest.mark.parametrize("text", ["ߒߞߏ ߝߐ߫", "السلام عليكم", "🙂"])
def test_other_scripts_are_left_as_they_are(text: str) -> None:
    assert transliterate(text) == unicodedata.normalize("NFC", text)
    assert count_segments(transliterate(text)).costly_letters
