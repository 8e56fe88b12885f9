"""Opening the identities of a case with the keys of the person who approves, for as long as that request lasts.

What workers can open themselves, because it isn't under a report's own key yet or never is, such as a phone's number,
is left to them. Each thing counts as an opening by that person.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import CaseworkError
from app.casework.tokens import tokens_in
from app.clock import utcnow
from app.current import current_settings
from app.models import (
    Direction,
    JudicialFile,
    JudicialPart,
    Message,
    Opening,
    OpeningSubject,
    Report,
    User,
)
from app.openings.amounts import tell_of_unusual
from app.openings.reading import answer_from
from app.openings.sealed import Sealed, is_given_away, own_ring, sealed_of
from app.openings.service import LONGEST_REASON
from app.openings.subjects import Wanted
from app.safe.errors import SafeError
from app.safe.opening import CannotOpen, open_mapping
from app.safe.unlocking import must_be_unlocked
from app.sealing import seal

GONE = "unreadable"


@dataclass(frozen=True, slots=True)
class Identity:
    """One thing to be opened: what it is, of which report, and how it is found again among the others."""

    wanted: Wanted
    report_id: uuid.UUID

    @property
    def name(self) -> str:
        """How it is called in the payload."""
        return f"{self.wanted.subject}:{self.wanted.subject_id}:{self.wanted.part}"


def identities_of(session: Session, file: JudicialFile, reports: Sequence[Report]) -> Iterator[Identity]:
    """Everything that a judicial file holds in the clear, in the order of the reports."""
    for report in reports:
        messages = session.scalars(
            select(Message)
            .where(Message.report_id == report.id, Message.direction == Direction.INBOUND)
            .where(Message.sealed_content.is_not(None))
            .order_by(Message.created_at)
        ).all()
        for message in messages:
            for wanted in _of_message(file, message):
                yield Identity(wanted, report.id)
        if JudicialPart.NUMBERS in file.parts and report.contact_id is not None:
            yield Identity(Wanted(OpeningSubject.CONTACT, report.contact_id, file.case_id), report.id)


def _of_message(file: JudicialFile, message: Message) -> Iterator[Wanted]:
    if JudicialPart.MESSAGES in file.parts:
        yield Wanted(OpeningSubject.MESSAGE, message.id, file.case_id)
    if JudicialPart.TOKENS in file.parts:
        for token in tokens_in(message.anonymised_text or ""):
            yield Wanted(OpeningSubject.TOKEN, message.id, file.case_id, token)


def check_can_open(session: Session, reports: Sequence[Report]) -> None:
    """Whether the person of this request could open these reports. Raises CaseworkError with what the safe has
    against it: `safe_locked`, `factor_missing`, `not_granted`, `not_shared`, `unreadable`.
    """
    try:
        must_be_unlocked().check_strong()
        for sealed in _sealed_messages(session, reports):
            own_ring(session, sealed)
    except SafeError as error:
        raise CaseworkError(error.code) from error


def _sealed_messages(session: Session, reports: Sequence[Report]) -> Iterator[Sealed]:
    """What lies under reports' own keys, one value of each report and key."""
    for report in reports:
        values = session.execute(
            select(Message.sealed_content, Message.sealed_tokens).where(
                Message.report_id == report.id, Message.direction == Direction.INBOUND
            )
        )
        found = [Sealed(value, report_id=report.id) for row in values for value in row if value]
        yield from (each for each in found if is_given_away(session, each))


def open_for(session: Session, user: User, file: JudicialFile, reports: Sequence[Report]) -> bytes:
    """What only the person's own keys open, sealed to the workers; each opening, theirs too, is on record.

    Raises CaseworkError as `check_can_open`.
    """
    opened: dict[str, Any] = {}
    count = 0
    for identity in _once(identities_of(session, file, reports)):
        found = sealed_of(session, identity.wanted)
        if found is None:
            continue
        count += 1
        session.add(_note(user, file, identity, utcnow()))
        if is_given_away(session, found):
            opened[identity.name] = _text(session, identity.wanted, found)
    session.flush()
    if count:
        tell_of_unusual(session, user)
    return seal({"opened": opened}, current_settings().intake_public_key)


def _once(identities: Iterator[Identity]) -> Iterator[Identity]:
    """One phone may have written several of the reports."""
    seen: set[str] = set()
    for each in identities:
        if each.name not in seen:
            seen.add(each.name)
            yield each


def _text(session: Session, wanted: Wanted, found: Sealed) -> str:
    try:
        opened = open_mapping(own_ring(session, found), found.value)
        return answer_from(wanted.subject, opened, content_type="", part=wanted.part).text
    except SafeError as error:
        raise CaseworkError(error.code) from error
    except (CannotOpen, KeyError, ValueError) as error:
        raise CaseworkError(GONE) from error


def _note(user: User, file: JudicialFile, identity: Identity, now: datetime) -> Opening:
    """An opening that is over as soon as it is written: nobody reads its answer on a page."""
    return Opening(
        id=uuid.uuid4(),
        user_id=user.id,
        case_id=file.case_id,
        subject=identity.wanted.subject,
        subject_id=identity.wanted.subject_id,
        part=identity.wanted.part,
        reason=file.reason[:LONGEST_REASON],
        public_key=current_settings().intake_public_key,
        asked_at=now,
        expires_at=now,
        answered_at=now,
    )
