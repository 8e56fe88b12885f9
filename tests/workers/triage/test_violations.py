"""What a monitor relies on: the right kind of violation first, with the words it rests on."""

import pytest
from hypothesis import given, settings

from app.reference.taxonomy import violations as violation_types
from tests.workers.triage.texts import HOSTILE, any_text, lies_inside, message
from workers.triage.language import identify
from workers.triage.violations import find


def _codes(text: str) -> list[str]:
    return [finding.value["code"] for finding in find(text, identify(text)[0])]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("des hommes armés ont pris 20 boeufs à Koro", "pillage"),
        ("on a tuer 2 pers ds notre vilage", "killing"),
        ("ils ont égorgé le berger", "killing"),
        ("les gendarmes ont arreté mon fils sans mandat", "arbitrary_detention"),
        ("l'armée a emmené mon frère et on ne sait pas où il est", "enforced_disappearance"),
        ("des djihadistes ont enlevé le maire", "abduction"),
        ("il a été torturé à l'électricité", "torture"),
        ("ma soeur a été violée", "sexual_violence"),
        ("le village est sous blocus", "forced_displacement"),
        ("ils ont attaké le village", "attack_on_civilians"),
        ("l'école a été brûlée", "attack_on_school_or_health"),
        ("un camion a sauté sur une mine", "explosive_device"),
        ("ils recrutent des enfants", "child_recruitment"),
        ("des enfants mendient et sont maltraités", "child_rights"),
        ("on nous traite d'esclaves", "descent_based_slavery"),
        ("mariage forcé de ma nièce de 13 ans", "harmful_practice"),
        ("la radio a été fermée par le préfet", "expression_and_assembly"),
        ("le maire a vendu nos terres", "land_and_livelihood"),
        ("ma plainte est classée sans suite", "denial_of_justice"),
        ("il m'a menacé de mort", "threats"),
        ("au poste ils nous rackettent", "extortion"),
        ("u ye misi 20 sonya", "pillage"),
        ("u ye mogo fila faga", "killing"),
        ("armed men killed two herders", "killing"),
    ],
)
def test_the_main_code_comes_first(text: str, code: str) -> None:
    assert _codes(text)[0] == code


@pytest.mark.parametrize(
    "text", ["c'est gratuit ?", "", "merci beaucoup", "i ni sogoma", "Gagnez 500000 FCFA cliquez ici"]
)
def test_no_incident_is_none_without_evidence(text: str) -> None:
    (finding,) = find(text, "fra")
    assert finding.value["code"] == "none"
    assert finding.evidence == ()


@pytest.mark.parametrize(
    "text", ["on n'a tué personne", "il n'y a pas eu de morts", "nobody was killed", "aucun enlèvement"]
)
def test_what_is_denied_did_not_happen(text: str) -> None:
    assert _codes(text) == ["none"]


def test_a_denial_reaches_no_further_than_its_clause() -> None:
    assert "killing" in _codes("on ne sait pas qui a tué mon frère")


@pytest.mark.parametrize(
    "text", ["ils vont nous tuer", "ils disent qu'ils vont brûler le village", "they will kill us"]
)
def test_what_is_announced_is_a_threat_and_no_deed(text: str) -> None:
    assert _codes(text)[0] == "threats"
    assert not {"killing", "pillage"} & set(_codes(text))


def test_killed_cattle_is_pillage_and_no_killing() -> None:
    assert _codes("ils ont tué 5 boeufs") == ["pillage"]


def test_a_question_about_the_service_is_no_report() -> None:
    assert _codes("comment signaler un viol ?") == ["none"]


def test_a_deed_in_a_question_is_a_report() -> None:
    assert "killing" in _codes("comment signaler, ils ont tué mon père ?")


def test_several_violations_are_all_found() -> None:
    assert {"killing", "pillage"} <= set(_codes("ils ont tué le chef et volé 30 moutons"))


@pytest.mark.parametrize("name", ["Gossi", "Ménaka", "Konna", "Tabaski", "Bagnadji", "Makou"])
def test_names_of_places_and_feasts_are_no_violations(name: str) -> None:
    assert _codes(f"je suis à {name} avec ma famille") == ["none"]


@settings(max_examples=150, deadline=None)
@given(any_text | message)
def test_any_text_gives_known_codes_with_evidence_inside(text: str) -> None:
    for finding in find(text, identify(text)[0]):
        assert finding.value["code"] in violation_types()
        assert lies_inside(finding, text)
        assert bool(finding.evidence) == (finding.value["code"] != "none")
        assert 0 <= finding.confidence <= 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_survived(text: str) -> None:
    assert all(lies_inside(finding, text) for finding in find(text, "und"))
