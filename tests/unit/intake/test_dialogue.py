"""The SMS dialogue: one harmless segment, and no sentence ever mistaken for a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake import dialogue
from app.intake.dialogue import Command

# The GSM 03.38 default alphabet, without its extension table (those cost two places).
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
HARMFUL = (
    "fama", "armée", "armee", "army", "gendarm", "police", "wagner", "jnim", "katiba", "djihad", "jihad", "milice",
    "dozo", "cndh", "droit", "right", "plainte", "complaint", "violation", "tortur", "viol", "rape", "tué", "kill",
    "témoin", "witness", "seere", "enqu", "investig", "victim", "dénonc", "denonc", "abus", "report", "signalement",
)  # fmt: skip

ALL_TEXTS = [
    (language, key, text) for language, texts in dialogue.texts().items() for key, text in texts.items()
]


@pytest.mark.parametrize(("language", "key", "text"), ALL_TEXTS)
def test_every_text_is_one_gsm_segment_even_with_its_code(language: str, key: str, text: str) -> None:
    said = text.format(code="ABCD-EFGH-JKMN")
    assert len(said) <= 160
    assert set(said) <= GSM_7 or language == "bm", set(said) - GSM_7


@pytest.mark.parametrize(("language", "key", "text"), ALL_TEXTS)
def test_no_text_can_harm_who_holds_the_phone(language: str, key: str, text: str) -> None:
    assert not [word for word in HARMFUL if word in text.lower()]


def test_every_language_says_everything() -> None:
    assert {frozenset(texts) for texts in dialogue.texts().values()} == {frozenset(dialogue.texts()["fr"])}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STATUS ABCD-EFGH-JKMN", Command.STATUS),
        ("suivi abcd efgh jkmn", Command.STATUS),
        ("Cogoya ABCDEFGHJKMN", Command.STATUS),
        ("status", Command.STATUS),
        ("AIDE", Command.HELP),
        ("help!", Command.HELP),
        ("dɛmɛ", Command.HELP),
        ("RETIRER abcd-efgh-jkmn", Command.WITHDRAW),
        ("withdraw ABCD-EFGH-JK1", Command.WITHDRAW),
    ],
)
def test_command_words_in_three_languages(text: str, command: Command) -> None:
    request = dialogue.read_command(text)
    assert request is not None
    assert request.command is command


@pytest.mark.parametrize(
    "text",
    [
        "aide nous ils ont pris les boeufs",
        "help us they took my brother",
        "status ils ont tué 3 personnes",
        "Retirer les militaires de Koro",
        "info: attaque a Koro 12 morts",
        "",
        "   ",
    ],
)
def test_a_sentence_is_never_a_command(text: str) -> None:
    assert dialogue.read_command(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    dialogue.read_command(text)
    assert dialogue.guess_language(text) in {"fr", "en", "bm"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("des hommes armés ont pris les boeufs", "fr"),
        ("they took the cows of my uncle yesterday", "en"),
        ("cɛw ye n ka misiw mine kunun dugu kono", "bm"),
        ("12345", "fr"),
    ],
)
def test_the_thanks_are_in_the_language_of_the_message(text: str, language: str) -> None:
    assert dialogue.guess_language(text) == language
