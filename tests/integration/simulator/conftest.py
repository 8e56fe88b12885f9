"""A demonstration that answers at a real address on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.settings import Settings
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


@pytest.fixture
def token(client: FlaskClient) -> str:
    """What a page that was just opened carries."""
    return client.get("/simulator").text.split('name="token" value="', 1)[1].split('"', 1)[0]
