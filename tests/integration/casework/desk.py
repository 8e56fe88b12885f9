"""What the tests of the desk have in common: reports as workers take them in, and a browser without script."""

from __future__ import annotations

import os
import re
import uuid
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.casework.conclusions import Conclusion, Understanding, take_in_report
from app.clock import utcnow
from app.database import db, transaction
from app.models import Case, Message, Referral, ReferralState, Report, User

TEXT = "des hommes armés ont pris 20 boeufs à Koro, [PERSONNE-1] est blessé"
PILLAGE = Conclusion("violation", {"code": "pillage"}, 0.9, "violations.pillage", [[21, 35]])
TORTURE = Conclusion("violation", {"code": "torture"}, 0.7, "violations.torture", [[61, 67]])
URGENT = Conclusion("urgency", {"level": 2}, 0.8, "urgency.injured", [[61, 67]])
GENDARMES = Conclusion(
    "actor", {"code": "gendarmerie", "category": "state", "name": "gendarmes"}, 0.9, "actors"
)
KORO = Conclusion(
    "place",
    {"region": "Bandiagara", "region_code": "ML19", "cercle": "Koro", "cercle_code": None, "name": "Koro"},
    0.9,
    "place.gazetteer",
    [[38, 42]],
)


def report_case(*conclusions: Conclusion, text: str = TEXT, channel: str = "sms", **columns: Any) -> Case:
    """A case as a worker opens it from one report."""
    received_at: datetime = columns.pop("received_at", utcnow())
    with transaction() as session:
        report = Report(
            id=uuid.uuid4(),
            channel=channel,
            channel_reference=os.urandom(32),
            receipt_hash=os.urandom(32),
            received_at=received_at,
        )
        message = Message(
            id=uuid.uuid4(), direction="in", state="received", channel=channel, created_at=received_at
        )
        report.messages.append(message)
        session.add(report)
        session.flush()
        case = take_in_report(
            session,
            report,
            message,
            Understanding(text, "fra", b"sealed", list(conclusions or (PILLAGE, URGENT))),
        )
        for name, value in columns.items():
            setattr(case, name, value)
        return case


def refer(case: Case, user: User, state: ReferralState = ReferralState.SENT) -> Referral:
    """A referral of a case to somebody's organisation, as it might stand."""
    with transaction() as session:
        referral = Referral(
            id=uuid.uuid4(),
            case_id=case.id,
            organisation_id=user.organisation_id,
            state=state,
            deadline_at=utcnow(),
        )
        session.add(referral)
        return referral


def address(case: Case, *parts: object) -> str:
    """A page of a case."""
    return "/".join(["/desk/cases", str(case.id), *map(str, parts)])


def post(client: FlaskClient, page: str, target: str, **fields: Any) -> TestResponse:
    """Send a form of a page: its token and the version it showed are added."""
    text = client.get(page).text
    hidden = {"csrf_token": _hidden(text, "csrf_token"), "version": _hidden(text, "version")}
    return client.post(target, data={**{name: value for name, value in hidden.items() if value}, **fields})


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    return found[1] if found else ""


def fresh(case: Case) -> Case:
    """The case as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Case).where(Case.id == case.id)).one()
