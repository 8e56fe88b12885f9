"""Guessing gets slow; the person whose address is hammered still gets in from a browser that is theirs."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from app.accounts.throttling import LONGEST_WAIT_SECONDS, wait_after
from app.database import db
from app.models import KnownDevice, User
from app.settings import Settings
from tests.conftest import PASSWORD
from tests.integration.accounts.test_sign_in import attempt

MakeUser = Callable[..., User]
SignIn = Callable[[FlaskClient, User], None]


def hammer(app: Flask, email: str) -> None:
    """Guess until told to wait."""
    stranger = app.test_client()
    for _ in range(8):
        if attempt(stranger, email, "wrong").status_code == 429:
            return
    raise AssertionError("nobody was told to wait")


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(failures, 5) for failures in range(5, 20)]
    assert waits[:5] == [0, 2, 4, 8, 16]
    assert max(waits) == LONGEST_WAIT_SECONDS == 900


def test_the_owner_gets_in_from_a_known_browser_while_a_stranger_hammers(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user = make_user()
    sign_in(client, user)
    client.delete_cookie("seere_desk", path="/desk")
    hammer(app, user.email)
    assert attempt(app.test_client(), user.email, PASSWORD).status_code == 429
    assert attempt(client, user.email, PASSWORD).status_code == 303


def test_a_known_browser_has_an_allowance_not_a_free_hand(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user = make_user()
    sign_in(client, user)
    client.delete_cookie("seere_desk", path="/desk")
    answers = [attempt(client, user.email, "wrong").status_code for _ in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[-1] == 429


def test_a_browser_known_for_one_person_is_a_stranger_to_another(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, make_user())
    client.delete_cookie("seere_desk", path="/desk")
    victim = make_user()
    hammer(app, victim.email)
    assert attempt(client, victim.email, PASSWORD).status_code == 429


def test_an_unknown_address_is_answered_like_a_known_one(app: Flask, make_user: MakeUser) -> None:
    answers = []
    for email in (make_user().email, "nobody@example.org"):
        stranger = app.test_client()
        tries = [attempt(stranger, email, "wrong") for _ in range(7)]
        answers.append([(each.status_code, each.text.count('role="alert"')) for each in tries])
    assert answers[0] == answers[1]
    assert (429, 1) in answers[0]


def test_one_source_that_tries_many_addresses_has_to_wait_too(app: Flask) -> None:
    stranger = app.test_client()
    answers = [attempt(stranger, f"person{each}@example.net", "wrong").status_code for each in range(23)]
    assert answers[:20] == [422] * 20
    assert 429 in answers[20:]


def test_neither_addresses_nor_networks_are_kept_by_it(
    app: Flask, settings: Settings, make_user: MakeUser
) -> None:
    user = make_user()
    attempt(app.test_client(), user.email, "wrong")
    store = Redis.from_url(settings.redis_url)
    found = list(store.scan_iter("seere:tries:*"))
    assert found
    assert all(user.email.encode() not in key and b"127.0.0.1" not in key for key in found)
    assert all(store.ttl(key) > 0 for key in found)
    store.close()


def test_a_forged_cookie_is_known_to_nobody(app: Flask, make_user: MakeUser, sign_in: SignIn) -> None:
    user, client = make_user(), app.test_client()
    sign_in(client, user)
    hammer(app, user.email)
    stranger = app.test_client()
    db.session.rollback()
    digest = db.session.scalars(select(KnownDevice.digest)).one()
    for value in ("", "x", digest.hex(), "a" * 3000):
        stranger.set_cookie("seere_device", value, path="/desk")
        assert attempt(stranger, user.email, PASSWORD).status_code == 429
