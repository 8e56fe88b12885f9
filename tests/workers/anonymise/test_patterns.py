"""Numbers, addresses and positions are masked in the notations people use; money, dates and counts are not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers.anonymise import anonymise
from workers.contracts import EntityLabel


def found(text: str) -> list[tuple[str, str]]:
    return [
        (entity.label.value, text[entity.start : entity.end]) for entity in anonymise(text, "fra").entities
    ]


@pytest.mark.parametrize(
    "number",
    [
        "76 12 34 56",
        "76.12.34.56",
        "7612 34 56",
        "7 6 1 2 3 4 5 6",
        "+223 76 12 34 56",
        "00223 76123456",
        "(+223)76123456",
        "76 I2 34 5O",
        "76 12 puis 34 56",
        "+33 6 12 34 56 78",
        "٧٦١٢٣٤٥٦",
    ],
)
def test_phones_in_any_grouping(number: str) -> None:
    assert found(f"appelez {number} svp") == [("PHONE", number)]


@given(
    st.lists(st.sampled_from([" ", ".", "-", "", "  ", "/"]), min_size=7, max_size=7), st.integers(0, 9999999)
)
@example([".", "", "-", ".", "", " ", ""], 0)  # once taken for a position
def test_any_separators_leave_no_digit_of_a_phone(separators: list[str], rest: int) -> None:
    digits = f"7{rest:07}"
    number = "".join(digit + separator for digit, separator in zip(digits, [*separators, ""], strict=True))
    anonymised = anonymise(f"appelez le {number}", "fra").text
    assert anonymised == "appelez le [TELEPHONE-1]"


@pytest.mark.parametrize(
    "text",
    [
        "20 000 000 FCFA",
        "le 25.12.2023 vers 22h15",
        "2024-03-12",
        "70 000 têtes de bétail",
        "entre 12 et 45 personnes",
        "RN15 PK 45",
        "EN 2023 LE CHEF EST MORT",
        "AK 47 et BM 21",
        "dans la rue, à la porte de la ville",
        "carte d'identité confisquée",
        "né de parents pauvres",
        "10.000 et 20.000 francs",
    ],
)
def test_money_dates_counts_and_weapons_stay(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "label", "span"),
    [
        ("NINA 1 90 03 5 12 001 234 K", "ID", "1 90 03 5 12 001 234 K"),
        ("carte d'identité n° 0214/CKTI", "ID", "0214/CKTI"),
        ("passeport AA0123456", "ID", "AA0123456"),
        ("matricule 45 678", "ID", "45 678"),
        ("un pick-up AB 1234 MD", "PLATE", "AB 1234 MD"),
        ("immatriculé 4567 ab", "PLATE", "4567 ab"),
        ("plaque AB-123-CD", "PLATE", "AB-123-CD"),
        ("le camion AN 1998 MD", "PLATE", "AN 1998 MD"),
        ("GPS14.4953,-4.1967 ici", "COORD", "GPS14.4953,-4.1967"),
        ("née le4/6/1987", "DOB", "4/6/1987"),
        ("écrire à koné.issa@yahoo.fr", "EMAIL", "koné.issa@yahoo.fr"),
        ("issa arobase gmail point com", "EMAIL", "issa arobase gmail point com"),
        ("profil @verite_223", "EMAIL", "@verite_223"),
        ("au 14.4953, -4.1967 exactement", "COORD", "14.4953, -4.1967"),
        ("au 14°29'43\"N 4°11'48\"O", "COORD", "14°29'43\"N 4°11'48\"O"),
        ("voir https://maps.app.goo.gl/AbC123", "COORD", "https://maps.app.goo.gl/AbC123"),
        ("code 7CQVFX22+4H", "COORD", "7CQVFX22+4H"),
        ("habite rue 123 porte 45", "ADDRESS", "rue 123 porte 45"),
        ("habite au lot n° 234/B", "ADDRESS", "lot n° 234/B"),
        ("née le 4 juin 1987", "DOB", "4 juin 1987"),
        ("N. le 3/4/85 à Ségou", "DOB", "3/4/85"),
        ("carte d'éleveur NR-00719-24", "ID", "NR-00719-24"),
        ("le véhicule des agents : K 1877", "PLATE", "K 1877"),
        ("born on 5 May 1992", "DOB", "5 May 1992"),
        ("date de naissance : 12/03/1990", "DOB", "12/03/1990"),
    ],
)
def test_identifiers_by_shape_and_context(text: str, label: str, span: str) -> None:
    assert (label, span) in found(text)


@pytest.mark.parametrize(
    "number",
    [
        "soixante seize douze trente quatre cinquante six",
        "soixante-seize, quatre-vingt-dix, vingt et un, quarante",
        "sept six un deux trois quatre cinq six",
        "quatre vingt dix sept quarante cinq douze treize",
        "soissante seiz douz trente katre cinkante sis",
        "six six dix-neuf quarante trente-trois",
        "zéro zéro deux cent vingt-trois soixante-six dix-huit vingt quarante",
    ],
)
def test_phones_dictated_in_words(number: str) -> None:
    assert found(f"appelez le {number} merci") == [("PHONE", number)]


def test_counts_in_words_stay() -> None:
    assert found("vingt-cinq boeufs et trente moutons, six morts, quatre-vingt mille francs") == []


def test_quarter_alone_stays_for_routing() -> None:
    assert found("coups de feu au quartier Lafiabougou") == []


def test_address_takes_its_street_but_not_a_person_inside() -> None:
    labels = [label for label, _ in found("il habite rue Baba Diarra, porte 7")]
    assert labels == [EntityLabel.ADDRESS.value]
