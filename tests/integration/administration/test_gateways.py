"""An administrator connects gateways, orders and tests them, and sets limits. Secrets go in and never come out."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from app.administration.gateways import find, free_slug, kept_secrets
from app.administration.queries import health
from app.administration.testing import NotANumber, international, send_test
from app.audit import Action
from app.clock import utcnow
from app.database import db, transaction
from app.intake.gateways import providers
from app.intake.gateways.configured import enabled_gateways, encrypt_web_secrets, find_gateway
from app.intake.gateways.protocol import Shape
from app.models import AuditEntry, Gateway, GatewayState, Message, MessagingPolicy, Role, SendAttempt
from app.queue import JobName
from app.sealing import key_id
from app.settings import Settings, TwilioSettings
from tests.conftest import INTAKE_KEY
from tests.integration.casework.conftest import Enter
from workers.opening import open_sealed
from workers.settings import WorkerSettings

LIST = "/desk/administration/gateways"
PHONE = {
    "label": "Téléphone de Mopti",
    "value-signing_key": "a long signing key",
    "value-api_base": "https://phone.example.org/api",
    "value-username": "mopti",
    "value-password": "the password of the phone",
    "value-device_id": "device-1",
    "is_sending": "1",
    "price_per_segment": "12,5",
    "segments_per_minute": "20",
}
KANNEL = {
    "label": "Kannel",
    "value-send_url": "https://kannel.example.org/cgi-bin/sendsms",
    "value-password": "kannel password",
    "is_sending": "1",
}


@pytest.fixture
def client(enter: Enter) -> FlaskClient:
    """An administrator's browser."""
    return enter(Role.ADMINISTRATOR)[0]


def post(client: FlaskClient, path: str = "", **form: str) -> Any:
    page = client.get(f"{LIST}/new").text + client.get(LIST).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(f"{LIST}{path}", data={"csrf_token": token, **form})


def add(client: FlaskClient, provider: str = "smsgate", **form: str) -> Any:
    answer = post(client, f"/new/{provider}", **(form or PHONE))
    assert answer.status_code == 201, re.findall(r'class="field-problem"[^>]*>([^<]+)', answer.text)
    return answer


def row(slug: str = "telephone-de-mopti") -> Gateway:
    db.session.rollback()
    db.session.expire_all()
    return find(db.session(), slug)


def opened(gateway: Gateway) -> dict[str, Any]:
    """What a worker reads."""
    keys = WorkerSettings({key_id(bytes(INTAKE_KEY.public_key)): INTAKE_KEY}, b"p" * 32)
    assert gateway.worker_secrets is not None
    return open_sealed(keys, gateway.worker_secrets)


def actions() -> list[tuple[str, dict[str, Any]]]:
    wanted = (Action.GATEWAY_ADDED, Action.GATEWAY_CHANGED, Action.GATEWAY_TESTED, Action.POLICY_CHANGED)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))
    return [(entry.action, entry.detail) for entry in entries if entry.action in wanted]


def problems(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return dict(re.findall(r'id="gateway-([\w-]+)-problem">([^<]+)<', answer.text))


def test_a_new_gateway_receives_and_sends_with_what_was_typed(
    client: FlaskClient, settings: Settings
) -> None:
    page = add(client).text
    assert "http://localhost/webhooks/telephone-de-mopti/sms" in page
    assert "system:ping" in page
    found = find_gateway(db.session(), settings, "telephone-de-mopti")
    assert found is not None
    assert found.configuration["signing_key"] == "a long signing key"
    assert found.configuration["api_base"] == "https://phone.example.org/api"
    assert (found.price_per_segment, found.segments_per_minute, found.is_sending) == (12.5, 20, True)
    assert opened(row()) == {"password": "the password of the phone"}
    assert actions() == [(Action.GATEWAY_ADDED, {"provider": "smsgate"})]


def test_no_secret_is_in_the_database_the_page_or_the_record(client: FlaskClient) -> None:
    added = add(client).text
    gateway = row()
    for secret in ("a long signing key", "the password of the phone"):
        for kept in (gateway.web_secrets, gateway.worker_secrets, repr(gateway.settings).encode()):
            assert secret.encode() not in (kept or b"")
        for page in (added, client.get(LIST).text, client.get(f"{LIST}/telephone-de-mopti").text):
            assert secret not in page
        assert all(secret not in repr(entry) for entry in actions())


def test_what_is_wrong_is_told_beside_each_field_and_open_values_stay(client: FlaskClient) -> None:
    answer = post(
        client,
        "/new/smsgate",
        **PHONE
        | {
            "label": "",
            "value-api_base": "ftp://x",
            "price_per_segment": "-1",
            "segments_per_minute": "many",
        },
    )
    assert problems(answer) == {
        "label": "Fill this in.",
        "value-api_base": "Enter an address that begins with http:// or https://.",
        "price_per_segment": "Enter a price such as 25 or 12.5.",
        "segments_per_minute": "Enter a whole number from 1 to 6000.",
    }
    assert 'value="mopti"' in answer.text
    assert 'href="#gateway-value-api_base"' in answer.text
    assert "the password of the phone" not in answer.text
    assert db.session.scalars(select(Gateway)).all() == []


@pytest.mark.parametrize("key", ["ABCDEFGH", "12345678"])
def test_the_key_that_an_android_app_makes_up_is_refused(client: FlaskClient, key: str) -> None:
    answer = post(client, "/new/smsgate", **PHONE | {"value-signing_key": key})
    assert set(problems(answer)) == {"value-signing_key"}


def test_a_providers_own_rules_are_told_beside_the_field(client: FlaskClient) -> None:
    answer = post(client, "/new/smsgate", **PHONE | {"value-api_base": "http://192.0.2.4.example.org"})
    assert problems(answer) == {"value-api_base": "Use https:// for an address outside the local network."}


def test_a_name_is_given_once(client: FlaskClient) -> None:
    add(client)
    assert problems(post(client, "/new/smsgate", **PHONE | {"label": "telephone de MOPTI"})) == {
        "label": "There is a gateway of this name already."
    }


def test_an_address_with_a_secret_is_shown_once_and_recognises_requests(
    client: FlaskClient, settings: Settings
) -> None:
    page = add(client, "kannel", **KANNEL).text
    secret = re.search(r"/webhooks/kannel/([\w-]{32})\?from=%p", page)
    assert secret
    assert "shown only this once" in page
    found = find_gateway(db.session(), settings, "kannel")
    assert found is not None
    assert found.configuration["path_secret"] == secret[1]
    for address in (LIST, f"{LIST}/kannel"):
        assert secret[1] not in client.get(address).text


def test_a_lost_secret_can_be_made_anew(client: FlaskClient, settings: Settings) -> None:
    add(client, "kannel", **KANNEL)
    before = find_gateway(db.session(), settings, "kannel")
    answer = post(client, "/kannel", **KANNEL | {"value-password": "", "renew-path_secret": "1"})
    assert answer.status_code == 200
    db.session.rollback()
    db.session.expire_all()
    after = find_gateway(db.session(), settings, "kannel")
    assert before is not None
    assert after is not None
    assert after.configuration["path_secret"] != before.configuration["path_secret"]
    assert after.configuration["path_secret"] in answer.text
    assert opened(row("kannel")) == {"password": "kannel password"}
    assert actions()[-1] == (Action.GATEWAY_CHANGED, {"changed": ["path_secret"]})


def test_empty_secrets_stay_as_they_are(client: FlaskClient, settings: Settings) -> None:
    add(client)
    form = PHONE | {
        "label": "Mopti",
        "value-signing_key": "",
        "value-password": "",
        "price_per_segment": "15",
    }
    form.pop("is_sending")
    assert post(client, "/telephone-de-mopti", **form).status_code == 303
    found = find_gateway(db.session(), settings, "telephone-de-mopti")
    assert found is not None
    assert (found.label, found.price_per_segment, found.is_sending) == ("Mopti", 15.0, False)
    assert found.configuration["signing_key"] == "a long signing key"
    assert opened(row()) == {"password": "the password of the phone"}
    changed = {"changed": ["is_sending", "label", "price_per_segment"]}
    assert actions()[-1] == (Action.GATEWAY_CHANGED, changed)


def test_a_new_secret_replaces_the_kept_one(client: FlaskClient) -> None:
    add(client)
    assert post(client, "/telephone-de-mopti", **PHONE | {"value-password": "another"}).status_code == 303
    assert opened(row()) == {"password": "another"}


def test_a_kept_secret_does_not_follow_to_another_address(client: FlaskClient) -> None:
    add(client)
    moved = PHONE | {"value-password": "", "value-api_base": "https://elsewhere.example.org"}
    assert set(problems(post(client, "/telephone-de-mopti", **moved))) == {"value-password"}
    assert row().settings["api_base"] == "https://phone.example.org/api"
    assert post(client, "/telephone-de-mopti", **moved | {"value-password": "again"}).status_code == 303
    assert row().settings["api_base"] == "https://elsewhere.example.org"


def test_an_optional_secret_can_be_thrown_away(client: FlaskClient) -> None:
    add(client, "kannel", **KANNEL)
    assert (
        post(client, "/kannel", **KANNEL | {"value-password": "", "forget-password": "1"}).status_code == 303
    )
    assert row("kannel").worker_secrets is None


def test_gateways_are_tried_in_the_order_that_the_buttons_make(
    client: FlaskClient, settings: Settings
) -> None:
    for label in ("One", "Two", "Three"):
        add(client, **PHONE | {"label": label})
    assert order(settings) == ["twilio", "one", "two", "three"]
    post(client, "/three", act="up")
    assert order(settings) == ["twilio", "one", "three", "two"]
    post(client, "/one", act="down")
    assert order(settings) == ["twilio", "three", "one", "two"]
    post(client, "/three", act="up")
    assert order(settings) == ["twilio", "three", "one", "two"]


def order(settings: Settings) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [gateway.slug for gateway in enabled_gateways(db.session(), settings)]


def test_a_gateway_is_switched_off_and_on(client: FlaskClient, settings: Settings) -> None:
    add(client)
    post(client, "/telephone-de-mopti", act="disable")
    assert order(settings) == ["twilio"]
    assert "Switch on" in client.get(LIST).text
    post(client, "/telephone-de-mopti", act="enable")
    assert order(settings) == ["twilio", "telephone-de-mopti"]
    assert [detail for _, detail in actions()[1:]] == [{"is_enabled": False}, {"is_enabled": True}]


@pytest.mark.parametrize("path", ["/twilio", "/nothing", "/new/nothing"])
def test_the_environments_gateway_and_unknown_ones_cannot_be_changed_here(
    client: FlaskClient, path: str
) -> None:
    assert client.get(f"{LIST}{path}").status_code == 404
    assert post(client, path, **PHONE).status_code == 404


def test_the_environments_gateway_is_shown_as_such(client: FlaskClient) -> None:
    page = client.get(LIST).text
    assert "SEERE_TWILIO_" in page
    assert "http://localhost/webhooks/twilio/sms" in page
    assert f'href="{LIST}/twilio"' not in page


def test_a_test_goes_out_by_that_gateway_and_its_number_is_sealed(client: FlaskClient) -> None:
    add(client)
    answer = post(client, "/telephone-de-mopti/test", number="76 12 34 56")
    assert answer.status_code == 303
    message = db.session.scalars(select(Message)).one()
    assert (message.purpose, message.template, message.gateway) == ("test", "test", "telephone-de-mopti")
    keys = WorkerSettings({key_id(bytes(INTAKE_KEY.public_key)): INTAKE_KEY}, b"p" * 32)
    assert open_sealed(keys, message.sealed_address or b"") == {"address": "+22376123456"}
    assert actions()[-1] == (Action.GATEWAY_TESTED, {"message": str(message.id)})
    page = client.get(LIST).text
    assert "76123456" not in page.replace(" ", "")
    assert "To be sent" in page


def test_what_became_of_a_test_is_shown_on_return(client: FlaskClient) -> None:
    post(client, "/twilio/test", number="+22376123456")
    with transaction() as session:
        session.scalars(select(Message)).one().state = "delivered"
    assert re.search(r"Last test.*<strong>Delivered</strong>", client.get(LIST).text)


@pytest.mark.parametrize("number", ["", "12", "mon numéro", "+999999999999999999"])
def test_what_is_no_number_is_not_called(client: FlaskClient, number: str) -> None:
    answer = post(client, "/twilio/test", number=number)
    assert answer.status_code == 422
    assert 'id="test-twilio-number-problem"' in answer.text
    assert db.session.scalars(select(Message)).all() == []


def test_a_whatsapp_sender_is_tested_by_whatsapp(app: Flask, settings: Settings) -> None:
    account = TwilioSettings("AC" + "0" * 32, "a-test-token", "whatsapp:+22360000000")
    with transaction() as session:
        message = send_test(
            session,
            replace(settings, twilio=account),
            "twilio",
            "76123456",
            "fr",
            actor="command",
            user_id=None,
        )
        assert message.channel == "whatsapp"


def test_a_gateway_that_is_off_sends_no_test(client: FlaskClient) -> None:
    add(client)
    post(client, "/telephone-de-mopti", act="disable")
    assert post(client, "/telephone-de-mopti/test", number="76123456").status_code == 422


@pytest.mark.parametrize(
    ("typed", "number"),
    [("76123456", "+22376123456"), ("00223 76 12 34 56", "+22376123456"), ("+33 612345678", "+33612345678")],
)
def test_numbers_are_read_as_people_in_mali_write_them(typed: str, number: str) -> None:
    assert international(typed) == number


def test_a_refused_number_is_not_repeated_in_the_error() -> None:
    with pytest.raises(NotANumber) as refused:
        international("call 761")
    assert refused.value.args == ()
    assert refused.value.__cause__ is None


def test_a_check_is_asked_of_the_workers(client: FlaskClient, settings: Settings) -> None:
    assert post(client, "/check").status_code == 303
    valkey = redis.Redis.from_url(settings.redis_url)
    jobs = Queue("upkeep", connection=valkey, serializer=JSONSerializer).jobs
    assert [(job.func_name, job.args) for job in jobs] == [(str(JobName.CHECK_GATEWAYS), [])]
    valkey.close()


def test_the_list_shows_how_a_gateway_does(client: FlaskClient) -> None:
    add(client)
    with transaction() as session:
        message = Message(
            id=uuid.uuid4(), direction="out", state="queued", channel="sms", gateway="telephone-de-mopti"
        )
        session.add(message)
        session.add(
            GatewayState(
                slug="telephone-de-mopti", checked_at=utcnow(), check_finding="The credentials are refused."
            )
        )
        session.flush()
        for result in ("accepted", "refused"):
            session.add(
                SendAttempt(
                    message_id=message.id, gateway="telephone-de-mopti", ended_at=utcnow(), result=result, segments=2,
                    cost=25.0 if result == "accepted" else 0.0,
                )
            )  # fmt: skip
    page = client.get(LIST).text
    for expected in ("50\u00a0% of 2 attempts", "25\u00a0FCFA (2 SMS)", "The credentials are refused."):
        assert expected in page, expected
    assert 'class="panel gateway unwell"' in page


def test_limits_are_kept_and_their_change_recorded(client: FlaskClient) -> None:
    form = {"answers_per_contact": "5", "messages_per_day": "200", "currency": "XOF"}
    assert post(client, "/limits", **form).status_code == 303
    policy = db.session.scalars(select(MessagingPolicy)).one()
    assert (policy.answers_per_contact, policy.messages_per_day, policy.currency) == (5, 200, "XOF")
    assert actions()[-1] == (
        Action.POLICY_CHANGED, {"answers_per_contact": 5, "messages_per_day": 200, "currency": "XOF"},
    )  # fmt: skip
    assert post(client, "/limits", **form).status_code == 303
    assert len(actions()) == 1


def test_limits_that_make_no_sense_are_refused_each_with_its_reason(client: FlaskClient) -> None:
    answer = post(client, "/limits", answers_per_contact="-1", messages_per_day="lots", currency="1€")
    assert answer.status_code == 422
    assert set(re.findall(r'id="limits-(\w+)-problem"', answer.text)) == {
        "answers_per_contact", "messages_per_day", "currency",
    }  # fmt: skip
    assert 'value="lots"' in answer.text


@pytest.mark.parametrize(
    ("sent", "warning"), [(7, ""), (8, "80 % of today’s budget"), (10, "budget of messages is used up")]
)
def test_administrators_are_warned_from_four_fifths_of_the_budget_on(
    client: FlaskClient, sent: int, warning: str
) -> None:
    with transaction() as session:
        session.add(MessagingPolicy(id=1, messages_per_day=10))
        session.add(GatewayState(slug="twilio"))
        for _ in range(sent):
            message = Message(id=uuid.uuid4(), direction="out", state="sent", channel="sms", gateway="twilio")
            session.add(message)
            session.flush()
            session.add(
                SendAttempt(message_id=message.id, gateway="twilio", result="accepted", ended_at=utcnow())
            )
    for address in ("/desk/administration", LIST, "/desk/administration/wordings"):
        page = client.get(address).text
        assert (warning in page) if warning else ("today’s budget" not in page.lower()), address
    page = client.get(LIST).text
    assert f"{sent} of 10 messages went out today ({sent * 10} %)" in page
    assert f'value="{sent}"' in page.split("<meter", 1)[1].split(">", 1)[0]


def test_the_overview_has_a_sign_for_each_gateway(
    client: FlaskClient, app: Flask, settings: Settings
) -> None:
    add(client)
    with transaction() as session:
        session.add(GatewayState(slug="telephone-de-mopti", checked_at=utcnow(), check_finding="no answer"))
        session.add(GatewayState(slug="twilio", checked_at=utcnow() - timedelta(minutes=3)))
    with app.test_request_context("/desk/administration?lang=en"):
        signs = {sign.name: sign for sign in health(db.session(), settings)}
    assert signs["SMS gateway Twilio"].is_well
    assert not signs["SMS gateway Téléphone de Mopti"].is_well
    assert signs["SMS gateway Téléphone de Mopti"].state == "no answer"


def test_secrets_under_another_key_are_asked_for_again(
    client: FlaskClient, app: Flask, settings: Settings
) -> None:
    add(client)
    with transaction() as session:
        gateway = session.scalars(select(Gateway)).one()
        other = replace(settings, secret_key=b"9" * 32)
        gateway.web_secrets = encrypt_web_secrets(other, {"signing_key": "a long signing key"})
    assert "Enter them again." in client.get(LIST).text
    kept = PHONE | {"value-signing_key": "", "value-password": ""}
    assert set(problems(post(client, "/telephone-de-mopti", **kept))) == {"value-signing_key"}
    assert kept_secrets(settings, row()) == {"password"}


def test_without_any_gateway_the_pages_say_what_to_do(
    client: FlaskClient, app: Flask, settings: Settings
) -> None:
    with app.test_request_context("/desk/administration?lang=en"):
        signs = {sign.name: sign for sign in health(db.session(), replace(settings, twilio=TwilioSettings()))}
    assert not signs["SMS gateway"].is_well
    assert "Add one under Gateways" in signs["SMS gateway"].what_to_do


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("Twilio", "twilio-2"),
        ("new", "new-2"),
        ("check", "check-2"),
        ("Téléphone de Gao : Orange", "telephone-de-gao-orange"),
        ("a" * 80, "a" * 24),
        ("هاتف", "smsgate"),
    ],
)
def test_names_for_addresses_are_short_plain_and_free(app: Flask, label: str, slug: str) -> None:
    assert free_slug(db.session(), label, "smsgate") == slug


@pytest.mark.parametrize("name", list(providers()))
def test_every_provider_has_a_form_with_all_its_fields(client: FlaskClient, name: str) -> None:
    page = client.get(f"{LIST}/new/{name}").text
    for each in providers()[name].fields:
        assert f'id="gateway-value-{each.name}"' in page
        tag = page.split(f'id="gateway-value-{each.name}"', 1)[1].split(">", 1)[0]
        assert ('type="password"' in tag) == (each.shape is Shape.SECRET)
    assert f'href="{LIST}/new/{name}"' in client.get(f"{LIST}/new").text
