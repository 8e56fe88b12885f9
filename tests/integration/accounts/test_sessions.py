"""Sessions as their owner sees them: listed, ended, limited; and a sign-in that wasn't them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.devices import in_words
from app.clock import utcnow
from app.database import db
from app.models import Notification, User, UserSession
from tests.conftest import PASSWORD, csrf_token
from tests.integration.accounts.test_sign_in import attempt

MakeUser = Callable[..., User]
SignIn = Callable[[FlaskClient, User], None]
PAGE = "/desk/account/sessions"
ANDROID = "Mozilla/5.0 (Android 13; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"


def post(client: FlaskClient, path: str, **fields: str) -> int:
    return client.post(path, data={**fields, "csrf_token": csrf_token(client, PAGE)}).status_code


def test_a_session_is_listed_in_plain_words_and_ended_from_elsewhere(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user, phone = make_user(), app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = ANDROID
    sign_in(client, user)
    sign_in(phone, user)
    page = client.get(PAGE).text
    assert "Firefox on Android" in page
    assert page.count("this one") == 1
    assert "128" not in page
    listed = db.session.scalars(select(UserSession.id).where(UserSession.device == "firefox/android")).one()
    assert post(client, f"{PAGE}/{listed}/end") == 303
    assert phone.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200
    assert "Firefox on Android" not in client.get(PAGE).text


def test_nobody_ends_the_session_of_another(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    other = app.test_client()
    sign_in(other, make_user())
    listed = db.session.scalars(select(UserSession.id)).one()
    sign_in(client, make_user())
    assert post(client, f"{PAGE}/{listed}/end") == 404
    assert other.get("/desk/").status_code == 200


def test_a_page_left_open_that_asks_by_itself_keeps_no_session_alive(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, make_user())
    begun = utcnow()
    for minutes in (20, 40, 55):
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            assert client.get("/desk/notifications/fresh").status_code == 200
    with time_machine.travel(begun + timedelta(minutes=61)):
        assert client.get("/desk/").status_code == 302


def test_a_session_ends_after_its_hours_however_busy_it_is(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, make_user())
    begun = utcnow()
    for half_hours in range(1, 24):
        with time_machine.travel(begun + timedelta(minutes=30 * half_hours)):
            assert client.get(PAGE).status_code == 200
    with time_machine.travel(begun + timedelta(hours=12, minutes=1)):
        assert client.get(PAGE).status_code == 302


def test_a_new_device_is_told_the_first_and_known_ones_are_not(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user, waiting = make_user(), select(Notification.kind)
    sign_in(client, user)
    client.post("/desk/sign-out", data={"csrf_token": csrf_token(client, PAGE)})
    sign_in(client, user)
    assert db.session.scalars(waiting).all() == []
    sign_in(app.test_client(), user)
    db.session.rollback()
    assert db.session.scalars(waiting).all() == ["new_device"]


def test_this_was_not_me_shuts_the_stranger_out_and_asks_for_a_new_password(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user, thief = make_user(), app.test_client()
    sign_in(client, user)
    sign_in(thief, user)
    assert post(client, f"{PAGE}/not-me") == 303
    assert thief.get("/desk/").status_code == 302
    assert attempt(thief, user.email, PASSWORD).status_code == 422  # the password alone is no way back
    assert client.get("/desk/").location == "/desk/account#password"
    new = {"current": PASSWORD, "new": "quatre mots bien longs", "repeated": "quatre mots bien longs"}
    token = csrf_token(client, "/desk/account")
    assert client.post("/desk/account/password", data={**new, "csrf_token": token}).status_code == 303
    assert client.get("/desk/").status_code == 200
    assert attempt(app.test_client(), user.email, "quatre mots bien longs").status_code == 303


def test_what_a_browser_says_is_put_in_words_or_called_unknown(app: Flask) -> None:
    with app.test_request_context("/desk/?lang=en"):
        assert in_words("chromium/windows") == "Chrome on Windows"
        assert in_words("/ios") == "iPhone"
        assert in_words("/") == in_words("<script>/x") == "Unknown device"
