"""Asking the reporter, at most twice and one after the other, for what triage could not find. Never for names.

The questions and what makes each unnecessary are in app/messaging/dialogue/conversation.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import Conclusion, open_question
from app.clock import utcnow
from app.messaging import dialogue
from app.messaging.dialogue import Question
from app.messaging.outbox import queue_text
from app.models import (
    Case,
    Channel,
    Contact,
    Conversation,
    Finding,
    FindingState,
    Message,
    MessagePurpose,
    Report,
)
from workers.intake.acknowledging import ADDED, TO_COLLEAGUE
from workers.intake.conversations import conversation_of
from workers.intake.turn import has_said

DANGER_RULE = "dialogue:danger"
_DANGER = "danger"
_SURE_OF_DANGER = 0.9
_LANGUAGES_OF_THE_DESK = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Asking:
    """A report in its conversation, with a contact (held) who may be asked."""

    session: Session
    report: Report
    contact: Contact
    talk: Conversation
    case: Case

    def say(self, template: str, purpose: MessagePurpose, *, is_urgent: bool = False) -> None:
        """Queue one text of the machine's."""
        queue_text(
            self.session,
            purpose,
            channel=Channel(self.report.channel),
            contact_id=self.contact.id,
            report_id=self.report.id,
            template=template,
            language=self.contact.language or self.talk.language,
            gateway=self.report.gateway,
            is_urgent=is_urgent,
        )


def go_on_talking(session: Session, report: Report, case: Case, *, after_silence: bool = False) -> None:
    """After a report or an addition was understood: the next question, or thanks, or nothing.

    `after_silence`: the text came after so long that taking it in left the acknowledgement to us.
    """
    asking = _asking(session, report, case)
    if asking is None:
        return
    may_ask = dialogue.move(asking.talk.state, "asked") != asking.talk.state
    if may_ask and (question := next_question(asking)) is not None:
        _ask(asking, question)
    elif asking.talk.state == "answered":
        asking.say("thanks", MessagePurpose.ANSWER)
        asking.talk.state = dialogue.move(asking.talk.state, "nothing_missing")
    else:
        asking.talk.state = dialogue.move(asking.talk.state, "nothing_missing")
        if after_silence and not _acknowledged(asking):
            asking.say(ADDED, MessagePurpose.ANSWER)


def _asking(session: Session, report: Report, case: Case) -> Asking | None:
    """The conversation about this report, where its contact may be written to and is still there."""
    contact = session.get(Contact, report.contact_id) if report.contact_id else None
    talk = conversation_of(session, contact.id) if contact else None
    if contact is None or talk is None or talk.report_id != report.id or case.is_withdrawn:
        return None
    if contact.stopped_at or contact.is_machine or contact.is_never_written:
        return None
    if utcnow() - talk.last_heard_at > dialogue.windows().ask_within:
        return None
    if not dialogue.asked_over(report.channel, _violations(case)):
        return None
    return Asking(session, report, contact, talk, case)


def _violations(case: Case) -> frozenset[str]:
    found = (each.value.get("code") for each in case.findings if each.kind == "violation")
    return frozenset(str(code) for code in found)


def next_question(asking: Asking) -> Question | None:
    """The first question that wasn't put and whose answer nobody knows; none while a colleague's own one is open."""
    if len(asking.talk.asked) >= dialogue.most_questions():
        return None
    if open_question(asking.session, asking.contact.id) is not None:
        return None
    known = _known(asking.session, asking.case)
    return next(
        (
            question
            for question in dialogue.questions()
            if question.name not in asking.talk.asked and not _is_known(question, known)
        ),
        None,
    )


def _known(session: Session, case: Case) -> Mapping[str, list[tuple[float, int]]]:
    """By kind, how sure each finding that stands is, and its level; what a person set is as sure as can be."""
    known: dict[str, list[tuple[float, int]]] = {}
    standing = select(Finding).where(Finding.case_id == case.id, Finding.state != FindingState.REJECTED)
    for finding in session.scalars(standing):
        sure = finding.confidence if finding.state == FindingState.PROPOSED else 1.0
        known.setdefault(finding.kind, []).append((sure, int(finding.current_value.get("level") or 0)))
    return known


def _is_known(question: Question, known: Mapping[str, list[tuple[float, int]]]) -> bool:
    return any(
        confidence >= question.confidence or (question.level is not None and level >= question.level)
        for confidence, level in known.get(question.known_by, [])
    )


def _ask(asking: Asking, question: Question) -> None:
    asking.say(question.text, MessagePurpose.PROMPT, is_urgent=question.is_urgent or asking.case.urgency >= 3)
    asking.talk.asked = [*asking.talk.asked, question.name]
    asking.talk.state = dialogue.move(asking.talk.state, "asked")


def _acknowledged(asking: Asking) -> bool:
    since = utcnow() - dialogue.waits().say_added_again
    return has_said(asking.session, asking.contact.id, frozenset({ADDED, TO_COLLEAGUE}), since)


def danger_answered(session: Session, message: Message, text: str) -> Conclusion | None:
    """That somebody is in danger now, if this answers that question with a word that says so. Calm lowers nothing.

    `text` is the anonymised one: the conclusion points at the word in it.
    """
    if not _was_asked_about_danger(session, message.report_id, message.created_at):
        return None
    found = dialogue.danger_told(text)
    if found is None:
        return None
    start, end = found
    return Conclusion(
        kind="urgency",
        value={"level": 3},
        confidence=_SURE_OF_DANGER,
        rule=DANGER_RULE,
        evidence=[[start, end]],
        explanation={
            language: dialogue.danger_in_words(language, text[start:end])
            for language in _LANGUAGES_OF_THE_DESK
        },
    )


def _was_asked_about_danger(session: Session, report_id: object, before: datetime) -> bool:
    texts = [question.text for question in dialogue.questions() if question.name == _DANGER]
    statement = select(Message.id).where(
        Message.report_id == report_id, Message.template.in_(texts), Message.created_at < before
    )
    return session.scalar(statement.limit(1)) is not None
