"""Which organisations and people a text names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.routing.naming import Nameable, named_in

ORGANISATION = Nameable(
    "o", frozenset({"Association malienne des droits de l’homme", "AMDH", "Espoir", "UN"})
)
PERSON = Nameable("p", frozenset({"Amadou Moussa Ouattara"}), is_person=True)
BOTH = (ORGANISATION, PERSON)
WORDS = st.sampled_from(["les", "hommes", "armés", "sont", "venus", "hier", "à", "Koro", "bœufs", ",", "."])
SURROUNDINGS = st.lists(WORDS, max_size=8).map(" ".join)


@pytest.mark.parametrize(
    "text",
    [
        "un agent de l’AMDH a pris l'argent",
        "l'amdh a pris l'argent",
        "A.M.D.H. nous a menacés",
        "ASSOCIATION MALIENNE DES DROITS DE L'HOMME",
        "l’association malienne des droits de l homme",
        "le chef d'Espoir",
    ],
)
def test_an_organisation_is_found_by_name_and_acronym_however_they_are_typed(text: str) -> None:
    assert named_in(text, BOTH) == {"o"}


@pytest.mark.parametrize(
    "text",
    [
        "Amadou Ouattara est venu",
        "le sergent WATTARA Amadou",
        "Amadou M. Wattara",
        "c'est Ouattara , Amadou qui l'a fait",
    ],
)
def test_a_person_is_found_by_two_parts_of_the_name_as_they_sound(text: str) -> None:
    assert named_in(text, BOTH) == {"p"}


@pytest.mark.parametrize(
    "text",
    [
        "on garde espoir",
        "un homme et un boeuf",
        "Amadou est blessé",
        "Ouattara est blessé",
        "Amadou Amadou",
        "Amadou est allé hier au grand marché avec Ouattara",
        "les droits de l’homme",
    ],
)
def test_a_part_of_a_name_or_an_everyday_word_names_nobody(text: str) -> None:
    assert named_in(text, BOTH) == frozenset()


def test_an_everyday_word_is_nobody_even_as_an_acronym() -> None:
    assert named_in("ils sont venus AVEC des armes", [Nameable("o", frozenset({"AVEC", "A"}))]) == frozenset()


@given(SURROUNDINGS, SURROUNDINGS, st.sampled_from(["AMDH", "A.M.D.H.", "Espoir"]))
def test_what_stands_around_a_name_does_not_hide_it(before: str, after: str, name: str) -> None:
    assert "o" in named_in(f"{before} {name} {after}", BOTH)


@given(st.text(max_size=200), st.frozensets(st.text(max_size=20), max_size=3))
def test_any_text_and_any_name_are_taken(text: str, names: frozenset[str]) -> None:
    candidates = [Nameable("o", names), Nameable("p", names, is_person=True)]
    assert named_in(text, candidates) <= {"o", "p"}
