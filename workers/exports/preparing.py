"""Making accounts ready to go out, ahead of any export: when a case is established, and when its account changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import transaction
from app.exports.fields import residual_risk_limit
from app.exports.release_texts import digest_of, may_go_out, not_ready
from app.models import Case, ReleaseState, ReleaseText
from workers.exports.second_pass import ENGINE, Ready, second_pass
from workers.names import accepted_names

logger = structlog.get_logger()
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Account:
    """A case's account as it was read; `is_ready` where nothing has to be done about it."""

    case_id: uuid.UUID
    text: str
    language: str | None
    is_ready: bool


def prepare_text(case_id: uuid.UUID) -> None:
    """Make one case's account ready. A second run changes nothing; one whose case changed meanwhile leaves it."""
    with transaction() as session:
        account = _account(session, case_id)
    if account is None or account.is_ready:
        return
    ready = second_pass(account.text, account.language, accepted_names())  # no transaction is open here
    with transaction() as session:
        _keep(session, account, ready)


def prepare_backlog() -> int:
    """Make ready what isn't, a few hundred at a time; how many. One that fails doesn't keep the others from it."""
    with transaction() as session:
        found = list(session.scalars(not_ready(ENGINE, AT_ONCE)))
    failed = 0
    for case_id in found:
        try:
            prepare_text(case_id)
        except Exception as error:  # noqa: BLE001 - without a text nothing goes out, and the next sweep tries again
            failed += 1
            logger.warning("release_text_failed", case_id=str(case_id), error=type(error).__name__)
    return len(found) - failed


def state_of(ready: Ready) -> ReleaseState:
    """Whether a text may go out as it is or waits for a person."""
    return ReleaseState.WAITING if ready.residual_risk > residual_risk_limit() else ReleaseState.CLEAR


def _account(session: Session, case_id: uuid.UUID) -> Account | None:
    """What is to be made ready; None for a case that isn't to go out, whose earlier text is forgotten."""
    case = session.scalar(select(Case).where(Case.id == case_id, may_go_out()))
    kept = session.scalar(select(ReleaseText).where(ReleaseText.case_id == case_id))
    if case is None:
        if kept is not None:
            session.delete(kept)
        return None
    is_ready = kept is not None and _is_of(kept, case.anonymised_text)
    if kept is not None and is_ready:
        kept.checked_at = utcnow()
    return Account(case.id, case.anonymised_text, known_language(case.language), is_ready)


def known_language(language: str) -> str | None:
    """The language of a case for the engines, which find out for themselves where it isn't known."""
    return None if language in {"", "und"} else language


def _is_of(kept: ReleaseText, text: str) -> bool:
    """Whether a text was made of this account. What a person decided isn't made anew for a newer engine."""
    is_read = kept.state in {ReleaseState.READ, ReleaseState.REFUSED}
    return kept.source_digest == digest_of(text) and (is_read or kept.engine == ENGINE)


def _keep(session: Session, account: Account, ready: Ready) -> None:
    """Store it, unless the account is another one by now: then it is made ready anew by whoever changed it."""
    text = session.scalar(select(Case.anonymised_text).where(Case.id == account.case_id, may_go_out()))
    if text != account.text:
        return
    kept = session.scalar(
        select(ReleaseText).where(ReleaseText.case_id == account.case_id).with_for_update(of=ReleaseText)
    )
    if kept is None:
        kept = ReleaseText(id=uuid.uuid4(), case_id=account.case_id)
        session.add(kept)
    for name, value in _values(account, ready).items():
        setattr(kept, name, value)


def _values(account: Account, ready: Ready) -> dict[str, Any]:
    now = utcnow()
    return {
        "source_digest": digest_of(account.text),
        "text": ready.text,
        "residual_risk": ready.residual_risk,
        "doubts": [{"start": span.start, "end": span.end, "reason": reason} for span, reason in ready.doubts],
        "engine": ENGINE,
        "state": state_of(ready),
        "reason": "",
        "made_at": now,
        "checked_at": now,
        "read_by_id": None,
        "read_at": None,
    }
