"""Deliveries that carry nothing: a mail or a webhook that says that something waits."""

from __future__ import annotations

import smtplib
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.database import transaction
from app.models import DeliveryTarget, WebhookDelivery, WebhookEndpoint
from app.notifications.kinds import NoticeKind
from workers.deliveries.opened_target import CannotDeliver, OpenedTarget
from workers.notifications.mailing import Recipient, mail_server, write_mail

if TYPE_CHECKING:
    from workers.processing import Keys


def mail(keys: Keys, delivery_id: uuid.UUID, target: OpenedTarget) -> None:
    """Send a mail that says that something waits, and where to look. Raises CannotDeliver."""
    sender, url = keys.settings.mail_sender, keys.workers.smtp_url
    if not sender or not url:
        raise CannotDeliver("no_mail")
    recipient = Recipient(delivery_id, target.secret["mail"], keys.settings.default_language)
    message = write_mail(sender, keys.settings.public_url, recipient)
    try:
        with mail_server(url) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise CannotDeliver("mail_address", is_final=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise CannotDeliver("unreachable") from error


def owe_webhooks(target: OpenedTarget) -> None:
    """Owe a call to each endpoint of the organisation that wants to hear of it. Raises CannotDeliver if none does."""
    with transaction() as session:
        organisation_id = session.get_one(DeliveryTarget, target.target_id).organisation_id
        listening = select(WebhookEndpoint).where(
            WebhookEndpoint.organisation_id == organisation_id, WebhookEndpoint.is_enabled
        )
        kind = NoticeKind.EXPORT_DELIVERED
        owed = [
            WebhookDelivery(id=uuid.uuid4(), endpoint_id=endpoint.id, kind=kind)
            for endpoint in session.scalars(listening).unique()
            if kind in endpoint.kinds
        ]
        session.add_all(owed)
    if not owed:
        raise CannotDeliver("no_endpoint")
