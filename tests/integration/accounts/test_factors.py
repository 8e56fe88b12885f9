"""Second factors: who is led to one, what the half-way state opens, and that no code works twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import app_codes
from app.clock import utcnow
from app.database import db
from app.models import AppSecret, AuditEntry, Notification, RecoveryCode, Role, User
from app.receipts import SYMBOLS
from tests.conftest import PASSWORD, csrf_token
from tests.integration.accounts.test_sign_in import attempt

MakeUser = Callable[..., User]
SignIn = Callable[[FlaskClient, User], None]
CODE = re.compile(rf'<code class="code">([0-9A-Z-]{{{SYMBOLS + 2}}})</code>')
FACTOR = "/desk/sign-in/factor"


def post(client: FlaskClient, path: str, page: str = "", **fields: str) -> TestResponse:
    """Send a form of a page."""
    return client.post(path, data={**fields, "csrf_token": csrf_token(client, page or path)})


def set_up_app(client: FlaskClient) -> tuple[pyotp.TOTP, Sequence[str]]:
    """Set up an authenticator app for who is signed in; the app and the recovery codes."""
    page = client.get("/desk/account/factors/app").text
    secret = page.split('secret-text">', 1)[1].split("<", 1)[0].replace(" ", "")
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    clock = pyotp.TOTP(secret)
    client.get("/desk/account/factors")  # another page in between changes nothing
    data = {"typed": clock.now(), "csrf_token": token}
    answer = client.post("/desk/account/factors/app", data=data)
    assert answer.status_code == 200, answer.text
    return clock, CODE.findall(answer.text)


@pytest.fixture
def person(app: Flask, make_user: MakeUser, sign_in: SignIn) -> tuple[User, pyotp.TOTP, Sequence[str]]:
    """Somebody with an authenticator app and recovery codes."""
    user, client = make_user(), app.test_client()
    sign_in(client, user)
    return user, *set_up_app(client)


def test_who_may_open_is_led_to_a_factor_and_works_on_without(
    client: FlaskClient, make_user: MakeUser
) -> None:
    answer = attempt(client, make_user().email, PASSWORD)
    assert answer.location == "/desk/account/factors?next=/desk/"
    page = client.get(answer.location).text
    assert "Your role may open names and original texts" in page
    assert client.get("/desk/").status_code == 200


def test_a_password_alone_opens_nothing_once_there_is_a_factor(
    client: FlaskClient, person: tuple[User, pyotp.TOTP, Sequence[str]]
) -> None:
    user, clock, _ = person
    answer = attempt(client, user.email, PASSWORD, next="/desk/?q=koro")
    assert answer.location == FACTOR
    for path in ("/desk/", "/desk/account", "/desk/account/factors/app", "/desk/safe", "/desk/notifications"):
        assert "/desk/sign-in" in client.get(path).location
    assert post(client, FACTOR, way="app", typed="000000").status_code == 422
    with time_machine.travel(utcnow() + timedelta(seconds=60)):
        answer = post(client, FACTOR, way="app", typed=clock.now())
        assert answer.location == "/desk/?q=koro"
        assert client.get("/desk/").status_code == 200


def test_the_password_is_no_second_factor(
    client: FlaskClient, person: tuple[User, pyotp.TOTP, Sequence[str]]
) -> None:
    attempt(client, person[0].email, PASSWORD)
    assert "password" not in client.get(f"{FACTOR}?way=password").text.split('name="way"')[1].split(">")[0]
    assert post(client, FACTOR, way="password", typed=PASSWORD).status_code == 400
    assert client.get("/desk/").status_code == 302


def test_a_code_of_the_app_works_once(
    app: Flask, client: FlaskClient, person: tuple[User, pyotp.TOTP, Sequence[str]]
) -> None:
    user, clock, _ = person
    attempt(client, user.email, PASSWORD)
    other = app.test_client()
    attempt(other, user.email, PASSWORD)
    with time_machine.travel(utcnow() + timedelta(seconds=60), tick=False):
        code = clock.now()
        assert post(client, FACTOR, way="app", typed=code).status_code == 303
        assert post(other, FACTOR, way="app", typed=code).status_code == 422


def test_a_recovery_code_works_once_in_any_writing(
    app: Flask, client: FlaskClient, person: tuple[User, pyotp.TOTP, Sequence[str]]
) -> None:
    user, _, codes = person
    assert len(set(codes)) == 10
    attempt(client, user.email, PASSWORD)
    assert "10 are left" in client.get(f"{FACTOR}?way=code&lang=en").text
    typed = codes[3].lower().replace("-", " ")
    assert post(client, FACTOR, way="code", typed=typed).status_code == 303
    assert "9 unused codes" in client.get("/desk/account/factors").text
    other = app.test_client()
    attempt(other, user.email, PASSWORD)
    assert post(other, FACTOR, way="code", typed=codes[3]).status_code == 422


def test_neither_the_secret_nor_the_codes_are_stored_as_they_are(
    person: tuple[User, pyotp.TOTP, Sequence[str]],
) -> None:
    user, clock, codes = person
    db.session.rollback()
    kept = db.session.get_one(AppSecret, user.id).sealed_secret
    assert clock.secret.encode() not in kept
    digests = db.session.scalars(select(RecoveryCode.digest)).all()
    assert len(digests) == 10
    assert all(code.encode() not in digest for code in codes for digest in digests)


def test_a_strong_session_is_one_that_passed_a_factor(
    app: Flask, make_user: MakeUser, sign_in: SignIn
) -> None:
    user, client = make_user(), app.test_client()
    sign_in(client, user)
    asks = "This needs your second factor"
    assert asks in client.get("/desk/safe").text
    set_up_app(client)
    assert asks not in client.get("/desk/safe").text
    post(client, "/desk/account/factors/app/remove", "/desk/account/factors")
    assert asks in client.get("/desk/safe").text


def test_changing_factors_asks_for_a_proof_that_is_not_older_than_ten_minutes(
    app: Flask, make_user: MakeUser, sign_in: SignIn
) -> None:
    user, client = make_user(), app.test_client()
    sign_in(client, user)
    clock, _ = set_up_app(client)
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        for path in ("app", "passkey"):
            assert "/desk/account/prove" in client.get(f"/desk/account/factors/{path}").location
        answer = post(client, "/desk/account/factors/app/remove", "/desk/account/factors")
        assert "/desk/account/prove" in answer.location
        db.session.rollback()
        assert db.session.get(AppSecret, user.id) is not None
        proving = "/desk/account/prove?way=app"
        assert post(client, "/desk/account/prove", proving, way="app", typed="1").status_code == 422
        answer = post(client, "/desk/account/prove", proving, way="app", typed=clock.now())
        assert answer.location == "/desk/account/factors"
        answer = post(client, "/desk/account/factors/app/remove", "/desk/account/factors")
        assert answer.location == "/desk/account/factors"
    db.session.rollback()
    assert db.session.get(AppSecret, user.id) is None
    assert db.session.scalars(select(RecoveryCode)).all() == []


def test_each_change_is_on_record_and_told_to_its_owner(
    person: tuple[User, pyotp.TOTP, Sequence[str]],
) -> None:
    db.session.rollback()
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"account.factor_added", "account.spare_codes_made"} <= actions
    kinds = db.session.scalars(select(Notification.kind).where(Notification.user_id == person[0].id)).all()
    assert kinds == ["second_factor_changed"]


def test_a_passkey_answer_that_nobody_asked_for_is_refused(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, make_user(Role.SUPERVISOR))
    page = "/desk/account/factors/passkey"
    for answer in ("", "{}", "[]", '{"id": "AAAA", "response": {}}', "\x00"):
        assert post(client, page, answer=answer, name="x").status_code == 422


@given(steps=st.integers(-10, 10))
def test_a_code_counts_one_step_either_way_and_no_further(steps: int) -> None:
    secret, now = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", utcnow()
    typed = pyotp.TOTP(secret).at(now + timedelta(seconds=30 * steps))
    found = app_codes.step_of(secret, f" {typed[:3]} {typed[3:]}", now)
    assert (found is not None) == (abs(steps) <= 1)
