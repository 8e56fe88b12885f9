"""Mails that say no more than that something waits: written in the person's language, encrypted if they gave a key."""

from __future__ import annotations

import smtplib
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from flask_babel import gettext

from app.clock import utcnow
from app.languages import speaking

TIMEOUT_SECONDS = 20
PAGE = "/desk/notifications"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a mail goes, in which language, and under which key. Never shown."""

    delivery_id: uuid.UUID
    address: str = field(repr=False)
    language: str
    key_kind: str = ""
    key: bytes = field(default=b"", repr=False)


def write_mail(sender: str, public_url: str, recipient: Recipient) -> EmailMessage:
    """The mail in the clear: nothing in it but that something waits, and where to look."""
    message = EmailMessage(policy=SMTP)
    with speaking(recipient.language):
        message["Subject"] = gettext("Something is waiting for you")
        words = gettext("Something is waiting for you. Sign in to see what it is:")
        ending = gettext("How and when you are told can be changed there.")
    message["From"], message["To"] = sender, recipient.address
    message["Date"] = format_datetime(utcnow())
    message["Message-ID"] = f"<{recipient.delivery_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{words}\n\n{public_url}{PAGE}\n\n{ending}\n")
    return message


@contextmanager
def mail_server(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server, encrypted unless that is on this very machine. Raises OSError, SMTPException.

    `smtps://user:password@host` is TLS from the start, `smtp://…` begins in the clear and must take STARTTLS.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with server:
        if parts.scheme == "smtp" and host not in _LOOPBACK:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def hand_over(server: smtplib.SMTP, sender: str, recipient: Recipient, message: Message) -> None:
    """Give one mail to the server. Raises what smtplib raises."""
    server.sendmail(sender, [recipient.address], message.as_bytes(policy=SMTP))
