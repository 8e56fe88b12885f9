"""Words that are common, or sound so, are told from names: no mask on odd spellings, none lost on names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.anonymise.test_patterns import found
from tests.workers.anonymise.test_persons import masked
from workers.anonymise.common_words import french_sound, is_common, sounds_common
from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.phonetics import fold


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("campeman", "campement"),
        ("plastik", "plastique"),
        ("marchandiz", "marchandises"),
        ("kartié", "quartier"),
        ("mariaj", "mariage"),
        ("cotisasion", "cotisations"),
        ("l'incendi", "l'incendie"),
    ],
)
def test_spellings_of_one_word_sound_alike(written: str, meant: str) -> None:
    sounds = [french_sound(fold(word).replace("'", "")) for word in (written, meant)]
    assert sounds[0] == sounds[1]


def test_a_lost_apostrophe_or_a_liaison_hides_no_word() -> None:
    assert sounds_common("lincendi")
    assert sounds_common("zanimo")
    assert not sounds_common("hambarkix")


def test_no_listed_name_is_called_a_common_word() -> None:
    assert [name for name in load_lexicon().names if is_common(name)] == []


@given(st.text(max_size=40))
def test_any_text_has_a_sound(text: str) -> None:
    assert len(french_sound(text)) <= 2 * len(text)


@pytest.mark.parametrize(
    "text",
    [
        "lé milisien on brulé tou lé grenié, marchandiz é dosié perdu ds lincendi",
        "bjr svp vené vit isi lé zom armé son ds le campeman",
        "ma mère pleure, le juge renvoie toujours l'audience",
        "on agit au nom de la religion, le préfet a signé la vente",
        "Synthèse: Popul. avertie, prélèv. demandé. Livraison ce soir.",
        "la dame rassemble les filles et le commandant jure",
    ],
)
def test_words_spelt_by_sound_or_common_stay_readable(text: str) -> None:
    assert masked(text) == []


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("vendredi a été battu à la brigade", "fra", ["vendredi"]),
        ("sira, 14 ans, enceinte", "fra", ["sira"]),
        ("oumarix alias commando a tiré", "fra", ["oumarix", "commando"]),
        ("le gamin qu'on nomme petit lion tire", "fra", ["petit lion"]),
        ("Aliou dit Gros Bras tabasse les jeunes", "fra", ["Aliou", "Gros Bras"]),
        ("Hamsalix, Bouraïma et le muezzin sont partis", "fra", ["Hamsalix", "Bouraïma"]),
        ("ablaye et vieux sont partis", "fra", ["ablaye", "vieux"]),
        ("Un gardien, Yorix, a pris l'argent", "fra", ["Yorix"]),
        ("u ye setu mine", "bam", ["setu"]),
    ],
)
def test_names_no_list_settles_are_still_found(text: str, language: str, names: list[str]) -> None:
    said = masked(text, language)
    assert all(any(name in each for each in said) for name in names), said


@pytest.mark.parametrize(
    ("text", "label", "span"),
    [
        ("appelez le 76 deux fois 45 puis 12", "PHONE", "76 deux fois 45 puis 12"),
        (
            "call double seven, one two, three four, five six",
            "PHONE",
            "double seven, one two, three four, five six",
        ),
        ("appelé le 2 2 3 7 6 1 2 3 4 5 6", "PHONE", "2 2 3 7 6 1 2 3 4 5 6"),
        ("point 12d30m15s N 8d00m10s O ici", "COORD", "12d30m15s N 8d00m10s O"),
        ("fosse E 471234 N 1603456 ici", "COORD", "E 471234 N 1603456"),
        ("nés le 3 mai 2008 et le 12/02/2010", "DOB", "12/02/2010"),
        ("moto k 4567 m4 volée", "PLATE", "k 4567 m4"),
        (
            "il vit immeuble Sanké, 2e étage, avenue Kasse Keita",
            "ADDRESS",
            "immeuble Sanké, 2e étage, avenue Kasse Keita",
        ),
    ],
)
def test_further_notations(text: str, label: str, span: str) -> None:
    assert (label, span) in found(text)
