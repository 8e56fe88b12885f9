"""What gateways hand over: genuine or refused, once for ever, durable before it is acknowledged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from twilio.request_validator import RequestValidator

from app import create_app
from app.database import db
from app.intake import spool
from app.intake.spool_keeper import SpoolKeeper
from app.models import Arrival, DeliveryReceipt, GatewayState
from app.settings import Settings, TwilioSettings
from tests.conftest import INTAKE_KEY
from tests.integration.intake.twilio_requests import SENDER, TEXT, TOKEN, form, post
from workers.opening import open_sealed
from workers.processing import Keys
from workers.settings import WorkerSettings


def arrivals() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Arrival)) or 0


def opened(settings: Settings) -> dict[str, str]:
    from app.sealing import key_id

    worker = WorkerSettings({key_id(bytes(INTAKE_KEY.public_key)): INTAKE_KEY}, b"p" * 32)
    keys = Keys(settings, worker)
    return open_sealed(keys.workers, db.session.scalars(select(Arrival.sealed_content)).one())


def test_a_genuine_message_is_kept_sealed_and_acknowledged_without_a_word(
    client: FlaskClient, settings: Settings
) -> None:
    answer = post(client, form())
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/xml")
    assert "<Message>" not in answer.text
    arrival = db.session.scalars(select(Arrival)).one()
    assert (arrival.gateway, arrival.kind, arrival.done_at) == ("twilio", "text", None)
    assert TEXT.encode() not in arrival.sealed_content
    assert SENDER.encode() not in arrival.sealed_content
    assert opened(settings)["text"] == TEXT
    assert opened(settings)["sender"] == SENDER


def test_the_same_message_again_gets_the_same_answer_eight_at_once(app: Flask) -> None:
    def once(_: int) -> tuple[int, str]:
        answer = post(app.test_client(), form())
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(once, range(16)))
    assert len(answers) == 1
    assert answers.pop()[0] == 200
    assert arrivals() == 1


def test_the_same_message_years_later_is_still_the_same(client: FlaskClient) -> None:
    post(client, form())
    db.session.execute(
        text("UPDATE arrival SET received_at = '2020-01-01 00:00:00', done_at = '2020-01-01 00:00:00'")
    )
    db.session.commit()
    assert post(client, form()).status_code == 200
    assert arrivals() == 1


@pytest.mark.parametrize("signature", ["", "wrong", None])
def test_a_missing_or_wrong_signature_is_refused_and_nothing_is_stored(
    client: FlaskClient, signature: str | None
) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    assert client.post("/webhooks/twilio/sms", data=form(), headers=headers).status_code == 403
    assert post(client, form(), token="another").status_code == 403
    assert arrivals() == 0


def test_the_signature_is_checked_against_the_public_address_not_the_host_header(client: FlaskClient) -> None:
    data = form()
    url = "http://evil.example/webhooks/twilio/sms"
    signature = RequestValidator(TOKEN).compute_signature(url, data)
    headers = {"X-Twilio-Signature": signature, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.post("/webhooks/twilio/sms", data=data, headers=headers).status_code == 403


def test_without_a_token_everything_is_refused(settings: Settings) -> None:
    app = create_app(replace(settings, twilio=TwilioSettings()))
    with app.app_context():
        assert post(app.test_client(), form(), token="").status_code == 403
        assert arrivals() == 0
        db.session.remove()
        db.engine.dispose()


def test_a_gateway_that_nobody_configured_is_refused_like_a_wrong_signature(client: FlaskClient) -> None:
    for path in ("/webhooks/nobody/sms", "/webhooks/nobody/a-secret-that-was-guessed"):
        assert client.post(path, data=form()).status_code == 403
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    "body",
    ["", "   ", "x" * 20_000, "\x00\x01\x02 ils ont tiré", "\u202e😀 ߒߞߏ نص", "9" * 100_000],
    ids=["empty", "blank", "20 kB", "control characters", "scripts", "digits"],
)
def test_any_text_is_accepted_whole(client: FlaskClient, settings: Settings, body: str) -> None:
    assert post(client, form(body)).status_code == 200
    assert opened(settings).get("text", "") == body


def test_a_signed_request_without_an_id_is_a_bad_request(client: FlaskClient) -> None:
    data = form()
    del data["MessageSid"]
    assert post(client, data).status_code == 400
    assert arrivals() == 0


def test_a_request_that_is_too_large_is_refused_clearly(client: FlaskClient) -> None:
    assert post(client, form("9" * 1_000_000)).status_code == 413


def test_a_gateway_that_was_heard_is_known_to_be_alive(client: FlaskClient) -> None:
    post(client, form())
    assert db.session.get_one(GatewayState, "twilio").last_heard_at is not None


def test_a_receipt_is_kept_even_when_its_message_is_unknown(client: FlaskClient) -> None:
    url = "http://localhost/webhooks/twilio/status"
    data = {"MessageSid": "SM" + "9" * 32, "AccountSid": "AC" + "0" * 32, "MessageStatus": "delivered"}
    signature = RequestValidator(TOKEN).compute_signature(url, data)
    for _ in range(2):
        answer = client.post("/webhooks/twilio/status", data=data, headers={"X-Twilio-Signature": signature})
        assert answer.status_code in {200, 204}
    assert db.session.scalars(select(DeliveryReceipt.state)).all() == ["delivered", "delivered"]


class TestWhenTheDatabaseRefuses:
    """The table is away, so that every insert fails on either database."""

    @pytest.fixture(autouse=True)
    def refusing(self, app: Flask) -> None:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE arrival RENAME TO elsewhere"))

    @staticmethod
    def mend() -> None:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO arrival"))

    def test_the_message_waits_sealed_on_the_disk_and_is_taken_up_once(
        self, client: FlaskClient, settings: Settings
    ) -> None:
        assert [post(client, form()).status_code for _ in range(2)] == [200, 200]
        waiting = spool.waiting(settings)
        assert len(waiting) == 2
        assert all(path.stat().st_mode & 0o077 == 0 for path in waiting)
        assert not any(SENDER.encode() in path.read_bytes() for path in waiting)
        assert spool.take_up(settings) == 0  # still refusing: nothing is lost
        assert len(spool.waiting(settings)) == 2
        self.mend()
        assert spool.take_up(settings) == 2
        assert arrivals() == 1
        assert spool.waiting(settings) == []
        assert opened(settings)["text"] == TEXT

    def test_the_web_process_takes_it_up_by_itself(
        self, app: Flask, client: FlaskClient, settings: Settings
    ) -> None:
        post(client, form())
        self.mend()
        keeper = SpoolKeeper(app, seconds_between=0.02)
        keeper.start()
        for _ in range(250):
            if not spool.waiting(settings):
                break
            keeper.join(0.02)
        keeper.stop()
        assert arrivals() == 1

    def test_only_when_the_disk_refuses_too_is_it_not_acknowledged(
        self, client: FlaskClient, settings: Settings
    ) -> None:
        (settings.var / spool.FOLDER).write_text("in the way")
        assert post(client, form()).status_code == 503

    def test_a_damaged_file_is_set_aside_and_stops_nobody(
        self, client: FlaskClient, settings: Settings
    ) -> None:
        post(client, form())
        spool.waiting(settings)[0].write_bytes(b"{half a mess")
        post(client, form(sid="SM" + "b" * 32))
        self.mend()
        assert spool.take_up(settings) == 1
        assert arrivals() == 1
        assert len(list((settings.var / spool.FOLDER).glob(f"*{spool.DAMAGED}"))) == 1
