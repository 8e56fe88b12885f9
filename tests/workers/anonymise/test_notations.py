"""Numbers that people dictate, hide in part or mistype, and positions in words, are masked; laws and dates are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.anonymise.test_patterns import found
from workers.anonymise import anonymise


@pytest.mark.parametrize(
    "number",
    [
        "soixante seize, 45 puis douze et 08",
        "quatre-vingt-dix 12, trente, 77",
        "sept six un deux trois quatre neuf zero",
        "wolonwula wɔɔrɔ kelen fila saba naani duuru kɔnɔntɔn",
        "+223(0)74556120",
        "(+223)(76)554433",
        "6S 3O 11 l9",
        "66 ** 12 34",
        "7612xx88",
        "https://wa.me/22376554433",
        "https://api.whatsapp.com/send?phone=22376554433",
    ],
)
def test_phones_dictated_hidden_or_linked(number: str) -> None:
    assert found(f"mon numéro {number} merci") == [("PHONE", number)]


def test_an_older_number_is_masked_where_words_announce_it() -> None:
    assert found("tel 22 34 56 ou 76 12 34 56") == [("PHONE", "22 34 56"), ("PHONE", "76 12 34 56")]
    assert found("ils ont pris 22 34 56 boeufs") == []


@given(st.lists(st.booleans(), min_size=4, max_size=4).filter(lambda spoken: sum(spoken) >= 2))
def test_any_mix_of_words_and_digits_leaves_nothing_of_a_phone(spoken: list[bool]) -> None:
    pairs = [("soixante-seize", "76"), ("douze", "12"), ("trente-quatre", "34"), ("cinquante-six", "56")]
    number = " ".join(pair[0] if in_words else pair[1] for pair, in_words in zip(pairs, spoken, strict=True))
    assert anonymise(f"appelez le {number}", "fra").text == "appelez le [TELEPHONE-1]"


@pytest.mark.parametrize(
    ("text", "label", "span"),
    [
        ("plainte sous le n° 0217/TGI-MOP/2025 sans suite", "ID", "0217/TGI-MOP/2025"),
        ("jugement 2024/113/TC-KTI rendu", "ID", "2024/113/TC-KTI"),
        ("carte du HCR 885-22C01234", "ID", "885-22C01234"),
        ("point 16°46,5 N 3°00,4 O ici", "COORD", "16°46,5 N 3°00,4 O"),
        ("point 14 21 04 N 003 59 28 W ici", "COORD", "14 21 04 N 003 59 28 W"),
        ("point 14.3511 puis -3.9912 ici", "COORD", "14.3511 puis -3.9912"),
        ("point (14.35,-3.99) ici", "COORD", "14.35,-3.99"),
        ("code 7C3V GW5P+QX ici", "COORD", "7C3V GW5P+QX"),
        (
            "à seize virgule deux sept nord et zéro virgule zéro quatre ouest",
            "COORD",
            "seize virgule deux sept nord et zéro virgule zéro quatre ouest",
        ),
        ("il vit à Lafiabougou rue 312 porte 88", "ADDRESS", "Lafiabougou rue 312 porte 88"),
        ("il vit à Ségou, rue 12 porte 3", "ADDRESS", "rue 12 porte 3"),
    ],
)
def test_other_identifiers(text: str, label: str, span: str) -> None:
    assert found(text) == [(label, span)]


@pytest.mark.parametrize(
    "text",
    [
        "la loi n° 2016-034 et le décret 2015-0116",
        "la lettre du 12/03/2025 est restée sans réponse",
        "à 12,5 km de Gao et 3,2 km de l'eau",
        "de 14:30 à 15:45 à l'est",
        "le reçu de 45000 francs",
    ],
)
def test_laws_dates_hours_and_distances_stay(text: str) -> None:
    assert found(text) == []
