"""What its time is over for is announced, then gone to the last byte; what is held or was worked on stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Uuid, func, select, update

from app.casework.merging import merge
from app.clock import utcnow
from app.database import Base, db, transaction
from app.intake.erasing import erase_report
from app.models import (
    AuditEntry,
    BulkChange,
    Case,
    CaseEvent,
    CaseStatus,
    Contact,
    LegalHold,
    Message,
    Notification,
    Opening,
    OwedWork,
    Person,
    Report,
    ReportKey,
    ReportKeyShare,
    RetentionDue,
    Role,
    Tombstone,
    User,
)
from app.retention import holds, periods
from app.retention.due import rule_of
from app.retention.holds import NewHold
from app.retention.rules import rules
from app.retention.wording import LABELS, REASONS
from tests.integration.casework.desk import report_case
from workers.retention import keep

CANARY = "zebracanary"
SEALED = b"sealed-canary-bytes"
WHY = "The prosecutor asked for it."
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def newer_case(app: Flask) -> Iterator[None]:
    """Time stands still; and there is always a newer case: that of the highest number stays."""
    with time_machine.travel(datetime.fromisoformat("2026-03-02T08:00:00+00:00"), tick=False):
        yield


def spam(**columns: Any) -> uuid.UUID:
    values = {"status": CaseStatus.CLOSED, "closed_as": "spam"}
    return old_case(days=columns.pop("days", 31), **{**values, **columns})


def old_case(*, days: int, text: str = f"il a dit {CANARY} hier", **columns: Any) -> uuid.UUID:
    """A case that nothing was done to for some days."""
    case = report_case(text=text).id
    with transaction() as session:
        found = session.get_one(Case, case)
        for name, value in columns.items():
            setattr(found, name, value)
        found.updated_at = utcnow() - timedelta(days=days)
    return case


def fresh_case() -> uuid.UUID:
    return report_case(text="une affaire toute neuve").id


def later(days: float) -> Any:
    return time_machine.travel(utcnow() + timedelta(days=days), tick=False)


def announced_then_kept(days: float = 8) -> None:
    """A round of the worker, and another one some days later."""
    keep()
    with later(days):
        keep()


def is_there(case: uuid.UUID) -> bool:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalar(select(Case.id).where(Case.id == case)) is not None


def certificates() -> list[AuditEntry]:
    found = select(AuditEntry).where(AuditEntry.action == "retention.erased").order_by(AuditEntry.sequence)
    return list(db.session.scalars(found))


def test_a_case_goes_only_once_it_was_announced_for_a_week(app: Flask) -> None:
    case, _ = spam(), fresh_case()
    keep()
    with later(6):
        keep()
        assert is_there(case)
    with later(7):
        keep()
        assert not is_there(case)
    assert db.session.scalar(select(func.count()).select_from(RetentionDue)) == 0


def fill(case: uuid.UUID, user: User) -> None:
    """Give a case one of everything that colleagues and workers add."""
    with transaction() as session:
        report = session.scalars(select(Report).where(Report.case_id == case)).one()
        contact = Contact(id=uuid.uuid4(), digest=uuid.uuid4().bytes * 2, sealed_address=SEALED)
        key = ReportKey(id=uuid.uuid4(), report_id=report.id, public_key=bytes(32))
        session.add_all([contact, key])
        session.flush()
        report.contact_id = contact.id
        session.add_all(
            [
                Person(case_id=case, kind="individual", label=CANARY),
                CaseEvent(case_id=case, kind="note", reason=f"note {CANARY}"),
                Notification(user_id=user.id, kind="assigned", case_id=case),
                Opening(
                    user_id=user.id,
                    case_id=case,
                    subject="message",
                    subject_id=report.messages[0].id,
                    reason=f"reason {CANARY}",
                    public_key=bytes(32),
                    expires_at=utcnow(),
                ),
                OwedWork(job="some.job", subject_id=report.id),
            ]
        )
        session.execute(update(Message).where(Message.report_id == report.id).values(sealed_content=SEALED))


def references_to(case_id: uuid.UUID) -> list[str]:
    """Tables with a value that is a case's id, whatever the column is called."""
    columns = (
        each for table in Base.metadata.sorted_tables for each in table.columns if isinstance(each.type, Uuid)
    )
    return [str(each) for each in columns if db.session.scalar(select(each).where(each == case_id).limit(1))]


def test_nothing_of_an_erased_case_is_left_but_a_line_for_figures_and_a_certificate(
    app: Flask, make_user: Callable[..., User]
) -> None:
    case, _ = spam(region_code="ML19"), fresh_case()
    fill(case, make_user())
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case).values(updated_at=utcnow() - timedelta(days=31)))
    assert references_to(case)
    announced_then_kept()
    assert not is_there(case)
    assert references_to(case) == []
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1
    stone = db.session.scalars(select(Tombstone)).one()
    assert (stone.region_code, stone.violation_code, stone.verification) == ("ML19", "pillage", "unverified")
    assert stone.is_main
    (certificate,) = certificates()
    assert certificate.subject == "retention:spam"
    assert certificate.detail["count"] == 1
    assert certificate.detail["rows"]["message"] == 1
    assert len(certificate.detail["ids_sha256"]) == 64


@sqlite_only
def test_the_bytes_are_gone_from_the_files(
    app: Flask, tmp_path: Path, make_user: Callable[..., User]
) -> None:
    case, _ = spam(), fresh_case()
    fill(case, make_user())
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case).values(updated_at=utcnow() - timedelta(days=31)))

    def kept() -> set[bytes]:
        files = [path.read_bytes() for path in tmp_path.glob("seere.sqlite3*")]
        return {each for each in (CANARY.encode(), SEALED) if any(each in content for content in files)}

    assert kept() == {CANARY.encode(), SEALED}
    announced_then_kept()
    assert kept() == set()


@sqlite_only
def test_what_somebody_works_on_meanwhile_is_announced_no_more(app: Flask) -> None:
    case, _ = spam(), fresh_case()
    keep()
    assert db.session.scalar(select(RetentionDue.rule)) == "spam"
    with transaction() as session:
        found = session.get_one(Case, case)
        found.status, found.updated_at = CaseStatus.IN_PROGRESS, utcnow()
    with later(10):
        keep()
    assert is_there(case)
    assert db.session.scalar(select(func.count()).select_from(RetentionDue)) == 0


def test_a_hold_keeps_a_case_until_it_is_lifted(app: Flask, make_user: Callable[..., User]) -> None:
    supervisor = make_user(Role.SUPERVISOR)
    case, _ = spam(), fresh_case()
    keep()
    with transaction() as session:
        hold = holds.hold_case(session, supervisor, case, NewHold(WHY))
    with later(8):
        keep()
        assert is_there(case)
        with transaction() as session:
            holds.lift(session, supervisor, case, hold.id, "The trial is over.")
        announced_then_kept()
    assert not is_there(case)


@sqlite_only
def test_a_hold_with_an_end_ends(app: Flask, make_user: Callable[..., User]) -> None:
    supervisor = make_user(Role.SUPERVISOR)
    case, _ = spam(), fresh_case()
    with transaction() as session:
        until = utcnow() + timedelta(days=20)
        holds.hold_case(session, supervisor, case, NewHold(WHY, until))
    announced_then_kept()
    assert is_there(case)
    with later(21):
        announced_then_kept()
    assert not is_there(case)


@sqlite_only
def test_a_reporter_who_deletes_is_forgotten_under_a_hold_too_and_the_account_goes_when_it_ends(
    app: Flask, make_user: Callable[..., User]
) -> None:
    supervisor = make_user(Role.SUPERVISOR)
    case = old_case(days=0)
    fill(case, supervisor)
    with transaction() as session:
        hold = holds.hold_case(session, supervisor, case, NewHold(WHY))
    report_id = db.session.scalars(select(Report.id)).one()
    db.session.rollback()
    erase_report(report_id)
    message = db.session.scalars(select(Message)).one()
    assert message.anonymised_text
    assert message.sealed_content is None
    assert db.session.scalar(select(func.count()).select_from(ReportKeyShare)) == 0
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0
    keep()
    assert db.session.scalars(select(Message)).one().anonymised_text
    with transaction() as session:
        holds.lift(session, supervisor, case, hold.id, "The trial is over.")
    keep()
    db.session.expire_all()
    assert db.session.scalars(select(Message)).one().anonymised_text is None


def test_merged_cases_go_with_the_one_they_went_into(app: Flask, make_user: Callable[..., User]) -> None:
    supervisor = make_user(Role.SUPERVISOR)
    case, other, _ = old_case(days=0), old_case(days=0), fresh_case()
    with transaction() as session:
        merge(session, supervisor, case, other)
    with transaction() as session:
        session.execute(
            update(Case)
            .where(Case.id.in_([case, other]))
            .values(status="closed", closed_as="spam", updated_at=utcnow() - timedelta(days=31))
        )
    announced_then_kept()
    assert not is_there(case)
    assert not is_there(other)
    assert certificates()[0].detail["count"] == 1
    assert references_to(other) == []


@sqlite_only
def test_the_newest_case_stays_so_that_its_number_is_not_given_again(app: Flask) -> None:
    case = spam()
    announced_then_kept()
    assert is_there(case)


RULES = [
    ({"status": "closed", "closed_as": "spam"}, "spam", 30),
    ({"is_withdrawn": True, "status": "closed"}, "withdrawn", 90),
    ({"verification": "false"}, "false", 365),
    ({"verification": "not_substantiated"}, "not_substantiated", 365),
    ({"verification": "verified"}, "verified", 3650),
    ({"verification": "pending"}, "unverified", 730),
    ({}, "unverified", 730),
]


@sqlite_only
def test_each_state_has_its_period(app: Flask) -> None:
    for columns, code, days in RULES:
        case = old_case(days=5, **columns)
        db.session.rollback()
        found = rule_of(db.session(), db.session.get_one(Case, case))
        assert found == (code, utcnow() + timedelta(days=days - 5))


@sqlite_only
def test_every_rule_has_words(app: Flask) -> None:
    codes = {each.code for each in rules()}
    assert codes == set(LABELS) == set(REASONS)


def test_originals_become_unreadable_and_the_anonymised_account_stays(
    app: Flask, make_user: Callable[..., User]
) -> None:
    case, verified = (old_case(days=0), old_case(days=0, verification="verified"))
    administrator = make_user(Role.ADMINISTRATOR)
    for each in (case, verified):
        fill(each, administrator)
    with transaction() as session:
        session.execute(update(Case).values(status="closed", updated_at=utcnow() - timedelta(days=1100)))
        session.execute(update(Case).where(Case.id == case).values(verification="false"))
        saved = {**periods.days(session), "false": 0}
        periods.save(session, administrator, saved, WHY, seen_version=0)
    announced_then_kept()
    sealed = dict(
        db.session.execute(
            select(Report.case_id, Message.sealed_content).join(Report, Report.id == Message.report_id)
        ).all()
    )
    assert sealed[case] is None
    assert sealed[verified] == SEALED
    assert db.session.scalars(select(Case.anonymised_text).where(Case.id == case)).one()
    assert {each.subject for each in certificates()} == {"retention:originals", "retention:contacts"}


def test_a_phone_without_an_open_case_is_forgotten_and_one_with_an_open_case_is_not(
    app: Flask, make_user: Callable[..., User]
) -> None:
    closed, open_case = old_case(days=0), old_case(days=0)
    for each in (closed, open_case):
        fill(each, make_user())
    with transaction() as session:
        long_ago = utcnow() - timedelta(days=181)
        session.execute(update(Case).values(updated_at=long_ago))
        session.execute(update(Case).where(Case.id == closed).values(status="closed"))
        session.execute(update(Contact).values(created_at=long_ago))
    announced_then_kept()
    left = db.session.execute(select(Report.case_id, Report.contact_id)).all()
    assert {row[0]: row[1] is None for row in left} == {closed: True, open_case: False}


@sqlite_only
def test_a_shorter_period_for_rows_holds_only_after_the_announcement(
    app: Flask, make_user: Callable[..., User]
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    with transaction() as session:
        session.add(
            BulkChange(user_id=administrator.id, kind="assign", made_at=utcnow() - timedelta(days=10))
        )
        wanted = {**periods.days(session), "bulk_changes": 1}
        periods.save(session, administrator, wanted, WHY, seen_version=0)
    keep()
    assert db.session.scalar(select(func.count()).select_from(BulkChange)) == 1
    with later(8):
        keep()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(BulkChange)) == 0


def test_a_second_round_changes_nothing(app: Flask) -> None:
    case, other = spam(), fresh_case()
    announced_then_kept()
    with later(8):
        keep()
    assert len(certificates()) == 1
    assert is_there(other)
    assert not is_there(case)
    assert db.session.scalar(select(func.count()).select_from(LegalHold)) == 0
