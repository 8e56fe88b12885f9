"""Thirty people, each named in a message in a way that messages do: no file for those outside holds any of them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app.database import db, transaction
from app.folding import fold
from app.models import Act, Case, Message, Report, Role, User
from app.settings import Settings
from tests.workers.exports.asked import LONG_AGO, asked_for, many_cases, released
from tests.workers.test_processing import accept
from workers.exports.formats import WRITERS
from workers.exports.preparing import prepare_backlog
from workers.names import forget
from workers.processing import Keys, process_report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # engines have no database in them
]

# What must be found nowhere, and the message it is planted in: forms of names, numbers, plates, addresses.
PLANTED = (
    (("Amadou Traoré",), "Des gendarmes ont frappé Amadou Traoré à Koro hier."),
    (("Oumou Coulibaly",), "Mme Oumou Coulibaly a été menacée par des hommes armés à Mopti."),
    (("moussa keita",), "ils ont pris 12 boeufs de moussa keita a bandiagara"),
    (("BOUBACAR CISSE",), "BOUBACAR CISSE A ETE ARRETE PAR LA POLICE A SEGOU"),
    (("Fatoumata Diarra",), "La nommée Fatoumata Diarra a été enlevée à Douentza."),
    (("Sékou Touré",), "Sékou Touré, 45 ans, cultivateur, a été tué à Bankass."),
    (("76 45 12 98",), "Des bandits ont volé nos motos à Niono, appelez 76 45 12 98."),
    (("66781234",), "on a brulé les greniers a koro mon numero 66781234"),
    (("+223 70 11 22 33",), "Il faut joindre le +223 70 11 22 33, on a tiré sur nous à Gao."),
    (("Aïssata Dembélé",), "Ma sœur Aïssata Dembélé a été violée par des hommes armés près de Mopti."),
    (("Ibrahim Maïga",), "Le chef Ibrahim Maïga a été menacé de mort à Ansongo."),
    (("Mariam Sangaré",), "Mariam Sangaré et ses deux enfants ont été battus à Sikasso."),
    (("Ousmane Guindo",), "Les chasseurs ont torturé Ousmane Guindo à Bandiagara."),
    (("BC 4521 MD",), "Un pick-up immatriculé BC 4521 MD a emmené trois hommes à Tombouctou."),
    (("Kadiatou Sidibé",), "Kadiatou Sidibé dit que les militaires ont pillé sa boutique à Kayes."),
    (("Hamidou Barry",), "Mon oncle Hamidou Barry est porté disparu depuis mardi à Djenné."),
    (("salif.kone@example.org",), "Ecrivez à salif.kone@example.org, on nous a chassés de Ménaka."),
    (("Salimata Koné",), "l'enseignante Salimata Koné a été enlevée à Niafunké"),
    (("Yacouba Sawadogo",), "Yacouba Sawadogo a été détenu sans jugement à Koutiala."),
    (("Abdoulaye Dicko",), "Les hommes armés cherchaient Abdoulaye Dicko à Djibo puis à Koro."),
    (("Rokia Samaké",), "Rokia Samaké a perdu son mari, tué par une mine près de Boni."),
    (("Adama Ouologuem",), "adama ouologuem a été frappé par des dozos à Bankass"),
    (("79.88.77.66",), "Trois femmes battues à Kidal. Tel 79.88.77.66"),
    (("Cheick Oumar Diallo",), "Le journaliste Cheick Oumar Diallo a été arrêté à Bamako."),
    (("Nana Kadidia Haïdara",), "Nana Kadidia Haïdara a été chassée de son champ à Goundam."),
    (("Bakary Fofana",), "M. Bakary Fofana n'est pas revenu du poste de police de Kati."),
    (("Zeïnabou Ag Mohamed",), "Zeïnabou Ag Mohamed a vu les hommes brûler le marché à Ménaka."),
    (("Modibo Tangara",), "Modibo Tangara, né le 12/03/1988, a été battu à San."),
    (("Lassana Doumbia", "69 55 44 33"), "Lassana Doumbia (69 55 44 33) a été racketté à Bougouni."),
    (("Hawa Tamboura",), "Hawa Tamboura et son bébé ont été tués à Diafarabé."),
)
FILES = (
    ("partner", "csv"),
    ("partner", "xlsx"),
    ("partner", "huridocs"),
    ("public", "jsonl"),
    ("public", "hxl"),
)
OTHERS, LEAST_ROWS = 60, 80  # cases about nobody, so that there are enough to be alike


def every_byte(path: Path) -> Iterator[bytes]:
    """A file, and what is packed in it."""
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def in_form(text: str) -> str:
    """Without case, accents and what stands between digits."""
    return re.sub(r"(?<=\d)[\s.]+(?=\d)", "", fold(text))


def establish() -> None:
    """All that came in was verified, long ago, in one region: rows that may go out."""
    with transaction() as session:
        for at, case in enumerate(session.scalars(select(Case))):
            case.verification, case.verified_at, case.received_at = "verified", LONG_AGO, LONG_AGO
            case.needs_person = ""
            case.region_code, case.cercle_code, case.occurred_from = "ML05", None, None
            session.execute(
                insert(Act), {"case_id": case.id, "violation_code": ("torture", "threats", "killing")[at % 3]}
            )


def test_thirty_planted_people_appear_in_no_file(
    settings: Settings, keys: Keys, app: object, make_user: Callable[..., User], tmp_path: Path
) -> None:
    forget()
    user = make_user(role=Role.ANALYST)
    for at, (_, text) in enumerate(PLANTED):
        accept(settings, text, f"SM{at}", f"+2236000{at:04d}")
    for report_id in db.session.scalars(select(Report.id)).all():
        process_report(keys, report_id)
    establish()
    many_cases(OTHERS)
    db.session.rollback()
    read = db.session.scalars(select(Message.anonymised_text)).all()
    assert len([text for text in read if text]) == len(PLANTED)
    prepare_backlog()
    looked_for = [in_form(words) for planted, _ in PLANTED for words in planted]
    with_accounts = 0
    for level, file_format in FILES:
        folder = tmp_path / level / file_format
        folder.mkdir(parents=True)
        release = released(keys, asked_for(user, level))
        written = WRITERS[file_format](release, folder, lambda _: None)
        assert release.cases.count >= LEAST_ROWS
        for path in written:
            for content in every_byte(path):
                text = in_form(content.decode("utf-8", "replace"))
                with_accounts += "[personne" in text
                found = [words for words in looked_for if words in text]
                assert not found, (level, file_format)
    assert with_accounts >= 3, "the partner's files do hold accounts"
