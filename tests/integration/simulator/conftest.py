"""A demonstration that answers at a real address on loopback."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.intake.gateways.protocol import Configuration, Outcome, Outgoing
from app.intake.gateways.twilio import PROVIDER
from app.settings import Settings
from app.simulator import timing
from tests.conftest import free_port


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration is on, and the public address is where `server` will listen."""
    address = f"http://127.0.0.1:{free_port()}"
    simulated = replace(settings.twilio, api_base=f"{address}/simulator/twilio")
    return replace(settings, demonstration=True, public_url=address, twilio=simulated)


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[None]:
    """The application at its public address."""
    port = int(settings.public_url.rsplit(":", 1)[1])
    listening = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts come at once, and nobody waits long for an answer that won't come."""
    monkeypatch.setattr(timing, "RECEIPT_AFTER_SECONDS", 0.01)
    monkeypatch.setattr(timing, "LONGEST_WAIT_SECONDS", 0.2)


@pytest.fixture
def text_handset(settings: Settings) -> Callable[..., Outcome]:
    """What the worker that sends does, by the real client: `text_handset(number, text)`."""

    def send(
        number: str, text: str, *, token: str = settings.twilio.auth_token, status_url: str = ""
    ) -> Outcome:
        account = settings.twilio
        values = {
            "account_sid": account.account_sid,
            "auth_token": token,
            "number": account.number,
            "api_base": account.api_base,
        }
        outgoing = Outgoing(uuid.uuid4(), number, text, status_url=status_url)
        return PROVIDER.send(Configuration("twilio", "twilio", values), outgoing)

    return send


@pytest.fixture
def token(client: FlaskClient) -> str:
    """What a page that was just opened carries."""
    return client.get("/simulator").text.split('name="token" value="', 1)[1].split('"', 1)[0]
