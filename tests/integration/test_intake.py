"""Accepting a report: once, sealed, with work owed, whatever the queue does."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from nacl.bindings import sodium_unpad
from nacl.public import SealedBox
from sqlalchemy import func, select

from app.clock import utcnow
from app.database import db
from app.intake.service import NewReport, submit
from app.models import AuditEntry, Channel, Message, OwedWork, Report
from app.settings import Settings
from tests.conftest import INTAKE_KEY

SENTENCE = "Ils ont pris les boeufs de Seydou Kone"


def new_report(reference: str = "SM1") -> NewReport:
    return NewReport(Channel.SMS, reference, {"text": SENTENCE, "sender": "+22376123456"}, utcnow())


def test_a_report_is_kept_sealed_with_work_owed_and_an_audit_entry(app: Flask, settings: Settings) -> None:
    submit(settings, new_report())
    message = db.session.scalars(select(Message)).one()
    assert message.sealed_content is not None
    assert SENTENCE.encode() not in message.sealed_content
    opened = SealedBox(INTAKE_KEY).decrypt(message.sealed_content[9:])
    assert json.loads(sodium_unpad(opened, 256))["text"] == SENTENCE
    assert db.session.scalars(select(OwedWork)).one().done_at is None
    assert db.session.scalars(select(AuditEntry.action)).all() == ["report.received"]


def test_the_same_submission_is_one_report_and_one_code_eight_at_once(app: Flask, settings: Settings) -> None:
    def once(_: int) -> str:
        with app.app_context():
            return submit(settings, new_report()).code

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(once, range(16)))
    assert len(codes) == 1
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1


def test_different_submissions_have_different_codes(app: Flask, settings: Settings) -> None:
    assert submit(settings, new_report("SM1")).code != submit(settings, new_report("SM2")).code
