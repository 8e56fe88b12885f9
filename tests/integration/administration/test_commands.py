"""Gateways from a terminal: `seere gateway …` and what `seere doctor` says of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from app.administration.gateways import find
from app.clock import utcnow
from app.commands import gateways as commands
from app.commands.doctor import Check, examine
from app.commands.gateways import gateway_commands
from app.database import db, transaction
from app.intake.gateways.configured import find_gateway
from app.models import AuditEntry, Gateway, GatewayState, Message, MessagingPolicy, SendAttempt
from app.sealing import key_id
from app.settings import Settings, TwilioSettings
from tests.conftest import INTAKE_KEY
from workers.opening import open_sealed
from workers.settings import WorkerSettings

Run = Callable[..., Result]
ADD = ("add", "httpsms", "--label", "Gao", "--set", "owner=+22376123456", "--price", "25")
SECRETS = {"SEERE_GATEWAY_SIGNING_KEY": "k" * 32, "SEERE_GATEWAY_API_KEY": "the key of the API"}


@pytest.fixture
def run(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `seere gateway …` on this test's installation."""
    monkeypatch.setattr(commands, "load_settings", lambda: settings)

    def start(*arguments: str, typed: str = "", **environment: str) -> Result:
        db.session.rollback()
        result = CliRunner().invoke(gateway_commands, list(arguments), input=typed, env=environment)
        db.session.rollback()
        db.session.expire_all()
        return result

    return start


def test_a_gateway_is_added_with_its_secrets_from_the_environment(run: Run, settings: Settings) -> None:
    result = run(*ADD, **SECRETS)
    assert result.exit_code == 0, result.output
    assert "Messages: http://localhost/webhooks/gao/sms" in result.output
    assert "1. In httpSMS" in result.output
    found = find_gateway(db.session(), settings, "gao")
    assert found is not None
    assert (found.configuration["signing_key"], found.price_per_segment) == ("k" * 32, 25.0)
    keys = WorkerSettings({key_id(bytes(INTAKE_KEY.public_key)): INTAKE_KEY}, b"p" * 32)
    assert open_sealed(keys, find(db.session(), "gao").worker_secrets or b"") == {
        "api_key": "the key of the API"
    }
    assert all(secret not in result.output for secret in SECRETS.values())
    assert [entry.actor for entry in db.session.scalars(select(AuditEntry))] == ["command"]


def test_secrets_that_are_not_given_are_asked_for_and_not_shown(run: Run) -> None:
    result = run(*ADD, typed=f"{'k' * 32}\nthe key of the API\n")
    assert result.exit_code == 0, result.output
    assert "Signing key" in result.output
    assert "the key of the API" not in result.output


def test_an_address_with_a_secret_is_told_once(run: Run) -> None:
    added = run("add", "kannel", "--label", "K", "--set", "send_url=https://k.example.org/", "--receive-only")
    assert added.exit_code == 0, added.output
    assert "not shown again" in added.output
    assert not db.session.scalars(select(Gateway)).one().is_sending


@pytest.mark.parametrize(
    ("arguments", "secrets", "told"),
    [
        ((*ADD, "--set", "nothing=1"), SECRETS, "It has: owner, api_base."),
        ((*ADD, "--set", "signing_key=x"), SECRETS, "It has: owner, api_base."),
        (ADD, SECRETS | {"SEERE_GATEWAY_SIGNING_KEY": "short"}, "signing_key:"),
        ((*ADD, "--price", "free"), SECRETS, "price_per_segment: Enter a price"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(
    run: Run, arguments: tuple[str, ...], secrets: dict[str, str], told: str
) -> None:
    result = run(*arguments, **secrets)
    assert result.exit_code == 1
    assert told in result.output
    assert db.session.scalars(select(Gateway)).all() == []


def test_the_list_names_every_gateway_and_how_it_does(run: Run) -> None:
    run(*ADD, **SECRETS)
    with transaction() as session:
        session.add(GatewayState(slug="gao", checked_at=utcnow(), check_finding="There is no answer."))
    lines = run("list").output.splitlines()
    assert lines == ["twilio  Twilio  (on)", "gao  Gao  (on); There is no answer."]


def test_a_test_is_queued_with_its_number_sealed(run: Run) -> None:
    result = run("test", "twilio", typed="76 12 34 56\n")
    assert result.exit_code == 0, result.output
    message = db.session.scalars(select(Message)).one()
    assert (message.gateway, message.purpose, message.written_by_id) == ("twilio", "test", None)
    assert b"76123456" not in (message.sealed_address or b"")
    assert run("list").output == "twilio  Twilio  (on); last test queued\n"


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("test", "twilio"), "12\n"),
        (("test", "nothing"), "76123456\n"),
        (("disable", "twilio"), ""),
        (("enable", "x"), ""),
    ],
)
def test_what_cannot_be_done_ends_with_status_1_and_changes_nothing(
    run: Run, arguments: tuple[str, ...], typed: str
) -> None:
    assert run(*arguments, typed=typed).exit_code == 1
    assert db.session.scalars(select(Message)).all() == []


def test_a_gateway_is_switched_off_and_on(run: Run, settings: Settings) -> None:
    run(*ADD, **SECRETS)
    assert run("disable", "gao").exit_code == 0
    assert find_gateway(db.session(), settings, "gao") is None
    assert run("enable", "gao").exit_code == 0
    assert find_gateway(db.session(), settings, "gao") is not None


def checks(settings: Settings) -> dict[str, Check]:
    db.session.rollback()
    return {check.name: check for check in examine(settings)}


def test_the_doctor_looks_at_each_gateway(run: Run, settings: Settings) -> None:
    run(*ADD, **SECRETS)
    with transaction() as session:
        session.add(GatewayState(slug="gao", checked_at=utcnow(), check_finding="There is no answer."))
        session.add(GatewayState(slug="twilio", checked_at=utcnow()))
    found = checks(settings)
    assert found["SMS gateway Twilio"].advice == ""
    assert "0 waiting" in found["SMS gateway Twilio"].finding
    assert "There is no answer." in found["SMS gateway Gao"].advice
    run("disable", "gao")
    assert checks(settings)["SMS gateway Gao"] == replace(checks(settings)["SMS gateway Gao"], advice="")


@pytest.mark.parametrize(("failed", "is_alarming"), [(4, False), (5, True)])
def test_the_doctor_is_alarmed_when_most_messages_fail(
    app: Flask, settings: Settings, failed: int, *, is_alarming: bool
) -> None:
    with transaction() as session:
        session.add(GatewayState(slug="twilio"))
        message = Message(id=uuid.uuid4(), direction="out", state="failed", channel="sms", gateway="twilio")
        session.add(message)
        session.flush()
        for _ in range(failed):
            session.add(
                SendAttempt(message_id=message.id, gateway="twilio", result="refused", ended_at=utcnow())
            )
    check = checks(settings)["SMS gateway Twilio"]
    assert f"{failed} of {failed} failed today" in check.finding
    assert bool(check.advice) is is_alarming


def test_the_doctor_says_that_there_is_no_gateway_and_what_twilio_lacks(
    app: Flask, settings: Settings
) -> None:
    assert "seere gateway add" in checks(replace(settings, twilio=TwilioSettings()))["SMS gateway"].advice
    halfway = replace(settings, twilio=TwilioSettings(auth_token="x"))
    assert "SEERE_TWILIO_NUMBER" in checks(halfway)["SMS gateway Twilio"].advice


def test_the_doctor_warns_of_a_budget_nearly_used(app: Flask, settings: Settings) -> None:
    assert checks(settings)["Budget of messages"] == Check("Budget of messages", "0 of 1000 messages today")
    with transaction() as session:
        session.add(MessagingPolicy(id=1, messages_per_day=0))
    assert checks(settings)["Budget of messages"].advice
