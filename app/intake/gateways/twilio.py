"""Twilio: texts, WhatsApp messages and pictures both ways, and delivery receipts. Calls are in twilio_voice.py.

The work is in the `_twilio_…` modules beside this one; only they and twilio_voice.py import the SDK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.intake.gateways import _twilio_client, _twilio_media
from app.intake.gateways._twilio_addresses import UnknownAddress, read_origin
from app.intake.gateways._twilio_webhooks import is_genuine, parameters, read_message, read_receipt, sign
from app.intake.gateways.protocol import (
    Capability,
    Configuration,
    ConfigurationField,
    HttpAnswer,
    Inbound,
    InboundRequest,
    Malformed,
    MediaProvider,
    NotGenuine,
    Outcome,
    Outgoing,
    Reader,
    Shape,
)

__all__ = ["NAME", "PROVIDER", "is_genuine", "sign"]

NAME = "twilio"
TWIML = "text/xml; charset=utf-8"
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SENDER = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}")
# Every answer to a person goes through the outbox, where STOP, safe hours and budgets are honoured; so TwiML says none.
_SILENCE = HttpAnswer('<?xml version="1.0" encoding="UTF-8"?><Response/>', TWIML)
_NOTED = HttpAnswer(status=204)


class Twilio:
    """Twilio's Programmable Messaging."""

    name: str = NAME
    label: str = "Twilio"
    capabilities: frozenset[Capability] = frozenset(
        {Capability.SENDS, Capability.RECEIPTS, Capability.MEDIA, Capability.VOICE}
    )
    fields: tuple[ConfigurationField, ...] = (
        ConfigurationField(
            "account_sid", _("Account SID"), help=_("AC and 32 signs, from Twilio's console.")
        ),
        ConfigurationField(
            "auth_token",
            _("Auth token"),
            Shape.SECRET,
            help=_("The primary one: Twilio signs its requests with it."),
            least=32,
        ),
        ConfigurationField(
            "number",
            _("Sender"),
            help=_(
                "A number as +223…, a WhatsApp sender as whatsapp:+223…, or a messaging service (MG and 32 signs)."
            ),
        ),
        ConfigurationField(
            "api_base",
            _("Another API address"),
            Shape.ADDRESS,
            Reader.WORKER,
            is_required=False,
            help=_("Only for a simulator: messages go there instead of to Twilio."),
        ),
    )

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """What is wrong with the account's id, the sender or the other address."""
        found: dict[str, LazyString | str] = {}
        if not _ACCOUNT.fullmatch(configuration["account_sid"]):
            found["account_sid"] = _("An account SID is AC and 32 signs from 0 to 9 and a to f.")
        if not _SENDER.fullmatch(configuration["number"]):
            found["number"] = _(
                "Give a number with + and the country's code, whatsapp: and a number, or the SID of a service."
            )
        if configuration["api_base"] and not _is_address(configuration["api_base"]):
            found["api_base"] = _("Give an address that begins with https://, or http:// on this machine.")
        return found

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """A message (`sms`) or a delivery receipt (`status`). Raises NotGenuine and Malformed."""
        if not is_genuine(configuration, request):
            raise NotGenuine
        given = parameters(request)
        if request.action == "sms":
            return Inbound((read_message(given),), _SILENCE)
        if request.action == "status":
            return Inbound(read_receipt(given), _NOTED)
        raise Malformed("neither a message nor a receipt")

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Send one message by Twilio's own client. Never raises."""
        return _twilio_client.send(configuration, outgoing)

    def check(self, configuration: Configuration) -> str:
        """Ask for the account: empty when it is active."""
        return _twilio_client.check(configuration)

    def fetch(self, configuration: Configuration, url: str) -> tuple[bytes, str]:
        """A picture of a message or the recording of a call, and its content type. Raises OSError."""
        return _twilio_media.fetch(configuration, url)


def _is_address(url: str) -> bool:
    """Whether an API may stand there: the credentials aren't sent in the clear over a network."""
    try:
        origin = read_origin(url)
    except UnknownAddress:
        return False
    return origin.scheme == "https" or origin.is_loopback


PROVIDER: MediaProvider = Twilio()
