"""What the reporters of the demonstration do: send, answer a question, withdraw."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from app.database import transaction
from app.demonstration.acting import asked_question
from app.demonstration.stories import LATEST, Story
from app.intake import additions, receipts
from app.intake.gateways import twilio
from app.intake.service import NewReport, submit
from app.models import CaseEvent, Channel, Message, Report
from app.settings import Settings


def send(settings: Settings, story: Story, now: datetime) -> uuid.UUID:
    """Hand a report in on the way every report takes; the id of it, or of the one that is there already."""
    is_sms = story.channel is Channel.SMS
    new = NewReport(
        channel=story.channel,
        gateway=twilio.NAME if is_sms else "",
        reference=story.reference,
        content=story.content,
        received_at=story.received_at(now),
        language=story.language,
        is_demonstration=True,
    )
    return submit(settings, new).report_id


def respond(settings: Settings, story: Story, report_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    """What the reporter did in the end, once; the id of an answer that workers still have to read."""
    if story.follow_up.reporter == "withdraw":
        _withdraw(report_id, _moment(story, report_id, now))
    if story.follow_up.reporter == "answer":
        return _answer(settings, story, report_id, now)
    return None


def _moment(story: Story, report_id: uuid.UUID, now: datetime) -> datetime:
    with transaction() as session:
        received_at = session.get_one(Report, report_id).received_at
    return min(received_at + timedelta(hours=story.follow_up.reporter_after_hours), now - LATEST / 2)


def _answer(settings: Settings, story: Story, report_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    with transaction() as session:
        question = asked_question(session, report_id)
    if question is None or not additions.answer(
        settings, report_id, question.id, story.answer, f"{story.reference}-answer"
    ):
        return None
    moment = _moment(story, report_id, now)
    with transaction() as session:
        answer = session.scalars(select(Message).where(Message.answers_message_id == question.id)).first()
        if answer is None:
            return None
        answer.created_at = min(answer.created_at, moment)
        return answer.id


def _withdraw(report_id: uuid.UUID, moment: datetime) -> None:
    if not receipts.withdraw(report_id):
        return
    with transaction() as session:
        report = session.get_one(Report, report_id)
        report.withdrawn_at = moment
        for event in session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == report.case_id, CaseEvent.kind == "report_withdrawn")
        ):
            event.at = moment
