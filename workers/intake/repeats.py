"""The same words again with another id: kept and linked, never dropped, and neither understood nor answered twice."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app import audit
from app.audit import Action
from app.messaging import dialogue
from app.models import Arrival, ArrivalOutcome, Message, Report, ReportState
from workers.intake.reports import add_message
from workers.intake.turn import Turn


def take_as_repeat(turn: Turn) -> bool:
    """Keep a message that repeats another of its sender's within the window; False when it doesn't."""
    repeated = _same_before(turn)
    if repeated is None:
        return False
    report = turn.session.get_one(Report, repeated.report_id)
    message = add_message(turn, report)
    message.repeats_message_id = repeated.id
    turn.settle(ArrivalOutcome.REPEATED, message.id)
    audit.record(
        turn.session,
        Action.MESSAGE_REPEATED,
        f"message:{message.id}",
        actor="worker",
        detail={"repeats": str(repeated.id)},
    )
    return True


def _same_before(turn: Turn) -> Message | None:
    """The first message with these words, as long as the last of them is within the window."""
    arrival = _similar(turn, dialogue.waits().repeat, with_message=True)
    if arrival is None:
        return None
    message = turn.session.get_one(Message, arrival.message_id)
    first = turn.session.get(Message, message.repeats_message_id) if message.repeats_message_id else message
    report = turn.session.get(Report, first.report_id) if first else None
    return first if report and report.state != ReportState.WITHDRAWN else None


def is_repeated_command(turn: Turn) -> bool:
    """Whether the same command came a moment ago: a gateway that hands over twice, not somebody who asks again."""
    return _similar(turn, dialogue.waits().repeated_command, with_message=False) is not None


def _similar(turn: Turn, window: timedelta, *, with_message: bool) -> Arrival | None:
    moment = turn.arrival.received_at
    has_message = Arrival.message_id.is_not(None) if with_message else Arrival.message_id.is_(None)
    outcomes = [] if with_message else [ArrivalOutcome.COMMAND, ArrivalOutcome.CONSENT]
    statement = select(Arrival).where(
        Arrival.contact_id == turn.contact.id,
        Arrival.text_digest == turn.text_digest,
        Arrival.received_at.between(moment - window, moment + window),
        Arrival.id != turn.arrival.id,
        has_message,
    )
    if outcomes:
        statement = statement.where(Arrival.outcome.in_(outcomes))
    return turn.session.scalars(statement.order_by(Arrival.received_at.desc()).limit(1)).first()
