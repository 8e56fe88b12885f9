"""A table becomes reports: tried first, once each however often it is sent, and the file is gone afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import travel

from app.clock import utcnow
from app.database import db, transaction
from app.imports import service
from app.imports.mapping import Mapped
from app.imports.service import ImportRefused
from app.intake.consent import Consent
from app.models import AuditEntry, ImportState, OwedWork, ReportImport, UploadPiece
from tests.workers.imports.conftest import (
    HEADINGS,
    Desk,
    contents,
    csv_of,
    files_left,
    reports,
    xlsx_of,
)
from workers.imports import read_import, running

FIRST = ("Bétail emporté", "Bankass", "12/03/2026", "a-1")
SECOND = ("Marché brûlé", "Koro", "2026-03-13", "a-2")
BAD = ("", "Douentza", "hier", "a-3")


def test_the_columns_are_found_with_how_much_is_in_them(desk: Desk) -> None:
    found = desk.read(desk.send(csv_of(HEADINGS, FIRST, BAD)))
    assert (found.state, found.rows) == (ImportState.READ, 2)
    assert [(column["heading"], column["filled"]) for column in found.columns] == [
        ("Récit", 1),
        ("Lieu", 2),
        ("Date de l'incident", 2),
        ("_uuid", 2),
    ]


def test_a_dry_run_says_what_is_wrong_row_by_row_and_takes_nothing_in(desk: Desk) -> None:
    import_id = desk.send(csv_of(HEADINGS, FIRST, BAD, SECOND))
    desk.read(import_id)
    found = desk.try_rows(import_id)
    assert (found.state, found.accepted, found.rows_read) == (ImportState.CHECKED, 2, 3)
    assert found.problems == [
        {"row": 3, "field": "text", "code": "missing"},
        {"row": 3, "field": "occurred_on", "code": "date"},
    ]
    assert reports() == []


@pytest.mark.parametrize("table", [csv_of, xlsx_of])
def test_rows_become_sealed_reports_of_the_organisation_with_its_consent(
    desk: Desk, table: Callable[..., bytes]
) -> None:
    consent = Consent(may_ask=True, share_with=frozenset({"cndh"}))
    mapped = Mapped({"text": 0, "where": 1, "occurred_on": 2, "external_id": 3}, consent)
    found = desk.import_whole(table(HEADINGS, FIRST, BAD, SECOND), mapped)
    assert (found.state, found.accepted, found.repeated) == (ImportState.DONE, 2, 0)
    assert sorted(contents(desk.keys), key=lambda content: str(content["when"])) == [
        {"text": "Bétail emporté", "where": "Bankass", "when": "12/03/2026"},
        {"text": "Marché brûlé", "where": "Koro", "when": "13/03/2026"},
    ]
    for report in reports():
        assert (report.channel, report.submitted_by_id) == ("api", desk.user.organisation_id)
        assert report.consent == {"may_ask": True, "share_with": ["cndh"], "with_identity": False}
    assert len(db.session.scalars(select(OwedWork).where(OwedWork.job.like("%process_report"))).all()) == 2


def test_the_file_and_its_headings_are_erased_once_it_is_taken_in(desk: Desk) -> None:
    found = desk.import_whole(csv_of(HEADINGS, FIRST))
    assert (files_left(), found.columns, found.upload_id) == (0, [], None)


def test_the_same_file_twice_imports_once(desk: Desk) -> None:
    desk.import_whole(csv_of(HEADINGS, FIRST, SECOND))
    import_id = desk.send(csv_of(HEADINGS, FIRST, SECOND))
    desk.read(import_id)
    found = desk.try_rows(import_id)
    assert (found.accepted, found.repeated) == (0, 2)
    with pytest.raises(ImportRefused, match="nothing_to_import"), transaction() as session:
        service.begin(session, desk.user, import_id)
    assert len(reports()) == 2


def test_without_identifiers_the_content_tells_and_a_longer_file_adds_only_what_is_new(desk: Desk) -> None:
    first, second = FIRST[:3], SECOND[:3]
    desk.import_whole(csv_of(HEADINGS[:3], first))
    found = desk.import_whole(xlsx_of(HEADINGS[:3], second, first, second))
    assert (found.accepted, found.repeated, len(reports())) == (1, 2, 2)


def test_two_organisations_may_send_the_same(desk: Desk, make_user: Callable[..., Any]) -> None:
    desk.import_whole(csv_of(HEADINGS, FIRST))
    other = Desk(make_user().id, desk.keys)
    assert other.import_whole(csv_of(HEADINGS, FIRST)).accepted == 1


def test_columns_that_are_no_field_can_be_added_to_the_text(desk: Desk) -> None:
    table = csv_of(("Récit", "Auteurs", ""), ("Bétail emporté", "hommes armés", "vu de loin"))
    desk.import_whole(table, Mapped({"text": 0}, with_others=True))
    assert contents(desk.keys) == [{"text": "Bétail emporté\nAuteurs: hommes armés\nvu de loin"}]


def test_whoever_was_not_asked_has_allowed_nothing(desk: Desk) -> None:
    desk.import_whole(csv_of(HEADINGS, FIRST))
    assert reports()[0].consent == {"may_ask": False, "share_with": [], "with_identity": False}


def test_a_crash_half_way_loses_and_doubles_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"Fait numéro {number}", "Koro", "2026-03-13", f"id-{number}") for number in range(60)]
    import_id = desk.send(csv_of(HEADINGS, *rows))
    desk.read(import_id)
    desk.try_rows(import_id)
    with transaction() as session:
        service.begin(session, desk.user, import_id)
    submit, left = running.submit, iter(range(40))

    def dying(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise RuntimeError
        return submit(*arguments)

    monkeypatch.setattr(running, "submit", dying)
    with pytest.raises(RuntimeError):
        read_import(desk.keys, import_id)
    assert desk.look(import_id).rows_read == 25
    monkeypatch.setattr(running, "submit", submit)
    found = desk.read(import_id)
    assert (found.state, found.rows_read, len(reports())) == (ImportState.DONE, 60, 60)


def test_a_long_table_is_taken_in_by_stints(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "STINT_SECONDS", -1)
    rows = [(f"Fait numéro {number}", "Koro", "", f"id-{number}") for number in range(30)]
    import_id = desk.send(csv_of(HEADINGS, *rows))
    desk.read(import_id)
    desk.try_rows(import_id)
    with transaction() as session:
        service.begin(session, desk.user, import_id)
    again_at = read_import(desk.keys, import_id)
    assert again_at is not None
    assert again_at < utcnow() + timedelta(minutes=1)
    assert desk.look(import_id).accepted == 25
    read_import(desk.keys, import_id)
    found = desk.read(import_id)
    assert (found.state, found.accepted, found.repeated) == (ImportState.DONE, 30, 0)


def test_a_table_that_nobody_goes_on_with_is_erased_after_a_week(desk: Desk) -> None:
    import_id = desk.send(csv_of(HEADINGS, FIRST))
    desk.read(import_id)
    assert read_import(desk.keys, import_id) is not None
    assert desk.look(import_id).state == ImportState.READ
    with travel(datetime.now(UTC) + timedelta(days=8)):
        assert read_import(desk.keys, import_id) is None
    found = desk.look(import_id)
    assert (found.state, found.failure, files_left()) == (ImportState.FAILED, "expired", 0)


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (b"", "empty"),
        (b"a;b\n", "empty"),
        (b"Moussa;70 11 22 33\nbattu;hier", "no_headings"),
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b"PK\x03\x04 broken", "damaged"),
        (random.Random(1).randbytes(3000), "not_a_table"),
    ],
)
def test_what_is_no_table_is_refused_in_words_and_erased(desk: Desk, content: bytes, failure: str) -> None:
    found = desk.read(desk.send(content))
    assert (found.state, found.failure, files_left()) == (ImportState.FAILED, failure, 0)


def test_a_damaged_file_is_not_read(desk: Desk) -> None:
    import_id = desk.send(csv_of(HEADINGS, FIRST))
    with transaction() as session:
        upload_id = session.get_one(ReportImport, import_id).upload_id
        piece = session.scalars(select(UploadPiece).where(UploadPiece.upload_id == upload_id)).one()
        piece.sealed = piece.sealed[:-1] + bytes([piece.sealed[-1] ^ 1])
    found = desk.read(import_id)
    assert (found.state, found.failure) == (ImportState.FAILED, "damaged")


def test_nothing_of_the_table_is_in_the_clear(desk: Desk) -> None:
    import_id = desk.send(csv_of(HEADINGS, FIRST, BAD))
    desk.read(import_id)
    found = desk.try_rows(import_id)
    kept = f"{found.columns} {found.mapping} {found.problems}"
    audited = " ".join(str(entry.detail) for entry in db.session.scalars(select(AuditEntry)))
    for cell in (*FIRST[:2], *BAD[1:3]):
        assert cell not in kept
        assert cell not in audited


def test_every_step_is_on_record(desk: Desk) -> None:
    found = desk.import_whole(csv_of(HEADINGS, FIRST))
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == f"import:{found.id}").order_by(AuditEntry.sequence)
    )
    steps = [(entry.action, entry.actor.split(":")[0]) for entry in entries]
    assert steps == [
        ("import.sent", "user"),
        ("import.mapped", "user"),
        ("import.begun", "user"),
        ("import.done", "worker"),
    ]


def test_a_real_worker_does_it_from_the_queue(desk: Desk, work: Callable[[], None]) -> None:
    import_id = desk.send(csv_of(HEADINGS, FIRST))
    work()
    assert desk.look(import_id).state == ImportState.READ
    with transaction() as session:
        service.map_columns(session, desk.user, import_id, Mapped({"text": 0}))
    work()
    assert desk.look(import_id).state == ImportState.CHECKED
