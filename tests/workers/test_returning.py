"""What people do when they come back, as the workers carry it out: more is read, and what was deleted stays deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.database import db
from app.intake import additions, erasing
from app.intake.service import NewReport, Receipt, submit
from app.models import Case, CaseStatus, Channel, Finding, Message, OwedWork, Report
from app.settings import Settings

pytestmark = pytest.mark.slow

Work = Callable[[], None]
STORY = "Des hommes armés ont volé 20 boeufs à Amadou Diallo hier à Mopti."


def accept(settings: Settings) -> Receipt:
    return submit(settings, NewReport(Channel.WEB, "form-1", {"text": STORY}, utcnow()))


def only_case() -> Case:
    db.session.rollback()
    return db.session.scalars(select(Case).execution_options(populate_existing=True)).one()


def test_what_is_added_reaches_the_case_without_names_once(settings: Settings, work: Work) -> None:
    receipt = accept(settings)
    work()
    for _ in range(2):
        assert additions.add(settings, receipt.report_id, "Seydou Kone a reconnu leur chef.", "form-2")
    work()
    case = only_case()
    assert case.anonymised_text.count("a reconnu leur chef") == 1
    assert "Seydou" not in case.anonymised_text
    assert case.status == CaseStatus.NEW


def test_files_without_a_word_break_nothing(settings: Settings, work: Work) -> None:
    receipt = accept(settings)
    work()
    before = only_case().anonymised_text
    assert additions.add(settings, receipt.report_id, "", "form-2")
    work()
    assert only_case().anonymised_text == before
    assert [work.failure for work in db.session.scalars(select(OwedWork))] == [None, None]


def test_what_was_deleted_stays_deleted_whatever_is_still_in_the_queue(
    settings: Settings, work: Work
) -> None:
    receipt = accept(settings)
    work()
    additions.add(settings, receipt.report_id, "Seydou Kone a reconnu leur chef.", "form-2")
    assert erasing.erase_report(receipt.report_id)
    work()
    case = only_case()
    assert (case.anonymised_text, case.search_text) == ("", "")
    assert db.session.scalars(select(Finding)).all() == []
    assert not any(
        each.anonymised_text or each.sealed_content for each in db.session.scalars(select(Message))
    )
    assert db.session.scalars(select(Report)).one().erased_at is not None
