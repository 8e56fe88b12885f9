"""Words of accounts: found whole or by their beginning on both databases, kept in step, and safe whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.casework.search import holds_every_word, words_of
from app.database import db, transaction
from app.folding import fold
from app.models import Case
from app.models.search_index import keep_in_step, overwrite_forgotten

MakeCase = Callable[..., Case]
ACCOUNT = "Les éleveurs de Bɔrɔ ont fui.Hier (le 3/4) ils n'ont rien payé, 50% de taxe; S-12"


def found(query: str) -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Case.number).where(*holds_every_word(query))))


def rewrite(case: Case, account: str) -> None:
    with transaction() as session:
        session.get_one(Case, case.id).search_text = fold(account)


FINDING = (
    *("eleveurs", "ÉLEV", "boro", "fui hier", "hier fui", "n'ont", "pay 50%", "3/4", "le", "taxe;", "s-12"),
)
IN_VAIN = (
    "leveurs",
    "ayé",
    "p",
    "%",
    "_",
    "*",
    '"',
    "boro OR x",
    "eleveurs NOT hier",
    "eleveurs introuvable",
)


def test_every_word_typed_is_in_the_account_whole_or_begun(make_case: MakeCase) -> None:
    case, empty = make_case(search_text=fold(ACCOUNT)), make_case(search_text="")
    assert [query for query in FINDING if found(query) != [case.number]] == []
    assert [query for query in IN_VAIN if found(query)] == []
    assert found(" ") == [case.number, empty.number]


def test_a_case_is_found_by_its_reference(make_case: MakeCase) -> None:
    case = make_case(search_text="rien")
    assert (
        found(case.reference) == [case.number] == found(f"{case.number:03d}") == found(f"rien {case.number}")
    )
    assert found(f"autre {case.number}") == []


def test_the_index_follows_what_becomes_of_an_account(make_case: MakeCase) -> None:
    case = make_case(search_text="grenier vide")
    rewrite(case, "puits empoisonné")
    assert found("grenier") == []
    assert found("puits") == [case.number]
    with transaction() as session:
        session.delete(session.get_one(Case, case.id))
    assert found("puits") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_triggers_lost_with_a_rebuilt_table_are_put_back_and_what_they_missed_is_indexed(
    make_case: MakeCase,
) -> None:
    with transaction() as session:
        session.execute(text("DROP TRIGGER casefile_search_added"))
    case = make_case(search_text="grenier")
    assert found("grenier") == []
    with transaction() as session:
        keep_in_step(session.connection())
    assert found("grenier") == [case.number]
    assert make_case(search_text="grenier").number in found("grenier")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_words_of_an_erased_account_leave_the_file(make_case: MakeCase, app: Flask) -> None:
    case = make_case(search_text="mot")
    rewrite(case, "tabaskibla")
    rewrite(case, "")
    with transaction() as session:
        overwrite_forgotten(session.connection())
    rows = db.session.execute(text("SELECT block FROM casefile_search_data"))
    assert not any(b"tabaskibla" in bytes(row.block) for row in rows)


@given(st.text(max_size=120))
@example("\x00\ud800'\"\\:*&|!()<->²½Ⅷ")
@example("ﷺ ٣ ߛ ⵣ " + "a" * 3000)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_typed_breaks_a_search(app: Any, query: str) -> None:
    assert found(query) == []


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "Nd"]), min_size=1, max_size=12), max_size=6
    )
)
def test_words_come_out_of_any_signs_between_them(words: list[str]) -> None:
    assert words_of(" .,'\"*:".join(words)) == words
