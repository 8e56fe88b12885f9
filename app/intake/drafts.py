"""A report whose writer goes on to more pages: accepted with the first, made more of by each, finished by the last.

Whoever stops half-way has reported all the same: a worker reads what there is once nothing came for a while. What was
given is shown again on later pages, but no server can read it alone: it is encrypted under a key that is only in the
writer's page, and sealed to the workers besides.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import transaction
from app.intake.consent import LEAST, Consent
from app.intake.consent import read as read_consent
from app.intake.service import NewReport, beginning_of, code_of, submit
from app.intake.submission import Submission, from_content
from app.intake.uploads import attach
from app.models import Draft, Message, Report, ReportState
from app.queue import JobName, owe_again
from app.sealing import PADDING_BLOCK_BYTES, keyed_digest, seal
from app.settings import Settings

READ_AFTER = timedelta(minutes=15)  # without a further page, a worker reads what there is
OPEN_FOR = timedelta(hours=12)
REPEATED_FOR = timedelta(minutes=5)  # a click that was repeated is answered like the first
CLOSED = b""
_KEY_BYTES = SecretBox.KEY_SIZE


@dataclass(frozen=True, slots=True)
class Given:
    """What was given so far, as the pages show it again; `files` is how many came along."""

    submission: Submission
    consent: Consent = LEAST
    files: int = 0


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that its writer's page opened."""

    report_id: uuid.UUID
    given: Given


def begin(settings: Settings, new: NewReport, submission: Submission) -> str | None:
    """Accept a report and leave it open; the token for its next pages. Sent twice, it is one report and one draft.

    None when it was sent before and is no longer open: beginning it anew would put less in the place of more.
    Raises SQLAlchemyError if the report could not be made durable.
    """
    held = replace(new, content=submission.as_content(), consent=LEAST, held_for=READ_AFTER)
    receipt = submit(settings, held)
    key = _key_of(settings, new.reference)
    with transaction() as session:
        report = session.get_one(Report, receipt.report_id, with_for_update=True)  # a second click waits here
        draft = session.scalar(select(Draft).where(Draft.report_id == report.id))
        if draft is None and utcnow() - report.received_at < REPEATED_FOR:
            given = Given(submission, files=len(new.uploads))
            session.add(draft := _new_draft(settings, report.id, given, key))
        return _token(key) if draft and _is_open(draft) else None


def read(settings: Settings, session: Session, token: str) -> OpenDraft | None:
    """What the draft of a token holds; None when it is over or was never ours."""
    key = _key(token)
    draft = _draft(session, settings, key) if key else None
    given = _decrypt(draft.encrypted_answers, key) if draft and key else None
    return OpenDraft(draft.report_id, given) if draft and given else None


def add(
    settings: Settings,
    token: str,
    change: Callable[[Given], Given],
    uploads: Sequence[str] = (),
) -> Given | None:
    """Put what a page gave to the rest, seal the whole anew, and keep the report open; None when the draft is over.

    `change` makes what there will be out of what there is.
    """
    key = _key(token)
    if key is None:
        return None
    with transaction() as session:
        draft = _draft(session, settings, key, lock=True)
        before = _decrypt(draft.encrypted_answers, key) if draft else None
        if draft is None or before is None:
            return None
        report = session.get_one(Report, draft.report_id)
        message = session.scalars(beginning_of(report)).one()
        attached = attach(session, settings, message, uploads)
        given = replace(change(before), files=before.files + attached)
        _keep(settings, report, message, given)
        draft.encrypted_answers = _encrypt(given, key)
        draft.updated_at = utcnow()
        owe_again(session, JobName.PROCESS_REPORT, report.id, after=READ_AFTER)
    return given


def finish(settings: Settings, token: str) -> str | None:
    """Close the draft, have the report read now, and give its code; None when the draft is over.

    What was given is forgotten at once. The code can be had again for a few minutes: on a slow line people press twice,
    and what they see is the answer to the second.
    """
    key = _key(token)
    if key is None:
        return None
    with transaction() as session:
        draft = _draft(session, settings, key, lock=True)
        if draft is None:
            return None
        report = session.get_one(Report, draft.report_id)
        if _is_open(draft):
            draft.encrypted_answers = CLOSED
            draft.updated_at = utcnow()
            draft.expires_at = draft.updated_at + REPEATED_FOR
            owe_again(session, JobName.PROCESS_REPORT, report.id)
        return code_of(settings, report.channel_reference)


def erase_expired(session: Session) -> None:
    """Forget drafts that nobody finished; their reports stay."""
    session.execute(delete(Draft).where(Draft.expires_at <= utcnow()))


def _keep(settings: Settings, report: Report, message: Message, given: Given) -> None:
    if report.state == ReportState.WITHDRAWN:
        return
    message.sealed_content = seal(given.submission.as_content(), settings.intake_public_key)
    report.consent = given.consent.as_record()
    report.questionnaire_version = given.submission.questionnaire_version


def _draft(session: Session, settings: Settings, key: bytes, *, lock: bool = False) -> Draft | None:
    found = select(Draft).where(Draft.token_digest == _digest(settings, key), Draft.expires_at > utcnow())
    return session.scalar(found.with_for_update() if lock else found)


def _new_draft(settings: Settings, report_id: uuid.UUID, given: Given, key: bytes) -> Draft:
    now = utcnow()
    return Draft(
        id=uuid.uuid4(),
        report_id=report_id,
        token_digest=_digest(settings, key),
        encrypted_answers=_encrypt(given, key),
        updated_at=now,
        expires_at=now + OPEN_FOR,
    )


def _is_open(draft: Draft) -> bool:
    return draft.encrypted_answers != CLOSED and draft.expires_at > utcnow()


def _key_of(settings: Settings, reference: str) -> bytes:
    """The same page sent again opens the same draft. Its reference holds random bytes that only the page has."""
    return keyed_digest(settings.lookup_key, "draft-key", reference)


def _token(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode("ascii")


def _digest(settings: Settings, key: bytes) -> bytes:
    return keyed_digest(settings.lookup_key, "draft", key.hex())


def _key(token: str) -> bytes | None:
    try:
        key = base64.urlsafe_b64decode(token[:100])
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _KEY_BYTES else None


def _encrypt(given: Given, key: bytes) -> bytes:
    held: dict[str, Any] = {
        "content": given.submission.as_content(),
        "consent": given.consent.as_record(),
        "files": given.files,
    }
    return bytes(SecretBox(key).encrypt(sodium_pad(json.dumps(held).encode(), PADDING_BLOCK_BYTES)))


def _decrypt(encrypted: bytes, key: bytes) -> Given | None:
    try:
        held = json.loads(sodium_unpad(SecretBox(key).decrypt(encrypted), PADDING_BLOCK_BYTES))
        return Given(
            from_content(held["content"]), read_consent(held["consent"]) or LEAST, int(held["files"])
        )
    except (CryptoError, ValueError, KeyError):
        return None
