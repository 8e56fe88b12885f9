"""Names that no list settles are masked where a sentence names persons; what else stands there stays readable."""

import pytest

from tests.workers.anonymise.test_persons import masked


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ils ont fermé la boutique de yaxou à ouenkoro", ["yaxou"]),
        ("le moto taxi zié a été arrêté", ["zié"]),
        ("demandez à mah elle a tout vu", ["mah"]),
        ("les soldats du camp ont torturé Kola", ["Kola"]),
        ("hier zoumbaxi m'a dit de partir", ["zoumbaxi"]),
        ("la foule a crié avec gorbixo toute la nuit", ["gorbixo"]),
        ("mon oncle sambix est mort", ["sambix"]),
        ("les morts sont ibrahima, hambarkix et guidadox", ["ibrahima", "hambarkix", "guidadox"]),
        ("moussa+tidiani arretés à 22h", ["moussa", "tidiani"]),
        ("fanta et gna mariam ont fui", ["fanta", "gna mariam"]),
        ("sid'ahmed est retenu au puits", ["sid'ahmed"]),
        ("hier soir marie-laure est tombée", ["marie-laure"]),
        ("mon patron o.k me frappe", ["o.k"]),
        ("bintou t et awa s sont témoins", ["bintou t", "awa s"]),
        ("le lieutenant dao a tiré", ["dao"]),
        ("un bandit surnommé gros bras nous vole", ["gros bras"]),
        ("Cinquante Diarra a donné sa fille", ["Cinquante Diarra"]),
        ("on m'a pris avec harouna et petit jean hier", ["harouna", "petit jean"]),
    ],
)
def test_names_are_found_by_where_they_stand(text: str, names: list[str]) -> None:
    assert masked(text) == names


def test_in_bambara_who_suffers_a_deed_stands_before_it() -> None:
    assert masked("polisiw ye zan siri k'a bugo", "bam") == ["zan"]
    assert masked("u ye misiw faga", "bam") == []


@pytest.mark.parametrize(
    "text",
    [
        "ils ont brûlé la maison de retraite",
        "la femme agressée a fui avec ses enfants",
        "cinquante personnes sont arrivées, les déplacés ont faim",
        "on a tué deux bergers avec des fusils",
        "le corps de gendarmerie demande à gao de l'aide",
        "avec sévaré et koro, mopti est encerclé",
        "les otages ont été libérés hier",
        "Relâchés : 5. Gardés : 7, dont deux femmes.",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert masked(text) == []
