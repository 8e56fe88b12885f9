"""Webhook endpoints of organisations, as administrators keep them. A secret is shown once and sealed to the workers."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.models import Organisation, User, WebhookDelivery, WebhookEndpoint
from app.notifications.addresses import destination
from app.notifications.kinds import webhook_kinds
from app.notifications.webhooks import TEST
from app.sealing import seal
from app.settings import Settings

SECRET_BYTES = 24  # as Standard Webhooks asks: 24 to 64
SECRET_PREFIX = "whsec_"  # noqa: S105 - Standard Webhooks' mark of a secret, not one
OLD_SECRET_LASTS = timedelta(days=1)  # after a rotation both sign, so that no delivery is refused meanwhile
SHOWN = 20


class UnknownEndpoint(LookupError):
    """No endpoint of that id."""


class KindsMissing(ValueError):
    """An endpoint that would hear of nothing."""


def add_endpoint(
    session: Session,
    settings: Settings,
    user: User,
    organisation: Organisation,
    url: str,
    kinds: Collection[str],
) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint; its secret is given here and never again. Raises AddressRefused and KindsMissing."""
    destination(url, allows_loopback=settings.demonstration)
    secret = _new_secret()
    endpoint = WebhookEndpoint(
        id=uuid.uuid4(),
        organisation_id=organisation.id,
        url=url,
        kinds=_known(kinds),
        sealed_secret=seal({"secret": secret}, settings.intake_public_key),
        created_by_id=user.id,
    )
    session.add(endpoint)
    session.flush()
    _record(session, Action.WEBHOOK_ADDED, endpoint, user, organisation=str(organisation.id))
    return endpoint, secret


def change_endpoint(
    session: Session, user: User, endpoint_id: uuid.UUID, kinds: Collection[str], *, is_enabled: bool
) -> WebhookEndpoint:
    """Choose what an endpoint hears of, and whether it hears at all. Raises UnknownEndpoint and KindsMissing."""
    endpoint = _endpoint(session, endpoint_id)
    endpoint.kinds, endpoint.is_enabled = _known(kinds), is_enabled
    endpoint.disabled_reason = "" if is_enabled else endpoint.disabled_reason or "by_person"
    _record(session, Action.WEBHOOK_CHANGED, endpoint, user, is_enabled=is_enabled, kinds=endpoint.kinds)
    return endpoint


def rotate_secret(
    session: Session, settings: Settings, user: User, endpoint_id: uuid.UUID
) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret, shown once; the old one signs too for a day. Raises UnknownEndpoint."""
    endpoint, secret = _endpoint(session, endpoint_id), _new_secret()
    endpoint.sealed_previous_secret = endpoint.sealed_secret
    endpoint.previous_until = utcnow() + OLD_SECRET_LASTS
    endpoint.sealed_secret = seal({"secret": secret}, settings.intake_public_key)
    _record(session, Action.WEBHOOK_CHANGED, endpoint, user, changed="secret")
    return endpoint, secret


def send_test(session: Session, user: User, endpoint_id: uuid.UUID) -> WebhookDelivery:
    """Owe a delivery that is about nothing, also to an endpoint that is off. Raises UnknownEndpoint."""
    endpoint = _endpoint(session, endpoint_id)
    delivery = WebhookDelivery(id=uuid.uuid4(), endpoint_id=endpoint.id, kind=TEST)
    session.add(delivery)
    _record(session, Action.WEBHOOK_TESTED, endpoint, user)
    return delivery


def endpoints(session: Session) -> Sequence[WebhookEndpoint]:
    """Every endpoint, the newest first."""
    statement = select(WebhookEndpoint).order_by(WebhookEndpoint.created_at.desc(), WebhookEndpoint.id)
    return session.scalars(statement).unique().all()


def last_deliveries(session: Session, endpoint_id: uuid.UUID) -> Sequence[WebhookDelivery]:
    """What was lately told to an endpoint, the newest first."""
    statement = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    newest = statement.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id)
    return session.scalars(newest.limit(SHOWN)).all()


def _endpoint(session: Session, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    found = session.get(WebhookEndpoint, endpoint_id)
    if found is None:
        raise UnknownEndpoint
    return found


def _known(kinds: Collection[str]) -> list[str]:
    known = [str(kind) for kind in webhook_kinds() if kind in kinds]
    if not known:
        raise KindsMissing
    return known


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def _record(
    session: Session, action: Action, endpoint: WebhookEndpoint, user: User, **detail: object
) -> None:
    audit.record(session, action, f"webhook:{endpoint.id}", actor=f"user:{user.id}", detail=detail)
