"""Signing in and out, and one's own account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.models import AuditEntry, OrganisationKind, Role, User
from tests.conftest import PASSWORD, csrf_token

SignIn = Callable[[FlaskClient, User], None]
MakeUser = Callable[..., User]


def attempt(client: FlaskClient, email: str, password: str, **other: str) -> TestResponse:
    token = csrf_token(client, "/desk/sign-in")
    fields = {"email": email, "password": password, "csrf_token": token, "lang": "en", **other}
    return client.post("/desk/sign-in", data=fields)


@pytest.mark.parametrize(
    ("role", "first_page"),
    [
        (Role.ANALYST, "/desk/"),
        (Role.AUDITOR, "/desk/audit"),
        (Role.ADMINISTRATOR, "/desk/administration"),
    ],
)
def test_everybody_lands_on_the_first_page_they_may_see(
    client: FlaskClient, make_user: MakeUser, role: Role, first_page: str
) -> None:
    user = make_user(role)
    answer = attempt(client, f"  {user.email.upper()} ", PASSWORD)
    assert (answer.status_code, answer.location) == (303, first_page)
    assert client.get(first_page).status_code == 200
    assert client.get("/desk/sign-in").location == first_page


def test_unknown_wrong_and_closed_get_the_same_answer(client: FlaskClient, make_user: MakeUser) -> None:
    user, closed = make_user(), make_user()
    with transaction() as session:
        session.get_one(User, closed.id).is_active = False
    tries = [
        (user.email, "wrong"),
        ("nobody@example.org", PASSWORD),
        (closed.email, PASSWORD),
        ("", ""),
        ("\x00", "\x00"),
    ]
    answers = [attempt(client, *each) for each in tries]
    assert {answer.status_code for answer in answers} == {422}
    assert all("belong together" in answer.text for answer in answers)
    assert all(PASSWORD not in answer.text for answer in answers)


ELSEWHERE = [
    "https://evil.example/desk/",
    "//evil.example/desk/",
    "/\\evil.example",
    "/desk/../",
    "/desk/\r\nX: y",
    "/",
    "/deskevil",
    "javascript:alert(1)",
    "/desk/sign-in",
    "http://[",
    "\x00",
]


def test_sign_in_leads_only_into_the_desk(app: Flask, make_user: MakeUser) -> None:
    user = make_user(Role.ANALYST)
    for onward in ELSEWHERE:
        assert attempt(app.test_client(), user.email, PASSWORD, next=onward).location == "/desk/"


def test_sign_in_leads_back_to_where_one_wanted_to_go(client: FlaskClient, make_user: MakeUser) -> None:
    wanted = client.get("/desk/?q=koro&mine=1").location
    assert 'value="/desk/?q=koro&amp;mine=1"' in client.get(wanted).text
    assert (
        attempt(client, make_user(Role.ANALYST).email, PASSWORD, next="/desk/?q=koro&mine=1").location
        == "/desk/?q=koro&mine=1"
    )


def test_a_form_from_an_old_page_asks_again(client: FlaskClient, make_user: MakeUser) -> None:
    fields = {"email": make_user().email, "password": PASSWORD, "csrf_token": "old", "lang": "en"}
    answer = client.post("/desk/sign-in", data=fields)
    assert answer.status_code == 400
    assert "open for too long" in answer.text
    assert client.get("/desk/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, make_user())
    cookie = client.get_cookie("seere_desk", path="/desk")
    assert cookie is not None
    client.post("/desk/sign-out", data={"csrf_token": csrf_token(client, "/desk/account")})
    thief = app.test_client()
    thief.set_cookie("seere_desk", cookie.value, path="/desk")
    assert thief.get("/desk/").status_code == 302


def test_a_new_password_ends_other_sessions_and_keeps_this_one(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user, elsewhere = make_user(), app.test_client()
    sign_in(client, user)
    sign_in(elsewhere, user)
    fields = {"current": PASSWORD, "new": "quatre mots bien longs", "repeated": "quatre mots bien longs"}
    token = csrf_token(client, "/desk/account")
    assert client.post("/desk/account/password", data={**fields, "csrf_token": token}).status_code == 303
    assert client.get("/desk/account").status_code == 200
    assert elsewhere.get("/desk/account").status_code == 302
    assert attempt(app.test_client(), user.email, PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        (
            {"current": "wrong", "new": "quatre mots bien longs", "repeated": "quatre mots bien longs"},
            "present password",
        ),
        ({"current": PASSWORD, "new": "court", "repeated": "court"}, "at least 12"),
        ({"current": PASSWORD, "new": "a" * 201, "repeated": "a" * 201}, "at most 200"),
        ({"current": PASSWORD, "new": "quatre mots bien longs", "repeated": "autre"}, "not the same"),
        ({}, "present password"),
    ],
)
def test_an_unfit_password_changes_nothing(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn, fields: dict[str, str], complaint: str
) -> None:
    user = make_user()
    sign_in(client, user)
    token = csrf_token(client, "/desk/account")
    answer = client.post("/desk/account/password", data={**fields, "csrf_token": token})
    assert answer.status_code == 422
    assert complaint in answer.text
    db.session.rollback()
    assert db.session.get_one(User, user.id).session_epoch == 0


def test_the_language_is_kept_with_the_account_and_on_record(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user = make_user()
    sign_in(client, user)
    token = csrf_token(client, "/desk/account")
    assert (
        client.post("/desk/account/language", data={"language": "fr", "csrf_token": token}).status_code == 303
    )
    assert '<html lang="fr">' in client.get("/desk/account").text
    assert (
        client.post("/desk/account/language", data={"language": "bm", "csrf_token": token}).status_code == 422
    )
    db.session.rollback()
    last = select(AuditEntry.action).order_by(AuditEntry.sequence.desc()).limit(1)
    assert db.session.scalar(last) == "account.changed"


@pytest.mark.parametrize(
    ("role", "kind", "closed"),
    [
        (Role.MONITOR, OrganisationKind.DESK, ["/desk/exports", "/desk/audit", "/desk/administration"]),
        (Role.ANALYST, OrganisationKind.CNDH, ["/desk/audit", "/desk/administration"]),
        (Role.ADMINISTRATOR, OrganisationKind.DESK, ["/desk/", "/desk/exports", "/desk/audit"]),
        (Role.AUDITOR, OrganisationKind.DESK, ["/desk/", "/desk/exports/new", "/desk/administration"]),
    ],
)
def test_the_menu_offers_what_a_role_may_open_and_the_rest_is_closed(
    client: FlaskClient,
    make_user: MakeUser,
    sign_in: SignIn,
    role: Role,
    kind: OrganisationKind,
    closed: list[str],
) -> None:
    sign_in(client, make_user(role, kind))
    menu = client.get("/desk/account").text.split('class="menu"', 1)[1].split("</nav>", 1)[0]
    for address in closed:
        assert client.get(address).status_code == 403
        assert f'href="{address}"' not in menu
