"""Cases are found again by what they share: words, event, a telephone, a full name; never by the name itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.clock import utcnow
from app.database import db, transaction
from app.intake import receipts
from app.intake.service import NewReport, submit
from app.models import Case, Channel, Finding, Likeness, Report
from app.settings import Settings
from workers import processing
from workers.benchmarks.twin_cases import Teller, write_told
from workers.processing import Keys
from workers.twinning import likely_twins

pytestmark = pytest.mark.slow


@pytest.fixture
def process(app: Flask, settings: Settings, keys: Keys) -> Callable[[str], uuid.UUID]:
    """Accept and process a text; its case's id."""

    def run(text: str) -> uuid.UUID:
        new = NewReport(Channel.WEB, uuid.uuid4().hex, {"text": text}, utcnow())
        report_id = submit(settings, new).report_id
        processing.process_report(keys, report_id)
        db.session.rollback()
        case_id = db.session.get_one(Report, report_id).case_id
        assert case_id is not None
        return case_id

    return run


def links(case_id: uuid.UUID, kind: str) -> dict[str, str]:
    """The other cases that a case points at, and by which rule."""
    found = db.session.scalars(select(Finding).where(Finding.case_id == case_id, Finding.kind == kind))
    return {finding.value["case_id"]: finding.rule for finding in found}


ATTACK = "hier des hommes armés ont attaqué le village de Diallassagou, ils ont brulé les greniers et tué 3 personnes"
RETOLD = (
    "attaque hier a Diallassagou, 3 personnes tuées, greniers du village brulés par des hommes armés en moto"
)
OTHER = "la police demande 5000 francs a chaque chauffeur au poste de Kati depuis lundi"


def test_the_same_message_and_the_same_event_retold_are_proposed(process: Callable[[str], uuid.UUID]) -> None:
    first, unrelated = process(ATTACK), process(OTHER)
    again, retold = process(ATTACK + " svp"), process(RETOLD)
    assert links(again, "twin")[str(first)] == "same message again"
    assert str(first) in links(retold, "twin")
    assert str(unrelated) not in links(again, "twin") | links(retold, "twin")


def test_cases_that_name_the_same_person_or_phone_are_linked_without_the_name(
    process: Callable[[str], uuid.UUID],
) -> None:
    first = process("ils ont frappé Zoumana Kassambara au marché de Kayes, appelez 76 12 34 56")
    by_name = process("Kassambara Zoumana a été enlevé à Ségou ce matin")
    by_phone = process("on nous menace à Gao, mon numéro 76-12-34-56")
    neither = process("Amadou est malade au village, Traoré aussi, à Sikasso")
    assert links(by_name, "same_person") == {str(first): "same full name"}
    assert links(by_phone, "same_person") == {str(first): "same telephone"}
    assert links(neither, "same_person") == {}
    stored = b"".join(likeness.key for likeness in db.session.scalars(select(Likeness)))
    assert b"Kassambara" not in stored
    assert b"7612" not in stored


def test_a_withdrawn_case_is_no_longer_pointed_at(process: Callable[[str], uuid.UUID]) -> None:
    first = process(ATTACK)
    report = db.session.scalars(select(Report).where(Report.case_id == first)).one()
    receipts.withdraw(report.id)
    assert links(process(ATTACK), "twin") == {}


def test_processing_again_neither_doubles_keys_nor_links(
    process: Callable[[str], uuid.UUID], keys: Keys
) -> None:
    process(ATTACK)
    again = process(ATTACK)
    before = len(db.session.scalars(select(Likeness)).all())
    report = db.session.scalars(select(Report).where(Report.case_id == again)).one()
    processing.process_report(keys, report.id)
    db.session.rollback()
    assert len(db.session.scalars(select(Likeness)).all()) == before
    assert len(links(again, "twin")) == 1


def test_candidates_come_from_an_index(process: Callable[[str], uuid.UUID], app: Flask) -> None:
    statements: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "FROM likeness" in statement and "GROUP BY" in statement:
            statements.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    process(ATTACK)
    event.remove(db.engine, "before_cursor_execute", note)
    assert statements
    if db.engine.dialect.name != "sqlite":
        return  # PostgreSQL rightly scans a table of a few rows; SQLite plans without looking at their number
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
            assert not [row for row in plan if "SCAN likeness" in str(row)], plan
            assert "USING COVERING INDEX ix_likeness_kind_key_case_id" in str(plan), "no row is read"


def test_every_case_has_its_keys(process: Callable[[str], uuid.UUID]) -> None:
    process(ATTACK)
    assert {likeness.kind for likeness in db.session.scalars(select(Likeness))} == {"text", "event"}
    assert db.session.scalars(select(Case)).one().is_withdrawn is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_told_again_is_found_among_many_as_the_benchmark_stores_them(app: Flask) -> None:
    teller = Teller()
    with transaction() as session:
        write_told(session, teller, 60)
    rules = set()
    for told in [teller.tell() for _ in range(80)]:
        told.case.anonymised_text = told.text
        rules |= {found.rule for found in likely_twins(db.session(), told.case, told.keys)}
    assert "same message again" in rules
