"""Webhooks: claimed, called with no transaction open, marked. One id is the same at every try, so that a receiver
that got it twice knows. What fails is tried again for about a day; then the endpoint is switched off.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.visibility import has_conflict
from app.clock import utcnow
from app.database import transaction
from app.models import LIVE_STATES, NoticeState, Referral, WebhookDelivery, WebhookEndpoint
from app.notifications.kinds import NoticeKind, facts
from app.notifications.service import administrators, notify
from app.notifications.webhooks import TEST
from workers.notifications.calling import Answer, Call, call
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

CLAIM = timedelta(minutes=1)  # longer than an endpoint is waited for
MOST_AT_ONCE = 20  # five seconds each at worst, within the time of one job
# The pauses that Standard Webhooks proposes: a bit more than a day altogether.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this worker's alone. Never shown: it holds the secrets."""

    delivery_id: uuid.UUID
    claimed_until: datetime
    call: Call = field(repr=False)


def send_webhooks(keys: Keys) -> None:
    """Send what is due."""
    for _ in range(MOST_AT_ONCE):
        claimed = _claim(keys)
        if claimed is None:
            return
        _mark(claimed, call(claimed.call, allows_loopback=keys.settings.demonstration))


def _claim(keys: Keys) -> Claimed | None:
    """The oldest delivery that is due and still makes sense."""
    with transaction() as session:
        while (delivery := _oldest(session, utcnow())) is not None:
            endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id)
            objection = _objection(session, delivery, endpoint)
            if not objection:
                try:
                    return _begin(keys, delivery, endpoint)
                except (CannotOpen, KeyError):
                    objection = "secret"
            _end(delivery, NoticeState.CANCELLED, objection)
            session.flush()
    return None


def _begin(keys: Keys, delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> Claimed:
    now = utcnow()
    prepared = Call(
        delivery.id,
        endpoint.url,
        delivery.kind,
        delivery.created_at,
        delivery.referral_id,
        _secrets(keys, endpoint, now),
    )
    delivery.state, delivery.claimed_until = NoticeState.SENDING, now + CLAIM
    delivery.attempts += 1
    return Claimed(delivery.id, delivery.claimed_until, prepared)


def _secrets(keys: Keys, endpoint: WebhookEndpoint, now: datetime) -> tuple[str, ...]:
    """The secrets that sign: for a day after a rotation the old one too. Raises CannotOpen and KeyError."""
    sealed = [endpoint.sealed_secret]
    is_rotating = endpoint.previous_until is not None and endpoint.previous_until > now
    if is_rotating and endpoint.sealed_previous_secret:
        sealed.append(endpoint.sealed_previous_secret)
    return tuple(str(open_sealed(keys.workers, each)["secret"]) for each in sealed)


def _objection(session: Session, delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> str:
    """Why it isn't to be sent any more, by a code; a test only needs its endpoint."""
    if delivery.kind == TEST:
        return ""
    if not endpoint.is_enabled or not endpoint.organisation.is_active:
        return "off"
    if not facts(delivery.kind).is_about_case:
        return ""
    referral = session.get(Referral, delivery.referral_id) if delivery.referral_id else None
    if referral is None or referral.state not in LIVE_STATES or referral.case.is_withdrawn:
        return "gone"
    return "conflict" if has_conflict(session, referral.case_id, endpoint.organisation) else ""


def _mark(claimed: Claimed, answer: Answer) -> None:
    """What became of a call; a claim that ran out meanwhile is somebody else's to mark."""
    with transaction() as session:
        delivery = session.get_one(WebhookDelivery, claimed.delivery_id, with_for_update=True)
        if delivery.claimed_until != claimed.claimed_until:
            return
        delivery.last_status = answer.status
        if answer.is_taken:
            _end(delivery, NoticeState.SENT)
        elif answer.status == HTTPStatus.GONE:
            _end(delivery, NoticeState.FAILED, "gone")
            _disable(session, delivery.endpoint_id, "gone")
        elif delivery.kind == TEST:
            _end(delivery, NoticeState.FAILED, answer.failure)
        else:
            _later(session, delivery, answer.failure)


def _later(session: Session, delivery: WebhookDelivery, failure: str) -> None:
    if delivery.attempts <= len(PAUSES):
        delivery.state, delivery.claimed_until, delivery.failure = NoticeState.QUEUED, None, failure
        delivery.available_at = utcnow() + PAUSES[delivery.attempts - 1]
        return
    _end(delivery, NoticeState.FAILED, failure)
    _disable(session, delivery.endpoint_id, "failing")


def _disable(session: Session, endpoint_id: uuid.UUID, reason: str) -> None:
    """Switch an endpoint off, drop what waits for it, and tell the administrators."""
    endpoint = session.get_one(WebhookEndpoint, endpoint_id)
    if not endpoint.is_enabled:
        return
    endpoint.is_enabled, endpoint.disabled_reason = False, reason
    audit.record(
        session, Action.WEBHOOK_DISABLED, f"webhook:{endpoint_id}", actor="worker", detail={"reason": reason}
    )
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == NoticeState.QUEUED)
        .values(state=NoticeState.CANCELLED, failure="off", ended_at=utcnow())
    )
    notify(session, NoticeKind.WEBHOOK_DISABLED, administrators(session))
    logger.warning("webhook_disabled", reason=reason)


def _end(delivery: WebhookDelivery, state: NoticeState, failure: str = "") -> None:
    delivery.state, delivery.failure = state, failure
    delivery.claimed_until, delivery.ended_at = None, utcnow()


def _oldest(session: Session, now: datetime) -> WebhookDelivery | None:
    statement = _due(now).order_by(WebhookDelivery.available_at).limit(1)
    return session.scalars(statement.with_for_update(skip_locked=True)).first()


def _due(now: datetime) -> Select[WebhookDelivery]:
    """What waits, and what a worker that died had begun: sent again under the same id."""
    is_queued = and_(WebhookDelivery.state == NoticeState.QUEUED, WebhookDelivery.available_at <= now)
    is_left = and_(WebhookDelivery.state == NoticeState.SENDING, WebhookDelivery.claimed_until < now)
    return select(WebhookDelivery).where(or_(is_queued, is_left))
