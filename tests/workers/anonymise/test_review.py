"""What stays readable but singles somebody out, or is doubtful, is shown to a person with its reason."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.anonymise import anonymise, preload, residual_risk
from workers.contracts import Span


@pytest.fixture(scope="module", autouse=True)
def _models() -> None:
    preload()


def reviewed(text: str) -> dict[str, str]:
    return {text[span.start : span.end]: reason for span, reason in anonymise(text, "fra").review}


@pytest.mark.parametrize(
    ("text", "shown", "reason"),
    [
        ("le neveu d'Oumou Diallo a fui", "neveu d'Oumou", "kinship"),
        ("la deuxième femme du chef de Kani a fui", "deuxième femme du chef de Kani", "kinship"),
        ("ils ont frappé l'infirmier de Diallassagou", "infirmier de Diallassagou", "role"),
        ("le maire de Sangha a été enlevé", "maire de Sangha", "role"),
        ("le chef de village de Kani est parti", "chef de village de Kani", "role"),
        ("l'ordre 12/ab/2024 du camp", "12/ab/2024", "reference"),
        ("un homme “Grand Fusil” est venu", "Grand Fusil", "nickname"),
        ("mon frere soumaila c est detenu", "c", "initial"),
        ("le code est 445217 je crois", "445217", "number"),
    ],
)
def test_what_may_identify_is_shown_and_not_masked(text: str, shown: str, reason: str) -> None:
    assert reviewed(text)[shown] == reason


@pytest.mark.parametrize(
    "text",
    [
        "Les FAMa ont tué 15 personnes à Moura le 27 mars 2022.",
        "la femme est partie au marché de Ségou avec les enfants",
        "ils ont pris 20 000 000 FCFA et 30 boeufs",
        "le maire a parlé hier",
    ],
)
def test_what_identifies_nobody_is_not_shown(text: str) -> None:
    assert reviewed(text) == {}


@given(
    st.lists(
        st.sampled_from(["Amadou", "le neveu de", "Xulpan", "12/AB/3", "dit", "«Ax Bo»", ".", "à", "Kani"])
    )
)
@settings(deadline=None, max_examples=60)
def test_review_spans_lie_in_the_text_in_order(parts: list[str]) -> None:
    text = " ".join(parts)
    spans = [span for span, _ in anonymise(text, "fra").review]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))


def test_masked_words_are_not_shown_again() -> None:
    text = "Amadou Traoré, tel 76 12 34 56, plaque AB 1234 MD"
    found = anonymise(text, "fra")
    hidden = [Span(entity.start, entity.end) for entity in found.entities]
    assert not any(span.overlaps(other) for span, _ in found.review for other in hidden)


def test_risk_grows_with_doubt_and_kinship() -> None:
    plain = anonymise("les villageois ont fui Koro hier soir", "fra")
    doubtful = anonymise("les villageois ont vu Xulpan et Brezou hier soir avec Tchimbo", "fra")
    kin = anonymise("la deuxième femme du chef de Kani a fui", "fra")
    assert 0.0 < plain.residual_risk < doubtful.residual_risk <= 1.0
    assert kin.residual_risk > plain.residual_risk


def test_risk_of_another_text_is_certain() -> None:
    found = anonymise("Amadou est parti", "fra")
    assert residual_risk(found, "Amadou est parti") == found.residual_risk
    assert residual_risk(found, "Moussa Koné est parti") == 1.0
