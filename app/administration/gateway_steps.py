"""What remains to be done at a provider once its gateway is kept here: which address to enter, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.administration.gateway_values import has_path_secret
from app.intake.gateways.protocol import Capability, Provider
from app.settings import Settings

HIDDEN = "••••••••"  # in place of a secret that is not shown again
# What Kannel fills into an address: its user guide's escape codes, for the parameter names that are our defaults.
_KANNEL_QUERY = "?from=%p&to=%P&text=%b&id=%I&ts=%T&coding=%c&udh=%u"

_MESSAGES = lazy_gettext("Messages")
_RECEIPTS = lazy_gettext("Delivery receipts")
_USSD = lazy_gettext("USSD sessions")
_CALLS = lazy_gettext("Calls")

_STEPS: Mapping[str, Sequence[LazyString]] = {
    "twilio": (
        lazy_gettext(
            "In Twilio’s console open the number (or the messaging service) and its messaging settings."
        ),
        lazy_gettext("Enter the address for messages as the webhook for an incoming message, by HTTP POST."),
        lazy_gettext("For calls, enter the address for calls under Voice. Receipts need no setting."),
    ),
    "smsgate": (
        lazy_gettext(
            "On the phone, in SMSGate, set the signing key under Settings, Webhooks to the one entered here."
        ),
        lazy_gettext(
            "Register the address for messages as a webhook for each of these events: sms:received, sms:sent, "
            "sms:delivered, sms:failed, system:ping."
        ),
        lazy_gettext("Exempt SMSGate from the phone’s battery saving, or Android will stop it."),
    ),
    "httpsms": (
        lazy_gettext(
            "In httpSMS, under Settings, Webhooks, add the address for messages with the signing key."
        ),
        lazy_gettext(
            "Tick the events for received, sent, delivered, failed and expired messages and missed calls."
        ),
    ),
    "africastalking": (
        lazy_gettext(
            "In Africa’s Talking’s dashboard, under SMS, SMS callback URLs, enter the address for messages."
        ),
        lazy_gettext("Enter the address for delivery receipts in the same place under Delivery reports."),
        lazy_gettext(
            "If you have a USSD code, enter the address for USSD sessions under USSD, Service codes."
        ),
    ),
    "kannel": (
        lazy_gettext(
            "In Kannel’s configuration add an sms-service with the address for messages as its get-url."
        ),
        lazy_gettext(
            "Set max-messages = 0 there, so that Kannel itself answers nobody. Receipts need no setting."
        ),
    ),
    "vonage": (
        lazy_gettext("In Vonage’s dashboard, under API settings, enter the two addresses as SMS webhooks."),
        lazy_gettext("Choose POST as the method of the webhooks."),
    ),
}
_ANY_PROVIDER = (
    lazy_gettext("At the provider, enter the address for messages where it asks for a webhook."),
)
_LAST = lazy_gettext("Then send yourself a test from the list of gateways, and answer it from that phone.")


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """One address to be entered at the provider."""

    label: LazyString
    url: str


def addresses(
    settings: Settings, provider: Provider, slug: str, path_secret: str = ""
) -> list[WebhookAddress]:
    """The addresses that the provider is to call; the secret in them only where it is given."""
    base = f"{settings.public_url}/webhooks/{slug}"
    if not has_path_secret(provider):
        return [WebhookAddress(label, f"{base}/{path}") for label, path in _signed(provider)]
    secret = path_secret or HIDDEN
    return [
        WebhookAddress(label, f"{base}/{kind}{secret}{_query(provider)}")
        for label, kind in _unsigned(provider)
    ]


def steps(provider: Provider) -> tuple[LazyString, ...]:
    """What to do at the provider, in order."""
    return (*_STEPS.get(provider.name, _ANY_PROVIDER), _LAST)


def _signed(provider: Provider) -> list[tuple[LazyString, str]]:
    calls = [(_CALLS, "voice")] if Capability.VOICE in provider.capabilities else []
    return [(_MESSAGES, "sms"), *calls]


def _unsigned(provider: Provider) -> list[tuple[LazyString, str]]:
    offered = [(_MESSAGES, "")]
    if Capability.RECEIPTS in provider.capabilities and not _query(provider):
        offered.append((_RECEIPTS, "status/"))
    if Capability.USSD in provider.capabilities:
        offered.append((_USSD, "ussd/"))
    return offered


def _query(provider: Provider) -> str:
    """Only Kannel has to be told what to call things; it takes the address for receipts with each message."""
    return _KANNEL_QUERY if provider.name == "kannel" else ""
