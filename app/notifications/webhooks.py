"""What an organisation's own system is to hear, written in the caller's transaction. Sending it is the workers'."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    LIVE_STATES,
    Case,
    Organisation,
    Referral,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.notifications.kinds import NoticeKind, facts

TEST = "test"


def owe_deliveries(
    session: Session, kind: NoticeKind, case: Case, organisation: Organisation
) -> list[WebhookDelivery]:
    """Owe a delivery to each endpoint of an organisation that wants this kind, if the case is referred to it.

    All it says of the case is the id of that referral. Workers look again before they send.
    """
    if not facts(kind).is_for_webhooks:
        return []
    referral_id = _referral_of(session, case, organisation)
    if referral_id is None:
        return []
    owed = [
        WebhookDelivery(id=uuid.uuid4(), endpoint_id=endpoint.id, kind=kind, referral_id=referral_id)
        for endpoint in _listening(session, organisation)
        if kind in endpoint.kinds
    ]
    session.add_all(owed)
    return owed


def _referral_of(session: Session, case: Case, organisation: Organisation) -> uuid.UUID | None:
    return session.scalar(
        select(Referral.id).where(
            Referral.case_id == case.id,
            Referral.organisation_id == organisation.id,
            Referral.state.in_(LIVE_STATES),
        )
    )


def _listening(session: Session, organisation: Organisation) -> list[WebhookEndpoint]:
    statement = select(WebhookEndpoint).where(
        WebhookEndpoint.organisation_id == organisation.id, WebhookEndpoint.is_enabled
    )
    return list(session.scalars(statement).unique())
