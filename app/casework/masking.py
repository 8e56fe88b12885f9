"""Hiding more words of a message, and taking a wrong mask away. Neither history nor audit holds the words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.audit import Action
from app.casework import history
from app.casework.conclusions import refresh_text
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.handing_back import let_read_message
from app.casework.history import EventKind
from app.casework.tokens import (
    Edit,
    MaskLabel,
    edited,
    hiding,
    label_of,
    next_token,
    shifted,
    showing,
    tokens_in,
    touches,
)
from app.casework.visibility import workable_case
from app.clock import utcnow
from app.current import current_settings
from app.models import (
    Case,
    CaseEvent,
    CorrectionState,
    Direction,
    Finding,
    FindingState,
    MaskChange,
    MaskCorrection,
    Message,
    NameKind,
    Report,
    ReportState,
    User,
)
from app.naming import suggest
from app.queue import JobName, owe
from app.safe.resealing import owe_resealing
from app.sealing import seal

DOUBT = "doubt"
SHORTEST_WORDS, LONGEST_WORDS = 2, 200


def mask_words(
    session: Session, user: User, case_id: uuid.UUID, message_id: uuid.UUID, words: str, label: MaskLabel
) -> MaskCorrection:
    """Put a new token in place of every whole occurrence of some words in one message; the case follows.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `mask_short`, `mask_long`, `mask_missing`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    message = _message(session, case, message_id)
    wanted = _checked(words)
    token = next_token(_used_tokens(session, case), label)
    text = message.anonymised_text or ""
    edits = hiding(text, wanted, token)
    if not edits:
        raise CaseworkError("mask_missing")
    as_written = text[edits[0].start : edits[0].end]
    rewrite(session, message, edits, is_hiding=True, by=user)
    refresh_text(session, case)
    if label is MaskLabel.PERSON:
        suggest(session, as_written, NameKind.NAME)
    correction = _kept(session, message, user, MaskChange.ADDED, token, _sealed(token, as_written))
    if message.report_id is not None:
        owe_resealing(session, message.report_id)
    detail = {"message": str(message.id), "token": token, "count": len(edits)}
    history.write(session, user, case, EventKind.WORDS_MASKED, detail=detail)
    return correction


def ask_unmasking(
    session: Session, user: User, case_id: uuid.UUID, message_id: uuid.UUID, token: str, *, is_confirmed: bool
) -> MaskCorrection:
    """Say that a mask hides what identifies nobody. A worker puts the words back; only the desk may ask for it.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `mask_unknown`, `mask_pending`, `unmask_unconfirmed`,
    and as `handing_back` says.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    if not user.organisation.sees_every_case:
        raise CaseworkError(FORBIDDEN)
    message = _message(session, case, message_id)
    if token not in tokens_in(message.anonymised_text or ""):
        raise CaseworkError("mask_unknown")
    if not is_confirmed:
        raise CaseworkError("unmask_unconfirmed")
    if session.scalar(_pending(message.id, token)) is not None:
        raise CaseworkError("mask_pending")
    let_read_message(session, user, message)
    correction = _kept(session, message, user, MaskChange.REMOVED, token, None)
    owe(session, JobName.UNMASK_WORDS, correction.id)
    detail = {"message": str(message.id), "token": token}
    history.write(session, user, case, EventKind.UNMASKING_ASKED, detail=detail)
    return correction


def put_back(session: Session, correction: MaskCorrection, case: Case, message: Message, words: str) -> bool:
    """What a worker does with the words it opened: they stand in the text again. False if the mask is gone."""
    edits = showing(message.anonymised_text or "", correction.token, words)
    if not edits:
        return False
    rewrite(session, message, edits, is_hiding=False)
    refresh_text(session, case)
    case.updated_at = utcnow()
    is_own = _undo(session, message.id, correction.token)
    if label_of(correction.token) is MaskLabel.PERSON and not is_own:
        suggest(session, words, NameKind.NOT_A_NAME)
    correction.state = CorrectionState.DONE
    detail = {"message": str(message.id), "token": correction.token}
    session.add(CaseEvent(case_id=case.id, kind="words_unmasked", detail=detail))
    audit.record(session, Action.WORDS_UNMASKED, f"case:{case.id}", actor="worker", detail=detail)
    return True


def rewrite(
    session: Session, message: Message, edits: Sequence[Edit], *, is_hiding: bool, by: User | None = None
) -> None:
    """Make the edits in a message's text and in where its findings' words lie."""
    message.anonymised_text = edited(message.anonymised_text or "", edits)
    for finding in session.scalars(select(Finding).where(Finding.message_id == message.id)):
        if touches(finding.evidence, edits):
            finding.explanation = {}  # it repeats the words as they were
        had_words = bool(finding.evidence)
        finding.evidence = shifted(finding.evidence, edits, is_hidden_dropped=is_hiding)
        if had_words and not finding.evidence and by is not None:
            _settle_doubt(finding, by)


def _settle_doubt(finding: Finding, user: User) -> None:
    """Words that could have identified somebody are hidden now: the doubt about them was right."""
    if finding.kind == DOUBT and finding.state == FindingState.PROPOSED:
        finding.state, finding.decided_by_id, finding.decided_at = FindingState.ACCEPTED, user.id, utcnow()


def corrections_of(session: Session, case: Case) -> Sequence[MaskCorrection]:
    """Every correction of a mask in a case's messages, in order."""
    of_case = _messages_of(case).with_only_columns(Message.id)
    statement = select(MaskCorrection).where(MaskCorrection.message_id.in_(of_case))
    return session.scalars(statement.order_by(MaskCorrection.made_at)).all()


def _messages_of(case: Case) -> Select[Message]:
    return (
        select(Message)
        .join(Report, Report.id == Message.report_id)
        .where(Report.case_id == case.id, Message.direction == Direction.INBOUND)
    )


def _message(session: Session, case: Case, message_id: uuid.UUID) -> Message:
    """A readable message of the case, as the database has it now."""
    readable = _messages_of(case).where(
        Message.id == message_id, Report.state != ReportState.WITHDRAWN, Message.anonymised_text.is_not(None)
    )
    message = session.scalar(readable.execution_options(populate_existing=True))
    if message is None:
        raise CaseworkError(NOT_FOUND)
    return message


def _checked(words: str) -> str:
    wanted = " ".join(words.replace("\x00", "").split())
    if sum(letter.isalnum() for letter in wanted) < SHORTEST_WORDS:
        raise CaseworkError("mask_short")
    if len(wanted) > LONGEST_WORDS:
        raise CaseworkError("mask_long")
    return wanted


def _used_tokens(session: Session, case: Case) -> Iterable[str]:
    """All tokens that stand or ever stood in the case, as far as a person changed them."""
    for message in session.scalars(_messages_of(case)):
        yield from tokens_in(message.anonymised_text or "")
    yield from (correction.token for correction in corrections_of(session, case))


def _pending(message_id: uuid.UUID, token: str) -> Select[uuid.UUID]:
    return select(MaskCorrection.id).where(
        MaskCorrection.message_id == message_id,
        MaskCorrection.token == token,
        MaskCorrection.state == CorrectionState.PENDING,
    )


def _undo(session: Session, message_id: uuid.UUID, token: str) -> bool:
    """Mark the mask as taken away if a person had put it; whether one had."""
    own = select(MaskCorrection).where(
        MaskCorrection.message_id == message_id,
        MaskCorrection.token == token,
        MaskCorrection.change == MaskChange.ADDED,
        MaskCorrection.state == CorrectionState.DONE,
    )
    found = session.scalars(own).all()
    for correction in found:
        correction.state = CorrectionState.UNDONE
    return bool(found)


def _sealed(token: str, words: str) -> bytes:
    settings = current_settings()
    return seal({token: words}, settings.intake_public_key)


def _kept(
    session: Session, message: Message, user: User, change: MaskChange, token: str, sealed: bytes | None
) -> MaskCorrection:
    correction = MaskCorrection(
        id=uuid.uuid4(),
        message_id=message.id,
        change=change,
        token=token,
        state=CorrectionState.DONE if sealed else CorrectionState.PENDING,
        sealed_words=sealed,
        made_by_id=user.id,
        made_at=utcnow(),
    )
    session.add(correction)
    session.flush()
    return correction
