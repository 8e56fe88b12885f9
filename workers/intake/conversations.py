"""To which report a text belongs. The rule is written in app/messaging/dialogue/conversation.toml."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import open_question
from app.messaging import dialogue
from app.models import (
    ArrivalKind,
    Channel,
    Conversation,
    Direction,
    Message,
    MessagePurpose,
    Report,
    ReportState,
)
from workers.intake.turn import Turn


@dataclass(frozen=True, slots=True)
class Belonging:
    """The report that a text is added to, and the question it answers: a colleague's, or one of the machine's."""

    report: Report
    answers: Message | None = None

    @property
    def is_answer_to_colleague(self) -> bool:
        """Whether a person asked what this answers."""
        return self.answers is not None and self.answers.purpose != MessagePurpose.PROMPT


def conversation_of(session: Session, contact_id: uuid.UUID) -> Conversation | None:
    """The talk with a contact, if there was any. Hold the contact before changing it."""
    return session.scalars(select(Conversation).where(Conversation.contact_id == contact_id)).first()


def belonging(turn: Turn) -> Belonging | None:
    """The report that this arrival is added to; None where it opens one. What came by USSD has its own code."""
    if turn.arrival.kind == ArrivalKind.USSD:
        return None
    talk = turn.conversation
    asked = open_question(turn.session, turn.contact.id, before=turn.arrival.received_at)
    if asked is not None and not _began_anew_since(talk, asked.created_at):
        report = turn.session.get(Report, asked.report_id)
        return Belonging(report, asked) if report else None
    report = _open_report(turn, talk)
    return Belonging(report, _unanswered_prompt(turn, talk, report)) if report and talk else None


def _began_anew_since(talk: Conversation | None, moment: datetime) -> bool:
    """NEW was said after a question: what comes then doesn't answer it."""
    return talk is not None and talk.state == dialogue.IDLE and talk.last_heard_at > moment


def _open_report(turn: Turn, talk: Conversation | None) -> Report | None:
    """The report that the talk is about, if it is recent and wasn't withdrawn."""
    if talk is None or talk.state == dialogue.IDLE or talk.report_id is None:
        return None
    if turn.arrival.received_at - talk.last_heard_at > dialogue.windows().addition:
        return None
    report = turn.session.get_one(Report, talk.report_id)
    return None if report.state == ReportState.WITHDRAWN else report


def _unanswered_prompt(turn: Turn, talk: Conversation, report: Report) -> Message | None:
    if dialogue.move(talk.state, "text") == talk.state:
        return None  # nothing was asked, or it was answered
    return turn.session.scalars(
        select(Message)
        .where(
            Message.report_id == report.id,
            Message.direction == Direction.OUTBOUND,
            Message.purpose == MessagePurpose.PROMPT,
        )
        .order_by(Message.created_at.desc())
        .limit(1)
    ).first()


def begin(turn: Turn, report: Report) -> None:
    """The talk is about this new report from now on."""
    open_on(heard(turn), report)


def open_on(talk: Conversation, report: Report) -> None:
    """The talk is about a report, of which nothing was asked yet."""
    talk.report_id, talk.asked = report.id, []
    talk.state = dialogue.move(talk.state, "report")


def go_on(turn: Turn, belonging: Belonging) -> None:
    """A text was added; a question of the machine's is answered by it. A colleague's reopens the talk on its report."""
    talk = heard(turn)
    if talk.report_id != belonging.report.id:
        open_on(talk, belonging.report)
    talk.state = dialogue.move(talk.state, "text")


def leave(turn: Turn, event: str) -> None:
    """The report is left: NEW was said, or it was withdrawn."""
    talk = heard(turn)
    talk.state, talk.report_id, talk.asked = dialogue.move(talk.state, event), None, []


def heard(turn: Turn) -> Conversation:
    """The talk with this contact, begun if there was none, with when we last heard of them."""
    talk = turn.conversation
    if talk is None:
        talk = Conversation(
            id=uuid.uuid4(),
            contact_id=turn.contact.id,
            state=dialogue.IDLE,
            asked=[],
            last_heard_at=turn.arrival.received_at,
        )
        turn.session.add(talk)
        turn.conversation = talk
    talk.language = turn.language
    talk.last_heard_at = max(talk.last_heard_at, turn.arrival.received_at)
    return talk


def speaks_by_text(channel: str) -> bool:
    """Whether a channel can carry an answer: a USSD screen has shown it already, a call has spoken it."""
    return channel in {Channel.SMS, Channel.WHATSAPP}
