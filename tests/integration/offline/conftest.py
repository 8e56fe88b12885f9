"""A phone that seals and hands over, as far as tests without a browser need one."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.sealing import seal
from tests.conftest import INTAKE_KEY

STORY = {"text": "Des hommes armés ont volé douze vaches près de Bankass hier soir.", "where": "Bankass"}
CONSENT = {"may_ask": False, "share_with": [], "with_identity": False}


def new_key() -> str:
    """By what a phone says that it is the same report again."""
    return secrets.token_hex(16)


def body(**changes: Any) -> dict[str, Any]:
    """What a phone sends for STORY; each part can be another one. `sealed` may be bytes."""
    sealed = changes.pop("sealed", None) or seal(changes.pop("content", STORY), bytes(INTAKE_KEY.public_key))
    encoded = base64.b64encode(sealed).decode() if isinstance(sealed, bytes) else sealed
    return {"key": new_key(), "sealed": encoded, "consent": CONSENT, "language": "fr", **changes}


@pytest.fixture
def hand_over(client: FlaskClient) -> Callable[..., TestResponse]:
    """Send a sealed report: `hand_over(key=…, content=…, consent=…, headers=…)`."""

    def send(*, headers: dict[str, str] | None = None, **changes: Any) -> TestResponse:
        return client.post("/sealed", json=body(**changes), headers=headers)

    return send
