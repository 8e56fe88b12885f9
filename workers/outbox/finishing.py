"""The last state that sending gives a message, and its entry in the audit chain."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.messaging.states import forward
from app.models import DeliveryState, Message

logger = structlog.get_logger()

LONGEST_FAILURE = 60
_NOT_SENT = (DeliveryState.FAILED, DeliveryState.CANCELLED)


def finish(
    session: Session,
    message: Message,
    state: DeliveryState,
    failure: str,
    *,
    gateway: str = "",
    is_doubtful: bool = False,
) -> None:
    """Give a message up, for a reason (a code). After a doubtful attempt nobody can say that it wasn't sent."""
    told = DeliveryState.UNKNOWN if is_doubtful and state in _NOT_SENT else state
    message.state, message.failure, message.claimed_until = told, failure[:LONGEST_FAILURE], None
    detail = {"state": str(told), "gateway": gateway, "code": message.failure}
    _record(session, Action.MESSAGE_NOT_SENT, message, detail)


def finish_sent(session: Session, message: Message, gateway: str) -> None:
    """A provider has taken a message; a receipt may have moved it further already."""
    message.state = forward(DeliveryState(message.state), DeliveryState.SENT)
    message.gateway, message.failure, message.claimed_until = gateway, None, None
    detail = {"state": str(DeliveryState.SENT), "gateway": gateway}
    _record(session, Action.MESSAGE_SENT, message, detail)


def _record(session: Session, action: Action, message: Message, detail: dict[str, str]) -> None:
    audit.record(session, action, f"message:{message.id}", actor="worker", detail=detail)
    logger.info(
        "message_marked", message_id=str(message.id), outcome=detail["state"], gateway=detail["gateway"]
    )
