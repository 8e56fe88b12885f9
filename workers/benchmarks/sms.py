"""How many signed messages a second are acknowledged by two kinds of gateway, and how many texts go out.

Beside both stand figures of the same run: an empty Flask route, and the same provider called without an outbox.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from app.administration.gateway_forms import Given
from app.administration.gateways import add_gateway
from app.bare import bare
from app.clock import utcnow
from app.database import db, transaction
from app.intake.gateways import providers, smsgate
from app.intake.gateways.configured import find_gateway
from app.intake.gateways.protocol import Configuration, Outgoing
from app.messaging.outbox import queue_text
from app.models import Channel, Contact, Gateway, MessagePurpose, MessagingPolicy
from app.sealing import seal
from app.settings import Settings
from workers.benchmarks.installation import Installation, installation, web_server
from workers.benchmarks.intake import TEXT, WARM_UP, signed_by_twilio
from workers.benchmarks.load import CLIENTS, Prepared, empty, percentiles, send_all
from workers.gateways import full_configuration
from workers.outbox import send_due_messages
from workers.processing import Keys
from workers.settings import load_worker_settings

SLUG = "phone"
SIGNING_KEY = "a-key-of-the-benchmark"
UNLIMITED = 10_000_000  # neither rate nor budget is what is measured


def measure(count: int) -> dict[str, Any]:
    """Acknowledge `count` messages with eight senders, then send `count` texts with one worker."""
    with _provider() as address, installation() as made:
        _add_gateway(made.settings, address)
        with web_server(made):
            send_all(made.address, _messages(made, WARM_UP))
            empty_rate, empty_took = send_all(made.address, [empty() for _ in range(count)])
            rate, took = send_all(made.address, _messages(made, count))
        return {
            "bench": "sms",
            "database": made.settings.database_url.split(":", 1)[0],
            "senders": CLIENTS,
            "count": count,
            "acknowledged_per_second": round(rate, 1),
            "empty_route_per_second": round(empty_rate, 1),
            "ratio": round(rate / empty_rate, 3),
            **percentiles(took),
            **percentiles(empty_took, "empty_"),
            **_sending(made, count),
        }


def _messages(made: Installation, count: int) -> list[Prepared]:
    """Half signed by Twilio, half by a phone with SMSGate."""
    return [
        signed_by_twilio(made, number) if number % 2 else _signed_by_phone(number) for number in range(count)
    ]


def _signed_by_phone(number: int) -> Prepared:
    timestamp = str(int(time.time()))
    body = (
        f'{{"event":"sms:received","id":"{uuid.uuid4()}","deviceId":"bench","webhookId":"w","payload":{{'
        f'"messageId":"{number}","message":"{TEXT.format(number=number)}","sender":"+2237{number:07d}",'
        f'"phoneNumber":"+2237{number:07d}","simNumber":1,"receivedAt":"{utcnow().isoformat()}"}}}}'
    ).encode()
    signature = smsgate.sign(SIGNING_KEY, body, timestamp)
    headers = {"Content-Type": "application/json", "X-Timestamp": timestamp, "X-Signature": signature}
    return Prepared(f"/webhooks/{SLUG}/events", body, headers)


def _sending(made: Installation, count: int) -> dict[str, Any]:
    """Texts a second from the outbox to the provider, and calls a second without an outbox."""
    keys = Keys(made.settings, load_worker_settings(made.environment))
    with bare(made.settings).app_context():
        direct_rate = _call_directly(keys, count)
        _queue(made.settings, count)
        started, calls = time.perf_counter(), 0
        while calls < count and time.perf_counter() - started < 300:
            calls += send_due_messages(keys)
        rate = calls / (time.perf_counter() - started)
        db.session.remove()
        db.engine.dispose()
    return {
        "sent": calls,
        "sent_per_second": round(rate, 1),
        "bare_calls_per_second": round(direct_rate, 1),
        "sending_ratio": round(rate / direct_rate, 3),
    }


def _call_directly(keys: Keys, count: int) -> float:
    gateway = find_gateway(db.session(), keys.settings, SLUG)
    if gateway is None:
        raise RuntimeError("the gateway is missing")
    configuration: Configuration = full_configuration(keys, gateway)
    started = time.perf_counter()
    for _ in range(count):
        gateway.provider.send(configuration, Outgoing(uuid.uuid4(), "+22376000001", "Bien recu."))
    return count / (time.perf_counter() - started)


def _queue(settings: Settings, count: int) -> None:
    with transaction() as session:
        session.merge(MessagingPolicy(id=1, answers_per_contact=UNLIMITED, messages_per_day=UNLIMITED))
        for number in range(count):
            sealed = seal({"address": f"+2237{number:07d}"}, settings.intake_public_key)
            contact = Contact(id=uuid.uuid4(), digest=uuid.uuid4().bytes * 2, sealed_address=sealed)
            session.add(contact)
            session.flush()
            message = queue_text(
                session,
                MessagePurpose.QUESTION,
                channel=Channel.SMS,
                contact_id=contact.id,
                text="A quelle heure ?",
                gateway=SLUG,
            )
            message.expires_at = utcnow() + timedelta(hours=1)


def _add_gateway(settings: Settings, address: str) -> None:
    with bare(settings).app_context():
        values = {
            "signing_key": SIGNING_KEY,
            "api_base": address,
            "username": "bench",
            "password": "of-the-benchmark",
        }
        with transaction() as session:
            add_gateway(session, settings, providers()["smsgate"], Given(SLUG, values), actor="command")
        with transaction() as session:
            row = session.query(Gateway).one()
            row.segments_per_minute = UNLIMITED
        db.session.remove()
        db.engine.dispose()


class _Phone(BaseHTTPRequestHandler):
    """Takes every message, as a phone on the same network would."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"id":' + sent.split(b'"id":', 1)[1].split(b",", 1)[0] + b',"state":"Pending"}'
        self.send_response(202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def _provider() -> Iterator[str]:
    """A provider on loopback for the time of the measurement."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Phone)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
