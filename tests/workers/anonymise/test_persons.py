"""Persons are masked in every form people write them in; places, forces and institutions stay readable."""

import pytest

from workers.anonymise import anonymise
from workers.contracts import EntityLabel


def masked(text: str, language: str = "fra") -> list[str]:
    found = anonymise(text, language).entities
    return [text[entity.start : entity.end] for entity in found if entity.label is EntityLabel.PERSON]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mon frère Amadou Traoré est blessé", ["Amadou Traoré"]),
        ("seydou kone a ete pris par des hommes armés", ["seydou kone"]),
        ("Le Cdt Sangaré était au poste", ["Sangaré"]),
        ("Rhissa Ag Moussa a fui vers la frontière", ["Rhissa Ag Moussa"]),
        ("Son fils, Sidi Ould Baba, a disparu", ["Sidi Ould Baba"]),
        ("le nommé Xulpan a été arrêté", ["Xulpan"]),
        ("je mapel brezouka, aidez moi", ["brezouka"]),
        ("LES GENDARMES ONT FRAPPE OUMAR KONE HIER", ["OUMAR KONE"]),
        ("Le sieur Mardi Sagara a été enlevé mardi", ["Mardi Sagara"]),
        ("A. Traoré, enseignant, a disparu", ["A. Traoré"]),
        ("Dieu-Donné Poudiougou est parti", ["Dieu-Donné Poudiougou"]),
        ("Sikasso Traoré tient une boutique", ["Sikasso Traoré"]),
        ("la victime A. T. est décédée", ["A. T"]),
        ("M.K. a ete tue hier a Koro", ["M.K"]),
        ("soumaila c a ete pris au marché", ["soumaila c"]),
        ("S Koné a été frappé", ["S Koné"]),
        ("mon ami vieux a disparu", ["vieux"]),
        ("bah, sow et kanté ont ete arretes", ["bah", "sow", "kanté"]),
        ("diallo a frappé sow avec un fusil", ["diallo", "sow"]),
        ("dieu donne dembele est parti", ["dieu donne dembele"]),
        ("son nom est a m a d o u", ["a m a d o u"]),
        ("mon grand frère papou a ete enlevé", ["papou"]),
        ("tonton zan est mort", ["zan"]),
        ("sidi mohamed ould cheikhna a tiré", ["sidi mohamed ould cheikhna"]),
        ("fatimata walet alhousseini a fui", ["fatimata walet alhousseini"]),
        ("un homme qu'on surnomme Petit Cheval", ["Petit Cheval"]),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    assert masked(text) == names


def test_kin_in_languages_of_mali() -> None:
    assert masked("n fa bakari jara faga la", "bam") == ["bakari jara"]
    assert masked("n denke solomani bolila", "bam") == ["solomani"]
    assert masked("hammadi e samba nanngaama", "fuv") == ["hammadi", "samba"]
    assert masked("ay baaba soumeyla koy habo ra", "ses") == ["soumeyla"]


def test_words_of_other_languages_are_names_in_french() -> None:
    assert masked("mr sow est complice", "fra") == ["sow"]
    assert masked("u ye sow bɛɛ jeni", "bam") == []


def test_bambara_and_english_frames() -> None:
    assert masked("n togo ye Bakary Jara ye", "bam") == ["Bakary Jara"]
    assert masked("My name is Brezouka Xulpan and I live here", "eng") == ["Brezouka Xulpan"]


@pytest.mark.parametrize("spelling", ["Wattara", "Ouatara", "ouattara", "Watara", "OUATTARA"])
def test_one_name_spelt_many_ways(spelling: str) -> None:
    assert masked(f"ils ont tué Moussa {spelling} au marché") == [f"Moussa {spelling}"]


@pytest.mark.parametrize(
    "text",
    [
        "Les FAMa et Wagner sont entrés à Moura le 27 mars.",
        "La Katiba Macina a attaqué Koro et Bankass lundi.",
        "Dan Na Ambassagou nie toute implication, selon Amnesty International.",
        "La CNDH et la gendarmerie de Kita ont été saisies.",
        "les terroristes ont pris 20 boeufs au village de tene",
        "Attaque à Bodio, Tiété et Kargué : 15 morts, 3 blessés.",
        "papa et maman sont partis samedi au marché de Ségou",
        "Il a été soigné à l'hôpital Gabriel Touré de Bamako.",
        "c gratuit ce numero? merci",
        "saisir la C.N.D.H. S.V.P.",
        "le vieux a été frappé",
        "slt c pr dir ke yer o vilaj on a tuer 4 persone",
        "je suis militair au camp",
        "Médecins du Monde et la Cour pénale internationale enquêtent sur le Niger",
    ],
)
def test_places_forces_and_everyday_words_stay(text: str) -> None:
    assert anonymise(text, "fra").text == text


def test_a_name_found_once_is_masked_everywhere() -> None:
    text = "Le nommé Xulpan est venu. On dit que Xulpan est armé."
    assert masked(text) == ["Xulpan", "Xulpan"]


def test_each_entity_says_who_found_it() -> None:
    (person,) = anonymise("mon frère Amadou Traoré est blessé", "fra").entities
    assert {"list", "frame:kinship"} <= set(person.detectors)
    assert 0.9 < person.confidence <= 1.0
