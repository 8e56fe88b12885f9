"""A gate before costly patterns hides nothing: what is read past it is what is read with every gate open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workers.open_texts import MANNERS, in_turn, open_texts
from workers.anonymise.addresses import find_addresses
from workers.anonymise.claims import Claim
from workers.anonymise.engine import PATTERN_VOICES
from workers.anonymise.phonetics import SOUNDS
from workers.gates import Gate
from workers.sound_rules import SoundRules
from workers.triage import sounds

BEFORE = st.sampled_from(["", "appelez ou écrivez ", "Awa, ", "voilà: ", "le "])
AFTER = st.sampled_from(["", " merci", ", vite", ".", " au secours", "\nil a peur"])


@contextmanager
def _every_gate_open() -> Iterator[None]:
    with patch.object(Gate, "is_open", lambda _gate, _text: True):
        yield


def _claims(text: str) -> list[Claim]:
    return [claim for voice in PATTERN_VOICES for claim in voice(text)]


def _claims_ungated(text: str) -> list[Claim]:
    with _every_gate_open():
        return _claims(text)


def _digits(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="utf-8"))


_PHONES = (
    _digits(r"(\+223 ?|00223|\(\+223\))?[679][1-9]([ .\-/]?[0-9][1-9]){3}"),
    _digits(r"[5-9][0-9] (\*\*|xx|XX|\?\?) [0-9]{2} [0-9]{2}"),
    _digits(r"(https://)?wa\.me/223[67][0-9]{7}"),
    _digits(r"7[0-9] [1-9]O 3[0-9] OO"),
    st.sampled_from(["soixante-seize douze trente-quatre cinquante-six", "76 douze puis trente-quatre 56"]),
)
_POSITIONS = (
    _digits(r"1[0-9][.,][0-9]{4,6}, -?[0-9][.,][0-9]{4,6}"),
    _digits(r"1[0-9]°[0-5][0-9]['’][0-5][0-9]\"N,? [0-9]°[0-5][0-9]['’][0-5][0-9]\"[OW]"),
    _digits(r"1[0-9]°[0-9]{2},[0-9]['′] ?N 0?[0-9]°[0-9]{2},[0-9]['′] ?[OW]"),
    _digits(r"1[0-9] [0-5][0-9] [0-5][0-9] N 00[0-9] [0-5][0-9] [0-5][0-9] W"),
    _digits(r"1[0-9]d[0-5][0-9]m[0-5][0-9]s ?N 0?[0-9]d[0-5][0-9]m[0-5][0-9]s ?[OW]"),
    _digits(r"(gps|GPS|lat|Position) ?:? ?1[0-9][.,][0-9]{2,4}[ ,]{1,2}-?[0-9][.,][0-9]{2,4}"),
    _digits(r"lat(itude)? 1[0-9] [0-5][0-9]\.[0-9] N,? lon(gitude)? [0-9] [0-5][0-9]\.[0-9] [OW]"),
    _digits(r"1[0-9] (virgule|point) [0-9]{3} moins [0-9] (virgule|point) [0-9]{3}"),
    _digits(r"1[0-9] deg [0-5][0-9] min nord,? [1-9] degr[eé]s [0-5][0-9] minutes ouest"),
    _digits(r"7C[2-9CFG]{2}[23456789CF]{4}\+[2-9]{2}"),
    _digits(r"x ?= ?[0-9]{6},? y ?= ?1[0-9]{6}"),
    _digits(r"E ?5[0-9]{5} N ?1[0-9]{6}"),
    _digits(r"(29|30) ?P ?[A-HJ-N]{2} ?[0-9]{5} ?[0-9]{5}"),
    _digits(r"30 ?P ?5[0-9]{5} 1[0-9]{6}"),
    _digits(r"geo:1[0-9]\.[0-9]{3},-[0-9]\.[0-9]{3}"),
    _digits(
        r"(https://)?(maps\.app\.goo\.gl/|goo\.gl/maps/|www\.google\.com/maps/|osm\.org/go/|waze\.com/ul/)[a-zA-Z0-9]{6}"
    ),
    _digits(r"///[a-z]{4,9}\.[a-z]{4,9}\.[a-z]{4,9}"),
    _digits(r"(w3w|what3words|what 3 words) [a-z]{4,9}\.[a-z]{4,9}\.[a-z]{4,9}"),
    st.just("seize virgule deux sept nord et zéro virgule zéro quatre ouest"),
    st.just("quatorze degrés vingt-deux minutes nord, quatre degrés dix minutes ouest"),
)
_ONLINE = (
    _digits(r"[a-z]{3,9}[._]?[a-z0-9]{0,4} ?@ ?(gmail|yahoo|orange)\.(com|fr|ml)"),
    _digits(r"[a-z]{3,9} (arobase|arobas|at|chez) (gmail|yahoo) (point|dot) (com|fr)"),
    _digits(r"[a-z]{3,9} \[at\] gmail \[dot\] com"),
    _digits(r"@[a-z]{4,9}_[0-9]{2}"),
    _digits(r"(https://www\.|m\.)?(facebook|tiktok|x|t|telegram)\.(com|me)/[a-z.]{4,9}"),
)
_NUMBERS = (
    _digits(r"NINA [12]( ?[0-9]){13} ?[A-Z]"),
    _digits(r"[12][0-9]{13}[A-Z]"),
    _digits(r"passeport (n° ?)?A[AB][0-9]{7}"),
    _digits(r"(matricule|carte d'identité n°|badge|IMEI) [0-9]{3,9}"),
    _digits(r"plainte n° 0[0-9]{3}/TGI-MOP/202[0-9]"),
)
_PLATES = (
    _digits(r"A[A-Z][ \-]?[0-9]{3}[ \-]?[A-Z]{2}"),
    _digits(r"[A-Z]{2} ?[0-9]{4} ?MD"),
    _digits(r"(plaque|moto immatriculée) [0-9]{4} ?[a-z]{2}"),
)
_ADDRESSES = (
    _digits(r"(Rue|rue|RUE) [1-9][0-9]{2},? (porte|pte) [1-9][0-9]?"),
    _digits(r"(villa|chambre|appt|lot|parcelle) (n° ?)?[1-9][0-9]{1,3}"),
    _digits(r"(avenue|boulevard|impasse|ruelle|allée|immeuble|Bd) (de la |du )?(Nation|Kassé|Fleuve)"),
    st.sampled_from(["premier étage", "deuxième étage", "troisieme etage"]),
    _digits(r"BP ?:? ?[1-9][0-9]{2,3}"),
)
_BIRTHS = (
    _digits(r"(né le|née le|ne le|DDN :|date de naissance:) ?[12]?[1-9]/0[1-9]/(19|20)[0-9]{2}"),
    _digits(r"(née|né) (le premier|le 1er|le 12) (janvier|mars|août|décembre)( 19[0-9]{2})?"),
    _digits(r"born (on|in) ((May|March) [1-9], )?19[0-9]{2}"),
)
_IDENTIFIERS = {
    "PHONE": _PHONES,
    "COORD": _POSITIONS,
    "EMAIL": _ONLINE,
    "ID": _NUMBERS,
    "PLATE": _PLATES,
    "ADDRESS": _ADDRESSES,
    "DOB": _BIRTHS,
}


def test_open_messages_hide_nothing_behind_a_gate() -> None:
    texts = list(in_turn(every=3))
    shut = [text for text in texts if _claims(text) != _claims_ungated(text)]
    assert shut == []
    assert len(texts) > 400


@pytest.mark.parametrize("label", _IDENTIFIERS)
@settings(max_examples=12, deadline=None)
@given(data=st.data(), before=BEFORE, after=AFTER, manner=st.sampled_from(MANNERS))
def test_every_notation_of_an_identifier_passes_the_gates(
    label: str, data: st.DataObject, before: str, after: str, manner: Callable[[str], str]
) -> None:
    for notation in _IDENTIFIERS[label]:
        text = before + data.draw(notation) + after
        assert label in {claim.label for claim in _claims(text)}, "the identifier made is none"
        assert _claims(manner(text)) == _claims_ungated(manner(text))


def test_a_gate_that_does_not_fit_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "il loge impasse Kassé"
    assert list(find_addresses(address)) == _claims_ungated(address)
    monkeypatch.setattr("workers.anonymise.addresses._GATE", Gate.on(r"\d"))
    assert _claims(address) != _claims_ungated(address)


def _heard_by_all(rules: SoundRules, key: str) -> str:
    for _, written, sound in rules.rules:
        key = written.sub(sound, key)
    return key


@settings(max_examples=300, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyzçœñɲčïCGY", max_size=14))
@example("tchiouonkhoghewhaince")
def test_no_rule_of_sound_is_passed_over_that_would_have_changed_a_word(key: str) -> None:
    assert SOUNDS.heard(key) == _heard_by_all(SOUNDS, key)
    assert sounds.SOUNDS.heard(key) == _heard_by_all(sounds.SOUNDS, key)


def test_no_word_of_the_open_messages_sounds_otherwise_past_the_gates() -> None:
    words = {word.lower() for text in open_texts() for word in text.split() if word.isalpha()}
    assert len(words) > 4000
    for rules in (SOUNDS, sounds.SOUNDS):
        assert [word for word in words if rules.heard(word) != _heard_by_all(rules, word)] == []
