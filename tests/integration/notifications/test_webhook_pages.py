"""An administrator adds a webhook, sees its secret once, changes what it hears of, and tests it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.database import db
from app.models import AuditEntry, Role, WebhookDelivery, WebhookEndpoint
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import post

PAGE = "/desk/administration/webhooks"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is that of a public host."""
    monkeypatch.setattr(
        "app.notifications.addresses.getaddrinfo",
        lambda *_, **__: [(0, 0, 0, "", ("93.184.216.34", 443))],
    )


def endpoint() -> WebhookEndpoint:
    """The endpoint as it is kept now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(WebhookEndpoint)).one()


def test_a_webhook_from_its_making_to_its_end(enter: Enter) -> None:
    client, user = enter(Role.ADMINISTRATOR)
    home = str(user.organisation_id)
    wanted = {"organisation": home, "url": "https://hooks.example/in", "kinds": ["referral_waiting"]}
    refused: list[dict[str, object]] = [
        {"url": "http://hooks.example/"},
        {"kinds": []},
        {"organisation": "x"},
    ]
    for bad in refused:
        assert post(client, PAGE, PAGE, **{**wanted, **bad}).status_code == 422
    made = post(client, PAGE, PAGE, **wanted).text
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made)
    assert secret is not None
    assert "whsec_" not in client.get(PAGE).text
    own = f"{PAGE}/{endpoint().id}"
    assert post(client, PAGE, f"{own}/test").status_code == 303
    assert post(client, PAGE, own, kinds=["referral_overdue"]).status_code == 303
    assert (endpoint().kinds, endpoint().is_enabled) == (["referral_overdue"], False)
    assert secret[0] not in post(client, PAGE, f"{own}/rotate", confirmed="yes").text
    page = client.get(PAGE).text
    assert "switched off" in page
    assert "Test: waiting" in page
    assert db.session.scalars(select(WebhookDelivery.kind)).all() == ["test"]
    details = str([entry.detail for entry in db.session.scalars(select(AuditEntry))])
    assert "hooks.example" not in details
    assert "whsec_" not in details


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR])
def test_nobody_else_sees_them(enter: Enter, role: Role) -> None:
    client, _ = enter(role)
    assert client.get(PAGE).status_code == 403
