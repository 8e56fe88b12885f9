"""The language of short messages, typed without accents and special letters."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from tests.workers.triage.texts import HOSTILE, any_text
from workers.triage import summary, triage
from workers.triage.language import identify, spoken


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


@pytest.mark.parametrize(
    ("text", "language", "mixed"),
    [
        ("u ye n balima minɛ dimanche, u ye enlever ka taa, u bɛ rançon ɲini", "bam", ("fra",)),
        ("an ka dossier bɛ tribunal la nka juge ma foyi fɔ an ye", "bam", ("fra",)),
        ("u ye an ka misiw bɛɛ ta, an tɛ se ka bɔ dugu kɔnɔ", "bam", ()),  # Bambara alone
        ("ils ont pris les boeufs de Bakary Jara à Koro puis à Sokolo", "fra", ()),  # names are no language
        ("The gendarmes took 5000 francs from us at the checkpoint near Koro market", "eng", ()),
        ("", "und", ()),
    ],
)
def test_a_message_in_two_languages_is_said_to_be_so(
    text: str, language: str, mixed: tuple[str, ...]
) -> None:
    told = spoken(text)
    assert (told.language, told.mixed) == (language, mixed)
    findings = triage(text, received_at=datetime(2026, 3, 1, tzinfo=UTC))
    said = summary(text, findings)
    assert (said["language"], tuple(said["mixed"])) == (language, mixed)
    assert ("mixed" in findings[0].value) == bool(mixed)
