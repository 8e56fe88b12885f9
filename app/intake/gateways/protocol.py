"""What every SMS provider is to Seere: one protocol, both ways. Adding a provider takes one file beside this one.

A provider's module defines `PROVIDER`, an instance that fits `Provider`; app/intake/gateways finds it by itself.
Nothing here knows Flask or the database: requests come as plain values, and the same code serves web and workers.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl

from flask_babel.speaklater import LazyString

from app.clock import utcnow
from app.models import Channel, DeliveryState

LONGEST_IDENTIFIER = 200  # of a provider's message id or a sender; longer ones are malformed


class NotGenuine(Exception):
    """A request that its provider can't have sent. Nothing of it is read or kept."""


class Malformed(ValueError):
    """A genuine request that lacks what it must have."""


class Capability(StrEnum):
    """What a provider offers beyond taking messages in."""

    SENDS = "sends"
    RECEIPTS = "receipts"  # tells later what became of a message
    IDEMPOTENT = "idempotent"  # the same message id twice is sent once: a doubtful send may be repeated
    MEDIA = "media"
    RECONCILES = "reconciles"  # recent messages can be asked for
    VOICE = "voice"
    USSD = "ussd"
    SECRET_PATH = "secret_path"  # noqa: S105 - unsigned requests: `path_secret` is the last part of the address


class Reader(StrEnum):
    """Which zone may read a value of a gateway's configuration."""

    WEB = "web"  # only to recognise requests
    WORKER = "worker"  # only to send: sealed to the workers
    BOTH = "both"


class Shape(StrEnum):
    """How a value is typed in."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - never shown again
    ADDRESS = "address"  # http(s)://…
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ConfigurationField:
    """One value that an administrator gives. `choices` are the values of a CHOICE."""

    name: str
    label: LazyString | str
    shape: Shape = Shape.TEXT
    reader: Reader = Reader.BOTH
    is_required: bool = True
    help: LazyString | str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    least: int = 0  # signs of a SECRET


@dataclass(frozen=True, slots=True)
class Configuration:
    """One configured gateway, with the values that this zone may read; a missing one is the empty string."""

    slug: str
    provider: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True)
class InboundRequest:
    """A webhook's request. `url` is the configured public address with path and query, as the provider called it.

    `action` is what stands after the gateway's slug in the path (`sms`, `status`, or the secret); header names are
    in lower case.
    """

    method: str
    url: str
    action: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form body; bytes that aren't UTF-8 are kept as lone surrogates."""
        text = self.body.decode("ascii", "surrogateescape")
        pairs = parse_qsl(
            text, keep_blank_values=True, encoding="utf-8", errors="surrogateescape", max_num_fields=500
        )
        return dict(reversed(pairs))  # the first of several values of one name

    @cached_property
    def json(self) -> dict[str, Any]:
        """The object in a JSON body. Raises Malformed."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Malformed("not JSON") from error
        if not isinstance(found, dict):
            raise Malformed("not a JSON object")
        return found


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a concatenated message: all parts of one share the reference; numbers start at 1."""

    reference: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A file that came with a message, still at the provider."""

    url: str
    content_type: str = ""


class Consent(StrEnum):
    """What a provider itself took a message for: it may already block this number."""

    STOP = "stop"
    START = "start"


@dataclass(frozen=True, slots=True)
class IncomingText:
    """One message from a phone. `provider_id` is what makes it the same message when it comes again.

    `text` is what the provider decoded; where it gave undecoded bytes, `raw` with `encoding` (`ucs2`, `gsm7`,
    `latin1`, `base64`, or empty for unknown) and an empty text.
    """

    provider_id: str
    sender: str
    text: str = ""
    recipient: str = ""
    channel: Channel = Channel.SMS
    raw: bytes = b""
    encoding: str = ""
    part: Part | None = None
    media: tuple[MediaReference, ...] = ()
    sent_at: datetime | None = None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a provider says became of a message we sent. `state` is one that DeliveryState orders forward."""

    provider_id: str
    state: DeliveryState
    code: str = ""  # the provider's own word or number, at most 40 signs


@dataclass(frozen=True, slots=True)
class MissedCall:
    """Somebody rang and hung up: they want to be called back."""

    provider_id: str
    caller: str


@dataclass(frozen=True, slots=True)
class UssdStep:
    """One step of a USSD session. `inputs` is everything typed so far, oldest first."""

    session_id: str
    caller: str
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ping:
    """The gateway says that it is alive."""


Event = IncomingText | DeliveryReport | MissedCall | UssdStep | Ping


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the provider gets back once everything is durable."""

    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a genuine request holds, and its answer."""

    events: tuple[Event, ...] = ()
    answer: HttpAnswer = HttpAnswer()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send. `message_id` is ours: the idempotency key where the provider takes one.

    `address` is E.164 (or whatever the network gave as a sender); `status_url` is where receipts may be sent. After
    `until` the text must no longer reach the phone, where the provider can keep to that.
    """

    message_id: uuid.UUID
    address: str
    text: str
    channel: Channel = Channel.SMS
    status_url: str = ""
    until: datetime | None = None

    def seconds_left(self, least: int, most: int) -> int | None:
        """How long a provider may go on trying, between what it takes as the least and the most; None for ever."""
        if self.until is None:
            return None
        return min(most, max(least, int((self.until - utcnow()).total_seconds())))


class Result(StrEnum):
    """What became of one attempt to send."""

    ACCEPTED = "accepted"  # the provider has it
    REFUSED = "refused"  # it never will: no attempt by this gateway can help
    OPTED_OUT = "opted_out"  # the person told the provider to stop
    LATER = "later"  # certainly not sent: try again, or elsewhere
    UNKNOWN = "unknown"  # nobody can tell


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt. `failure` is `provider-code` or an error's class name, never its text."""

    result: Result
    provider_id: str = ""
    failure: str = ""
    retry_after_seconds: int | None = None


class Provider(Protocol):
    """One SMS provider."""

    name: str  # `twilio`
    label: str  # as people know it
    fields: tuple[ConfigurationField, ...]
    capabilities: frozenset[Capability]

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """What is wrong with given values beyond their shape, by field name; empty when they can be used."""
        ...

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """Authenticate a webhook and read it. Raises NotGenuine (before anything is read) and Malformed."""
        ...

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Send one message. Never raises: what can't be told is UNKNOWN."""
        ...

    def check(self, configuration: Configuration) -> str:
        """Call the provider without sending anything: empty when it answers and knows us, else what is wrong."""
        ...


class ReconcilingProvider(Provider, Protocol):
    """A provider that can be asked for what it may have failed to hand over."""

    def recent(self, configuration: Configuration, since: datetime) -> Iterable[IncomingText]:
        """Messages received since then, with the same `provider_id` as in webhooks."""
        ...


class MediaProvider(Provider, Protocol):
    """A provider that keeps the files of messages until they are fetched."""

    def fetch(self, configuration: Configuration, url: str) -> tuple[bytes, str]:
        """The file and its content type. Raises OSError; refuses addresses that aren't the provider's own."""
        ...


class UssdProvider(Provider, Protocol):
    """A provider of USSD sessions."""

    def ussd_answer(self, text: str, *, ends: bool) -> HttpAnswer:
        """The next screen of a session."""
        ...
