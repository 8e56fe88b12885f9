"""How many reports a second are accepted over HTTP, beside an empty Flask route in the same server."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from app.intake.gateways.twilio import sign
from workers.benchmarks.installation import Installation, installation, web_server
from workers.benchmarks.load import CLIENTS, FORM, Prepared, empty, percentiles, send_all

WARM_UP = 40
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier, un berger est blessé, message {number}"


def measure(count: int) -> dict[str, Any]:
    """Accept `count` signed messages with eight clients; requests a second, milliseconds."""
    with installation() as made, web_server(made):
        send_all(made.address, [signed_by_twilio(made, number) for number in range(WARM_UP)])
        empty_rate, empty_took = send_all(made.address, [empty() for _ in range(count)])
        rate, took = send_all(made.address, [signed_by_twilio(made, number) for number in range(count)])
        return {
            "bench": "intake",
            "database": made.settings.database_url.split(":", 1)[0],
            "clients": CLIENTS,
            "count": count,
            "accepted_per_second": round(rate, 1),
            "empty_route_per_second": round(empty_rate, 1),
            "ratio": round(rate / empty_rate, 3),
            **percentiles(took),
            **percentiles(empty_took, "empty_"),
        }


def signed_by_twilio(made: Installation, number: int) -> Prepared:
    """One message as Twilio posts it, from a number of its own."""
    path = "/webhooks/twilio/sms"
    form = {
        "MessageSid": f"SM{uuid.uuid4().hex}",
        "AccountSid": made.settings.twilio.account_sid,
        "From": f"+223760{number:05d}"[:12],
        "To": "+22320700000",
        "Body": TEXT.format(number=number),
    }
    signature = sign(made.settings.twilio.auth_token, made.settings.public_url + path, form)
    return Prepared(path, urlencode(form).encode(), {**FORM, "X-Twilio-Signature": signature})
