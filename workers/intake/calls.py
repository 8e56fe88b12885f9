"""Calls: a recording becomes a report that somebody types, a missed call a request to be called back."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app import audit
from app.audit import Action
from app.casework import conclusions as casework
from app.models import ArrivalOutcome, CallbackRequest
from workers.intake.conversations import begin
from workers.intake.reports import open_report
from workers.intake.turn import Turn

TO_TYPE = "recording_to_type"


def take_recording(turn: Turn) -> None:
    """A report whose words are in a recording, put before a person. The call itself spoke the code."""
    report, message = open_report(turn)
    casework.take_in_failure(turn.session, report, TO_TYPE)
    begin(turn, report)
    turn.settle(ArrivalOutcome.REPORT_OPENED, message.id)


def ask_to_be_called(turn: Turn) -> None:
    """Somebody rang and hung up: one open request a contact, however often they ring."""
    request = turn.session.scalars(
        select(CallbackRequest).where(
            CallbackRequest.contact_id == turn.contact.id, CallbackRequest.done_at.is_(None)
        )
    ).first()
    if request is None:
        request = _new_request(turn)
    else:
        request.times += 1
        request.last_rang_at = max(request.last_rang_at, turn.arrival.received_at)
    turn.settle(ArrivalOutcome.CALL_BACK)
    audit.record(turn.session, Action.CALL_BACK_ASKED, f"call_back:{request.id}", actor="reporter")


def _new_request(turn: Turn) -> CallbackRequest:
    moment = turn.arrival.received_at
    request = CallbackRequest(
        id=uuid.uuid4(), contact_id=turn.contact.id, requested_at=moment, last_rang_at=moment, times=1
    )
    turn.session.add(request)
    return request
