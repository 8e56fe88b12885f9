"""From the handset through a real worker and back: the code that a phone is told opens the report it stands for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import utcnow
from app.database import db
from app.intake import receipts
from app.intake.accepting import accept
from app.intake.arrivals import Recording
from app.intake.gateways.protocol import UssdStep
from app.intake.ussd import next_screen
from app.models import Attachment, CallbackRequest, DeliveryState, Message, Report
from app.receipts import derived_code
from app.settings import Settings
from tests.workers.conftest import keys, work

__all__ = ["keys", "work"]

pytestmark = pytest.mark.slow
NUMBER = "+22376123456"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")


def texted(client: FlaskClient, token: str, text: str, **more: str) -> Any:
    form = {"token": token, "number": NUMBER, "text": text, **more}
    return client.post("/simulator/send", data=form, headers={"Accept": "application/json"})


def received(client: FlaskClient, token: str) -> list[str]:
    form = {"token": token, "number": NUMBER}
    answer = client.post("/simulator/received", data=form, headers={"Accept": "application/json"})
    return [entry["text"] for entry in answer.get_json()["entries"]]


def opened_by(settings: Settings, code: str) -> Report:
    db.session.rollback()
    report = receipts.find_report(settings, db.session(), code)
    assert report is not None
    return report


@pytest.mark.usefixtures("server")
def test_a_text_is_answered_with_its_code_and_the_answer_is_known_to_have_arrived(
    client: FlaskClient, token: str, settings: Settings, work: Callable[[], None]
) -> None:
    texted(client, token, "des hommes ont pris 20 boeufs a Koro hier")
    work()
    code = CODE.findall(" ".join(received(client, token)))[0]
    assert opened_by(settings, code).channel == "sms"
    texted(client, token, f"STATUS {code}")
    work()
    assert any("Votre message" in text for text in received(client, token)[1:])
    db.session.rollback()
    sent = db.session.scalars(select(Message).where(Message.direction == "out")).all()
    assert {message.state for message in sent} <= {DeliveryState.SENT, DeliveryState.DELIVERED}


@pytest.mark.usefixtures("server")
def test_a_missed_call_is_a_request_to_be_called_back(
    client: FlaskClient, token: str, work: Callable[[], None]
) -> None:
    assert texted(client, token, "", ring="yes").status_code == 200
    work()
    db.session.rollback()
    assert db.session.scalars(select(CallbackRequest.times)).all() == [1]
    assert received(client, token) == []  # somebody else may hold the phone: nothing is written back


def test_the_code_on_a_ussd_screen_opens_its_report(
    app: Flask, settings: Settings, work: Callable[[], None]
) -> None:
    step = UssdStep("ATUid_1", NUMBER, ("1", "Ils ont pris 20 boeufs a Koro hier"))
    screen = next_screen(settings, "twilio", step)
    assert screen.accepted is not None
    accept(settings, "twilio", [screen.accepted], utcnow())
    work()
    assert opened_by(settings, CODE.findall(screen.text)[0]).channel == "ussd"


def test_the_code_spoken_in_a_call_opens_its_report_with_the_recording(
    app: Flask, settings: Settings, work: Callable[[], None]
) -> None:
    recording = Recording(f"CA{uuid.uuid4().hex}", NUMBER, f"{settings.twilio.api_base}/RE1", "bm")
    accept(settings, "twilio", [recording], utcnow())
    work()
    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    assert report.language == "bm"
    spoken = derived_code(settings.lookup_key, report.channel_reference.hex())
    assert opened_by(settings, spoken).id == report.id
    assert db.session.scalars(select(Attachment.report_id)).all() == [report.id]
