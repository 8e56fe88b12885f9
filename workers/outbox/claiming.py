"""One owner for every attempt: a worker claims the most urgent message that is due, and writes down that it will
call a gateway, before it does.

`queued` is a message that certainly wasn't sent. `sending` is one that is being handed over or, once its claim ran
out, one that nobody can tell of: it goes again only by the same gateway, and only if that sends the same id once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import transaction
from app.messaging.outbox import is_due
from app.messaging.policy import locked_policy
from app.models import Message
from workers.outbox.attempts import Claimed, Settled
from workers.outbox.considering import Consideration
from workers.outbox.waiting import Places

if TYPE_CHECKING:
    from workers.processing import Keys


logger = structlog.get_logger()

SET_ASIDE = timedelta(minutes=5)


def claim(keys: Keys, places: Places) -> Claimed | Settled | None:
    """Take the most urgent message that is due, the oldest first; None when there is none.

    One worker at a time: the policy's row is locked, so that budgets and rates are exact. A message that somebody
    else is changing is passed over. STOP changes the contact before its messages: whoever could still take one
    of them here either sees the contact stopped, or committed before STOP did.
    """
    with transaction() as session:
        locked_policy(session)
        now = utcnow()
        message = _most_urgent(session, now)
        return None if message is None else _decide(Consideration(session, keys, places, message, now))


def _decide(considered: Consideration) -> Claimed | Settled:
    """A message that nobody foresaw is set aside for a while: it must not keep the others from being sent."""
    try:
        with considered.session.begin_nested():
            return considered.decide()
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - its text may hold what people wrote
        identifier, failure = str(considered.message.id), type(error).__name__
        logger.error("message_set_aside", message_id=identifier, error=failure)  # noqa: TRY400
        return considered.put_off(considered.now + SET_ASIDE)


def _most_urgent(session: Session, now: datetime) -> Message | None:
    return session.scalars(
        select(Message)
        .where(is_due(now))
        .order_by(Message.priority.desc(), Message.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
