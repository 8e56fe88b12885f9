"""Kannel, and any other gateway that speaks plain HTTP: GET or POST with parameter names that one chooses.

Requests aren't signed, so the address holds a secret, which is also part of the address for delivery reports that
every message takes along. Kannel offers no idempotency: a send whose answer is lost is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.intake.gateways import _http, _kannel_inbound, _kannel_sending, _secret_path
from app.intake.gateways._fields import parameters
from app.intake.gateways.protocol import (
    Capability,
    Configuration,
    ConfigurationField,
    Inbound,
    InboundRequest,
    Malformed,
    Outcome,
    Outgoing,
    Provider,
    Reader,
)


class Kannel:
    """The provider, as the protocol asks for it."""

    name = "kannel"
    label = "Kannel / HTTP"
    fields: tuple[ConfigurationField, ...] = (
        *_kannel_sending.FIELDS,
        *_kannel_inbound.FIELDS,
        _secret_path.path_secret(Reader.BOTH),  # the workers write it into the address for reports
    )
    capabilities = frozenset({Capability.SENDS, Capability.RECEIPTS, Capability.SECRET_PATH})

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """A secret that doesn't fit an address; an open address; a template that lacks or misnames something."""
        found = _secret_path.problems(configuration, "send_url")
        if not _kannel_sending.is_usable(configuration["send_template"]):
            found["send_template"] = lazy_gettext(
                "It must hold {to} and {text}. What can stand in braces: %(names)s.",
                names=", ".join(sorted(_kannel_sending.PLACEHOLDERS)),
            )
        return found

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """A message or a delivery report, answered by an empty body: Kannel would send any other to the phone.

        Raises NotGenuine and Malformed.
        """
        kind = _secret_path.authenticate(configuration, request)
        values = parameters(request)
        if kind == _secret_path.STATUS:
            return _kannel_inbound.report(values)
        if kind == _secret_path.USSD:
            raise Malformed("no USSD here")
        return Inbound((_kannel_inbound.message(configuration, values, request),))

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Send one message by the configured template."""
        return _kannel_sending.send(configuration, outgoing)

    def check(self, configuration: Configuration) -> str:
        """Whether the sending address answers at all: without parameters it can't send. Empty when it does."""
        try:
            answer = _http.get(configuration["send_url"])
        except (_http.NotSent, _http.Doubtful) as failure:
            return gettext("There is no answer (%(failure)s).", failure=failure.failure)
        if answer.status < 500:
            return ""
        return gettext("The answer is an error (%(status)s).", status=answer.status)


PROVIDER: Provider = Kannel()
