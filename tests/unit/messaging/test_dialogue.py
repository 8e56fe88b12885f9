"""The dialogue: one harmless segment each, no sentence ever mistaken for a command, and a slip of a finger forgiven."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging import dialogue
from app.messaging.dialogue import Command
from app.messaging.dialogue.commands import is_one_edit
from app.messaging.harmlessness import harmful_words
from app.messaging.segments import count_segments

ALL_TEXTS = [
    (language, key, text) for language, texts in dialogue.texts().items() for key, text in texts.items()
]
CODE = "ABCD-EFGH-JKMN"


@pytest.mark.parametrize(("language", "key", "text"), ALL_TEXTS)
def test_every_text_is_one_gsm_segment_even_with_its_code(language: str, key: str, text: str) -> None:
    segments = count_segments(text.format(code=CODE))
    assert (segments.count, segments.costly_letters) == (1, ())


@pytest.mark.parametrize(("language", "key", "text"), ALL_TEXTS)
def test_no_text_can_harm_who_holds_the_phone(language: str, key: str, text: str) -> None:
    assert harmful_words(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "La CNDH a recu votre plainte", "vos droits", "les FAMA", "un gendarme", "Wagner", "la milice", "katiba",
        "human rights", "complaint", "temoin", "violations", "il a ete tué", "they killed", "torture", "Seere",
        "le JNIM", "dozo", "police", "witness", "signalement", "report", "enquête", "victime", "sorodasi",
    ],
)  # fmt: skip
def test_the_list_of_harmful_words_catches(text: str) -> None:
    assert harmful_words(text)


def test_every_language_says_everything() -> None:
    assert {frozenset(texts) for texts in dialogue.texts().values()} == {frozenset(dialogue.texts()["fr"])}


@pytest.mark.parametrize(("language", "key", "text"), ALL_TEXTS)
def test_no_text_asks_for_a_yes_or_a_no(language: str, key: str, text: str) -> None:
    asked = set(dialogue.say(key, language, code=CODE).lower().replace(".", " ").replace(",", " ").split())
    assert not asked & {"oui", "non", "yes", "no:", "awo", "ayi", "o/n", "y/n"}


def test_french_is_said_where_a_language_has_no_word_for_it() -> None:
    assert dialogue.say("help", "xx") == dialogue.say("help", "fr")
    with pytest.raises(KeyError):
        dialogue.say("no such text", "fr")


@pytest.mark.parametrize(
    ("text", "command", "language"),
    [
        ("STATUS ABCD-EFGH-JKMN", Command.STATUS, "fr"),
        ("suivi ab2d efgh jkmn", Command.STATUS, "fr"),
        ("Cogoya ABCDEFGHJKMN", Command.STATUS, "bm"),
        ("cɔgɔya", Command.STATUS, "bm"),
        ("status", Command.STATUS, "fr"),
        ("statsu", Command.STATUS, "fr"),
        ("AIDE", Command.HELP, "fr"),
        ("Aide svp", Command.HELP, "fr"),
        ("help!", Command.HELP, "en"),
        ("dɛmɛ", Command.HELP, "bm"),
        ("RETIRER abcd-efgh-jkmn", Command.WITHDRAW, "fr"),
        ("RETIRE ABCD-EFGH-JKMN", Command.WITHDRAW, "fr"),
        ("withdraw ABCD-EFGH-JK1", Command.WITHDRAW, "en"),
        ("witdraw ABCD-EFGH-JK1", Command.WITHDRAW, "en"),
        ("nouveau", Command.NEW, "fr"),
        ("NOUVAU", Command.NEW, "fr"),
        ("new", Command.NEW, "en"),
        ("kura", Command.NEW, "bm"),
        ("STOP", Command.STOP, "fr"),
        ("stop svp", Command.STOP, "fr"),
        ("Stop please", Command.STOP, "fr"),
        ("STOP SMS", Command.STOP, "fr"),
        ("Arrêt", Command.STOP, "fr"),
        ("ARET.", Command.STOP, "fr"),
        ("« stop »", Command.STOP, "fr"),
        ("dabila", Command.STOP, "bm"),
        ("START", Command.START, "fr"),
        ("daminɛ", Command.START, "bm"),
        ("LANGUE", Command.LANGUAGE, "fr"),
    ],
)
def test_command_words_in_three_languages(text: str, command: Command, language: str) -> None:
    request = dialogue.read_command(text)
    assert request is not None
    assert (request.command, request.language) == (command, language)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("LANGUE bambara", "bm"), ("langue Français", "fr"), ("language English", "en"), ("LANGUE songhay", "")],
)
def test_a_language_is_asked_for_by_its_name(text: str, chosen: str) -> None:
    request = dialogue.read_command(text)
    assert request is not None
    assert (request.command, request.rest) == (Command.LANGUAGE, chosen)


REPORTS = [
    "aide nous ils ont pris les boeufs",
    "aidez nous",
    "aide moi",
    "au secours",
    "help us they took my brother",
    "status ils ont tué 3 personnes",
    "status 3 morts a Kidal",
    "status 20boeufs koro",
    "suivi mort 2024 kati",
    "suivi tirs dans kati",
    "Retirer les militaires de Koro",
    "retirer soldats ville",
    "info: attaque a Koro 12 morts",
    "Stop ! ils arrivent, aidez-nous",
    "stop ils tirent",
    "stop a Koro",
    "ils ont arrêté mon frère",
    "arrêté",
    "arrêtés hier",
    "Arrete",
    "arret de bus attaqué",
    "arrestation",
    "nouveau marché brulé",
    "nouvelle attaque",
    "nouveaux tirs",
    "langue coupée",
    "start tirs",
    "debout",
    "cancer",
    "demain",
    "cancel our market they burnt it",
    "NOUVEAUX morts: trois",
    "poursuivi",
    "arrest",
    "famine",
    "Kabila",
    "Damien",
    "démon",
    "danger",
    "",
    "   ",
    "!!!",
]


@pytest.mark.parametrize("text", REPORTS)
def test_a_sentence_is_never_a_command(text: str) -> None:
    assert dialogue.read_command(text) is None


WORDS = st.sampled_from(
    [
        *(
            "stop",
            "arret",
            "status",
            "help",
            "aide",
            "new",
            "nouveau",
            "retirer",
            "langue",
            "start",
            "ils",
            "elle",
            "on",
        ),
        *(
            "ont",
            "pris",
            "tue",
            "3",
            "20",
            "boeufs",
            "koro",
            "gao",
            "2024",
            "mort",
            "tirs",
            "dans",
            "vers",
            "mali",
        ),
        *("kati", "nous", "moi", "ici", "encore", "maison", "frere", "arrete", "soldats"),
    ]
)


@given(st.lists(WORDS, min_size=3, max_size=8))
def test_three_words_or_more_without_a_code_are_always_kept(words: list[str]) -> None:
    """Whatever command word begins it, a text of several words is somebody telling something."""
    assert dialogue.read_command(" ".join(words)) is None


@given(st.sampled_from(["STOP", "ARRET", "stop", "Help", "AIDE", "NEW", "START"]), st.text(max_size=80))
def test_only_a_known_word_may_follow_stop_or_help(word: str, rest: str) -> None:
    request = dialogue.read_command(f"{word} {rest}")
    if request is not None and request.command is not Command.NEW:
        assert len(rest.split()) <= 1 or not any(sign.isalnum() for sign in rest)


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    dialogue.read_command(text)
    dialogue.danger_told(text)
    assert dialogue.guess_language(text) in dialogue.languages()


def test_new_may_stand_before_the_text_itself() -> None:
    text = "NOUVEAU: " + "le marché de Gao a brulé ce matin, " * 5
    request = dialogue.read_command(text)
    assert request is not None
    assert (request.command, request.rest) == (Command.NEW, text.removeprefix("NOUVEAU: "))


@given(st.text("abcde", max_size=6), st.text("abcde", max_size=6))
def test_one_edit_is_what_the_distance_says(one: str, other: str) -> None:
    assert is_one_edit(one, other) == (_distance(one, other) <= 1)


def _distance(one: str, other: str) -> int:
    """Damerau-Levenshtein with neighbours swapped once, the slow way."""
    rows = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            change = rows[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


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


@pytest.mark.parametrize(
    "text", ["DANGER", "danger!", "oui danger", "c'est dangereux ici", "Farati", "unsafe"]
)
def test_a_word_for_danger_is_heard(text: str) -> None:
    found = dialogue.danger_told(text)
    assert found is not None
    assert text[slice(*found)].strip("!").lower() in {"danger", "dangereux", "farati", "unsafe"}


@pytest.mark.parametrize("text", ["calme", "pas de danger", "no danger", "plus aucun danger", ""])
def test_calm_and_denied_danger_are_not_danger(text: str) -> None:
    assert dialogue.danger_told(text) is None


def test_danger_denied_only_afterwards_rounds_up() -> None:
    assert dialogue.danger_told("farati tɛ") == (0, 6)


def test_the_conversation_ends_after_what_it_may_ask() -> None:
    state = dialogue.move(dialogue.IDLE, "report")
    state = dialogue.move(state, "asked")
    assert dialogue.move(state, "asked") == state  # one after another: an answer comes between
    state = dialogue.move(dialogue.move(state, "text"), "nothing_missing")
    assert {dialogue.move(state, event) for event in ("asked", "text", "nothing_missing")} == {state}
    assert dialogue.move(state, "new") == dialogue.IDLE


def test_every_question_has_a_text_in_every_language() -> None:
    for texts in dialogue.texts().values():
        assert {question.text for question in dialogue.questions()} <= set(texts)


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_the_rule_by_which_messages_join_is_written_with_its_figures(language: str) -> None:
    rule = dialogue.rule_in_words(language)
    assert "48" in rule
    assert " 6 " in rule
