"""The Twilio webhook: genuine or refused, once, and one neutral segment in answer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from app import create_app
from app.database import db
from app.limits import WRONG_CODES
from app.models import Message, Report, ReportState
from app.settings import Settings, TwilioSettings

URL = "http://localhost/webhooks/twilio/sms"
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")


def form(text: str = TEXT, sid: str = "SM" + "a" * 32) -> dict[str, str]:
    return {
        "MessageSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": "+22376123456",
        "To": "+22360000000",
        "Body": text,
        "NumMedia": "0",
        "SomethingNew": "unknown parameters are tolerated",
    }


def post(client: FlaskClient, data: dict[str, str], *, token: str = "a-test-token"):  # type: ignore[no-untyped-def]
    signature = RequestValidator(token).compute_signature(URL, data)
    return client.post("/webhooks/twilio/sms", data=data, headers={"X-Twilio-Signature": signature})


def reports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def test_a_genuine_message_is_accepted_and_answered_with_a_code(client: FlaskClient) -> None:
    answer = post(client, form())
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/xml")
    assert CODE.search(answer.text)
    assert "Koro" not in answer.text
    assert reports() == 1


def test_the_same_message_again_gets_the_same_answer_eight_at_once(app: Flask) -> None:
    def once(_: int) -> str:
        return post(app.test_client(), form()).text

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(once, range(16)))
    assert len(answers) == 1
    assert reports() == 1


@pytest.mark.parametrize("signature", ["", "wrong", None])
def test_a_missing_or_wrong_signature_is_refused_and_nothing_is_stored(
    client: FlaskClient, signature: str | None
) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    assert client.post("/webhooks/twilio/sms", data=form(), headers=headers).status_code == 403
    assert post(client, form(), token="another").status_code == 403
    assert reports() == 0


def test_the_signature_is_checked_against_the_public_address_not_the_host_header(client: FlaskClient) -> None:
    data = form()
    url = "http://evil.example/webhooks/twilio/sms"
    signature = RequestValidator("a-test-token").compute_signature(url, data)
    headers = {"X-Twilio-Signature": signature, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.post("/webhooks/twilio/sms", data=data, headers=headers).status_code == 403


def test_without_a_token_everything_is_refused(settings: Settings) -> None:
    app = create_app(replace(settings, twilio=TwilioSettings()))
    with app.app_context():
        assert post(app.test_client(), form(), token="").status_code == 403
        assert reports() == 0
        db.session.remove()
        db.engine.dispose()


def test_status_help_and_withdrawal_by_sms(client: FlaskClient) -> None:
    code = CODE.search(post(client, form()).text)
    assert code is not None
    status = post(client, form(f"STATUS {code[0].lower()}", "SM" + "b" * 32))
    assert "bien arrive" in status.text
    assert "RETIRER" in post(client, form("AIDE", "SM" + "c" * 32)).text
    assert "retire" in post(client, form(f"RETIRER {code[0]}", "SM" + "d" * 32)).text
    assert db.session.scalars(select(Report.state)).all() == [ReportState.WITHDRAWN]
    assert "retire" in post(client, form(f"suivi {code[0]}", "SM" + "e" * 32)).text
    assert reports() == 1


def test_guessing_codes_is_limited(client: FlaskClient) -> None:
    for attempt in range(WRONG_CODES.amount):
        assert "pas connu" in post(client, form("STATUS ABCD-EFGH-JKM1", f"SM{attempt:032x}")).text
    assert "Trop d" in post(client, form("STATUS ABCD-EFGH-JKM1", "SM" + "f" * 32)).text


@pytest.mark.parametrize(
    "text",
    ["x" * 20_000, "\x00\x01\x02 ils ont tiré", "\u202e😀 ߒߞߏ نص", "9" * 100_000],
    ids=["20 kB", "control characters", "scripts", "digits"],
)
def test_any_text_is_accepted_whole(client: FlaskClient, text: str) -> None:
    assert post(client, form(text)).status_code == 200
    assert db.session.scalars(select(Message.sealed_content)).one() is not None


def test_an_empty_message_costs_nothing(client: FlaskClient) -> None:
    answer = post(client, form("   "))
    assert answer.status_code == 200
    assert reports() == 0


def test_a_signed_request_without_an_id_is_a_bad_request(client: FlaskClient) -> None:
    data = form()
    del data["MessageSid"]
    assert post(client, data).status_code == 400
    assert post(client, {}).status_code == 400


def test_a_request_that_is_too_large_is_refused_clearly(client: FlaskClient) -> None:
    assert post(client, form("9" * 1_000_000)).status_code == 413
