"""What an administrator sees of the installation."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.administration.queries import health
from app.clock import utcnow
from app.database import db, transaction
from app.intake import drafts
from app.intake.service import NewReport
from app.intake.submission import Submission
from app.models import Channel, Organisation, OwedWork, Role, RoutingRule
from app.queue import JobName
from app.settings import Settings, TwilioSettings
from tests.integration.casework.conftest import Enter


def test_organisations_people_and_rules_are_listed(enter: Enter) -> None:
    client, user = enter(Role.ADMINISTRATOR)
    with transaction() as session:
        home = session.get_one(Organisation, user.organisation_id)
        session.add(
            RoutingRule(
                name="Pillages", organisation_id=home.id, violations=["pillage"], region_codes=["ML19"]
            )
        )
    page = client.get("/desk/administration").text
    for expected in (user.email, user.organisation.name, "Pillages", "Bandiagara"):
        assert expected in page


def test_a_healthy_installation_asks_for_nothing(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    page = client.get("/desk/administration").text
    assert 'class="unwell"' not in page
    assert "nothing waits" in page


def test_work_that_waits_too_long_says_what_to_do(enter: Enter) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    with transaction() as session:
        long_ago = utcnow() - timedelta(hours=2)
        session.add(OwedWork(job=JobName.PROCESS_REPORT, subject_id=uuid.uuid4(), created_at=long_ago))
    page = client.get("/desk/administration").text
    assert "1 waiting" in page
    assert "Check that workers" in page


def test_work_that_failed_is_late_and_a_report_still_being_written_is_not(
    enter: Enter, settings: Settings
) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    begun = NewReport(Channel.WEB, "a form", {}, utcnow())
    drafts.begin(settings, begun, Submission(text="hier à Koro"))
    with transaction() as session:
        session.scalars(select(OwedWork)).one().created_at = utcnow() - timedelta(hours=2)
    assert "nothing waits" in client.get("/desk/administration").text
    with transaction() as session:
        work = OwedWork(job=JobName.PROCESS_ANSWER, subject_id=uuid.uuid4(), failure="ValueError")
        work.created_at, work.available_at = utcnow() - timedelta(hours=2), utcnow() + timedelta(hours=1)
        session.add(work)
    assert "Check that workers" in client.get("/desk/administration").text


def test_a_queue_that_does_not_answer_and_a_missing_gateway_are_named(
    enter: Enter, settings: Settings
) -> None:
    client, _ = enter(Role.ADMINISTRATOR)
    lame = replace(settings, redis_url="redis://127.0.0.1:1/0", twilio=TwilioSettings())
    with client.application.test_request_context("/desk/administration?lang=en"):
        signs = {sign.name: sign for sign in health(db.session(), lame)}
    assert not signs["Queue (Valkey)"].is_well
    assert "Start Valkey" in signs["Queue (Valkey)"].what_to_do
    assert "SEERE_TWILIO_ACCOUNT_SID" in signs["SMS gateway"].what_to_do
