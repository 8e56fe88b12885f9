"""The language of short messages, typed without accents and special letters."""

import pytest
from hypothesis import given

from tests.workers.triage.texts import HOSTILE, any_text
from workers.triage.language import identify


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("n balima minɛ na", "bam"),
        ("n balima mine na, u ye misi bo", "bam"),
        ("u ye mogo saba faga dugu kono", "bam"),
        ("on a tuer 3 pers a koro", "fra"),
        ("ls militer on frapé mn frer ier nuit", "fra"),
        ("gunmen took my brother last night", "eng"),
        ("yimɓe ladde ari wuro meeɗen ɓe teeti nai amen", "fuv"),
        ("yimbe ladde ari wuro men be teeti nai amen", "fuv"),
        ("meddan wan albaroden osan-du aghrem daɣ ehad", "taq"),
        ("boro yan kaa koyra ra i na haw yan zaa ir gaa", "ses"),
        ("رجال مسلحون أخذوا أخي البارحة", "ara"),
    ],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert identify(text)[0] == language


def test_a_mixed_message_has_the_language_of_most_of_it() -> None:
    assert identify("a balimake minena hier, u taara ni a ye brigade la, an ma kunnafoni soro")[0] == "bam"


@pytest.mark.parametrize("text", ["", "   ", "76 12 34 56", "😀😀", "zqx wvk jjj ppl fgh"])
def test_what_tells_nothing_is_unknown(text: str) -> None:
    assert identify(text)[0] == "und"


@given(any_text)
def test_any_text_gets_a_code_and_a_confidence(text: str) -> None:
    language, confidence = identify(text)
    assert len(language) == 3
    assert 0 <= confidence <= 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_survived(text: str) -> None:
    assert 0 <= identify(text)[1] <= 1
