"""The conversation with a reporter as the case page shows it: every message in order, how far it is, its files."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.files import FileView, files_of
from app.casework.movable import is_last_of_report, targets
from app.messaging.wordings import UnknownWording, wording
from app.models import (
    Case,
    Direction,
    Gateway,
    Message,
    Report,
    ReportState,
    User,
)

HIDDEN_CODE = "····-····-····"  # a receipt code opens a report: the desk never sees one


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One message. `said` is what we said in words; `targets` the cases that it can be moved to."""

    message: Message
    said: str = ""
    gateway: str = ""
    is_in_account: bool = False
    is_movable: bool = False
    can_be_alone: bool = False
    targets: Sequence[Case] = field(default=())
    files: Sequence[FileView] = field(default=())
    is_undecoded: bool = False  # sealed, and no safe text: it can be opened

    @property
    def is_outgoing(self) -> bool:
        """Whether we wrote it."""
        return self.message.direction == Direction.OUTBOUND

    @property
    def recording(self) -> FileView | None:
        """The first recording that came with it and can be listened to."""
        return next((each for each in self.files if each.is_recording and each.can_be_opened), None)

    @property
    def can_be_typed(self) -> bool:
        """Whether somebody may write down what it says."""
        return self.recording is not None or self.is_undecoded


def talk(
    session: Session, user: User, case: Case, messages: Sequence[Message], in_account: Collection[uuid.UUID]
) -> list[TalkLine]:
    """Every message of a case in order; what only the desk may do with it stays empty for others."""
    reading = _Reading(session, user, case)
    files = files_of(session, user, case, messages)
    return [
        reading.ours(each)
        if each.direction == Direction.OUTBOUND
        else reading.theirs(each, files.get(each.id, []), is_in_account=each.id in in_account)
        for each in messages
    ]


class _Reading:
    """One person reads one case: what the lines of its conversation have in common."""

    def __init__(self, session: Session, user: User, case: Case) -> None:
        self.session, self.user, self.case = session, user, case
        self.labels = _gateway_labels(session)

    def ours(self, message: Message) -> TalkLine:
        """What a colleague or the machine wrote."""
        return TalkLine(message, _said(self.session, message), self._gateway(message))

    def theirs(self, message: Message, files: Sequence[FileView], *, is_in_account: bool) -> TalkLine:
        """What the reporter wrote or said, and what this person may do with it."""
        is_movable = self._is_for_desk(message) and _is_movable(message, self._report(message))
        return TalkLine(
            message,
            gateway=self._gateway(message),
            is_in_account=is_in_account,
            is_movable=is_movable,
            can_be_alone=is_movable and self._can_be_alone(message),
            targets=targets(self.session, self.user, self.case, message) if is_movable else (),
            files=files,
            is_undecoded=self._is_for_desk(message) and _is_unread(message),
        )

    def _report(self, message: Message) -> Report:
        return next(report for report in self.case.reports if report.id == message.report_id)

    def _gateway(self, message: Message) -> str:
        slug = message.gateway or self._report(message).gateway
        return self.labels.get(slug, slug.capitalize())

    def _is_for_desk(self, message: Message) -> bool:
        is_open = self._report(message).state != ReportState.WITHDRAWN and not self.case.is_withdrawn
        return self.user.organisation.sees_every_case and is_open

    def _can_be_alone(self, message: Message) -> bool:
        return len(self.case.reports) > 1 or not is_last_of_report(self.session, message)


def _is_unread(message: Message) -> bool:
    is_repeat = message.repeats_message_id is not None
    return message.anonymised_text is None and message.sealed_content is not None and not is_repeat


def _is_movable(message: Message, report: Report) -> bool:
    return report.contact_id is not None and message.repeats_message_id is None


def _said(session: Session, message: Message) -> str:
    """What a colleague wrote, or what the machine says, without the code that goes with it."""
    if message.template is None:
        return message.text or ""
    try:
        text = wording(session, message.template, message.language)
    except UnknownWording:
        return message.template.replace("_", " ")
    return text.replace("{code}", HIDDEN_CODE)


def _gateway_labels(session: Session) -> dict[str, str]:
    return {row.slug: row.label for row in session.execute(select(Gateway.slug, Gateway.label))}
