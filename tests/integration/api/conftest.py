"""A partner whose program holds a token, and a way to read back what it sent, as workers do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.bindings import sodium_unpad
from nacl.public import SealedBox
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.api.tokens import make_token
from app.database import db, transaction
from app.models import Message, Organisation, OrganisationKind, Report, Role, User
from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES
from app.settings import Settings
from tests.conftest import INTAKE_KEY

WHAT_HAPPENED = "Des hommes armés ont emporté le bétail de trois familles."


@dataclass
class Program:
    """What a partner wrote to hand in reports."""

    client: FlaskClient
    organisation: Organisation
    token: str

    def send(
        self, report: object, key: str | None = "key-1", path: str = "/api/v1/reports", **headers: str
    ) -> TestResponse:
        """Post something, with the token."""
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.client.post(path, json=report, headers=sent)

    def ask(self, report_id: str) -> TestResponse:
        """Ask how far a report is."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(f"/api/v1/reports/{report_id}", headers=headers)


MakeProgram = Callable[..., Program]


@pytest.fixture
def make_program(
    app: Flask,
    settings: Settings,
    make_organisation: Callable[..., Organisation],
    make_user: Callable[..., User],
) -> MakeProgram:
    """Another partner's program: `make_program(field_map={…})`."""

    def make(field_map: dict[str, str] | None = None) -> Program:
        organisation = make_organisation(OrganisationKind.CIVIL_SOCIETY)
        administrator = make_user(Role.ADMINISTRATOR)
        with transaction() as session:
            _, text = make_token(session, settings, administrator, organisation, "Field app", field_map)
        return Program(app.test_client(), organisation, text)

    return make


@pytest.fixture
def program(make_program: MakeProgram) -> Program:
    """A partner's program."""
    return make_program()


def reports() -> list[Report]:
    """Every report that is here."""
    db.session.rollback()
    return list(db.session.scalars(select(Report).order_by(Report.received_at)))


def sealed_content(report: Report) -> dict[str, Any]:
    """What a report says, which only who holds the private key can read."""
    sealed = db.session.scalars(select(Message).where(Message.report_id == report.id)).one().sealed_content
    assert sealed is not None
    opened = SealedBox(INTAKE_KEY).decrypt(sealed[1 + KEY_ID_BYTES :])
    content: dict[str, Any] = json.loads(sodium_unpad(opened, PADDING_BLOCK_BYTES))
    return content
