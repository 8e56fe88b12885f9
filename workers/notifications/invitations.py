"""Mailing an invitation's link, once: the only mail with a link that lets somebody in, so it goes to nobody else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from flask_babel import gettext

from app.accounts.links import is_open
from app.clock import utcnow
from app.database import transaction
from app.languages import speaking
from app.models import AccountLink, LinkPurpose, User
from workers.notifications.mailing import Recipient, hand_over, mail_server
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

PAGE = "/desk/link/"


@dataclass(frozen=True, slots=True)
class _Letter:
    recipient: Recipient
    token: str = field(repr=False)


def mail_invitation(keys: Keys, link_id: uuid.UUID) -> None:
    """Mail an invitation that is still open. Raises OSError or SMTPException where the server can't be reached: the
    job is tried again then, which it isn't once the link was handed over."""
    if not (keys.settings.mail_sender and keys.workers.smtp_url):
        return
    with mail_server(keys.workers.smtp_url) as server:
        letter = _claim(keys, link_id)
        if letter is not None:
            hand_over(server, keys.settings.mail_sender, letter.recipient, _write(keys, letter))


def _claim(keys: Keys, link_id: uuid.UUID) -> _Letter | None:
    """The link, taken out of the database; None for one that was mailed, used or withdrawn."""
    with transaction() as session:
        link = session.get(AccountLink, link_id, with_for_update={"of": AccountLink})
        if link is None or link.sealed_link is None or link.purpose != LinkPurpose.INVITATION:
            return None
        sealed, link.sealed_link = link.sealed_link, None
        if not is_open(link, utcnow()):
            return None
        language = session.get_one(User, link.made_by_id).language
        try:
            token = str(open_sealed(keys.workers, sealed)["token"])
        except (CannotOpen, KeyError):
            return None
        return _Letter(Recipient(link.id, link.email, language), token)


def _write(keys: Keys, letter: _Letter) -> EmailMessage:
    message, sender = EmailMessage(policy=SMTP), keys.settings.mail_sender
    with speaking(letter.recipient.language):
        message["Subject"] = gettext("An invitation")
        words = gettext("You were invited. This link works once, for three days:")
        ending = gettext("If you don’t know what this is about, delete this mail.")
    message["From"], message["To"] = sender, letter.recipient.address
    message["Date"] = format_datetime(utcnow())
    message["Message-ID"] = f"<{letter.recipient.delivery_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{words}\n\n{keys.settings.public_url}{PAGE}{letter.token}\n\n{ending}\n")
    return message
