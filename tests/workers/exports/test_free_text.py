"""What people wrote goes out of no door without a second anonymisation: rows, or a case file, of the commission too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from app.database import db, transaction
from app.models import Act, Person, Role, User, VerificationStep
from tests.integration.casework.desk import KORO, PILLAGE, report_case
from tests.workers.exports.asked import LONG_AGO, asked_for, many_cases, released, rows_of
from workers.exports.papers import case_paper
from workers.exports.papers.as_released import shown_beside
from workers.exports.papers.case_reading import with_case_file
from workers.exports.typed_texts import TypedTexts
from workers.processing import Keys

TOLD = "Barou dit Kapi était là, l'infirmier de Diallassagou a vu [PERSONNE-1] frappée à Sangha."
TYPED = "frappé par Barou dit Kapi, infirmier de Diallassagou"
SECRETS = ("Kapi", "Barou", "infirmier")


def test_rows_of_the_commission_hold_no_word_that_only_the_first_pass_saw(
    keys: Keys, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(role=Role.ANALYST)
    numbers = many_cases(3, anonymised_text=TOLD)
    with transaction() as session:
        session.execute(update(Act).values(method=TYPED))
        session.execute(update(Person).values(label="[PERSONNE-1: Barou Kapi]"))
    release = released(keys, asked_for(user, "cndh"))
    said = repr([list(table.rows()) for table in release.tables.values()])
    assert not any(secret in said for secret in SECRETS)
    assert {row["label"] for row in rows_of(release, "persons")} == {"[PERSONNE-1]"}
    assert len(rows_of(release)) == len(numbers)
    monkeypatch.setattr("workers.exports.typed_texts.second_pass", None)  # an engine that fails
    again = released(keys, asked_for(user, "cndh"))
    assert {row["method"] for row in rows_of(again, "acts")} == {None}
    assert ("typed_text", 3, "method") in {(each.reason, each.count, each.field) for each in again.withheld}


def test_typed_words_are_looked_at_up_to_a_limit_and_the_others_stay_away() -> None:
    typed = TypedTexts(left=1)
    assert typed.text_of("à coups de crosse") == "à coups de crosse"
    assert typed.text_of("avec un fouet") is None
    assert typed.text_of("à coups de crosse") == "à coups de crosse"
    assert (typed.text_of(""), typed.text_of("[TELEPHONE-2], [PERSONNE-1]")) == (
        None,
        "[TELEPHONE-2], [PERSONNE-1]",
    )
    assert (typed.shown("avec un fouet"), typed.shown(""), typed.kept_back) == ("[…]", "", 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_case_file_says_no_more_than_the_rows(keys: Keys, make_user: Callable[..., User]) -> None:
    user = make_user(role=Role.ANALYST)
    case = report_case(PILLAGE, KORO, text=TOLD, verification="verified", verified_at=LONG_AGO)
    with transaction() as session:
        session.add(Act(case_id=case.id, violation_code="torture", method=TYPED))
        session.add(Person(case_id=case.id, kind="individual", label="Barou dit Kapi"))
        session.add(
            VerificationStep(case_id=case.id, by_id=user.id, before="pending", after="verified", ground=TYPED)
        )
    record = asked_for(user, "cndh", kind="case", case_id=case.id)
    release = with_case_file(db.session(), record, released(keys, record))
    said = case_paper.render(release)
    assert not any(secret in said for secret in SECRETS)
    assert "[PERSONNE-1]" in said


def test_a_sentence_quotes_nothing_that_the_account_does_not_have() -> None:
    quoting = shown_beside("on a frappé [PERSONNE-1] à Sangha", TypedTexts()).quoting
    assert (
        quoting("Torture : d'après « frappé », «\u00a0Sangha\u00a0».")
        == "Torture : d'après « frappé », «\u00a0Sangha\u00a0»."
    )
    assert quoting("From “frappé … Sangha”.") == "From “frappé … Sangha”."
    for hidden in (
        "« Barou »",
        "« frappé », « Barou »",
        "« frappé » Barou »",
        "« frappé » Barou «Sangha »",
        "“Barou”",
    ):
        assert quoting(f"D'après {hidden} (sûr).") == "D'après […] (sûr).", hidden
    assert quoting("No quotes at all.") == "No quotes at all."
