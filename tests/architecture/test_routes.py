"""Every route is in the permission table, refuses strangers and other roles, and sends the headers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app import create_app
from app.accounts.permissions import ENDPOINTS, Permission, may
from app.database import db
from app.models import Role, User
from app.settings import Settings


@pytest.fixture
def everything(settings: Settings) -> Any:
    """The application with the simulator."""
    app = create_app(replace(settings, demonstration=True))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def address(rule: Rule) -> str:
    """The route's address with made-up identifiers."""
    return re.sub(r"<(?:\w+:)?\w+>", str(uuid.uuid4()), re.sub(r"<int:\w+>", "0", rule.rule))


def routes(app: Flask, *, but: Permission = Permission.PUBLIC) -> list[tuple[str, str, Permission]]:
    """Method, address and permission of every route that is not for everybody."""
    found = []
    for rule in app.url_map.iter_rules():
        permission = ENDPOINTS[rule.endpoint]
        if permission is not but:
            found += [
                (method, address(rule), permission)
                for method in sorted((rule.methods or set()) & {"GET", "POST"})
            ]
    return found


def test_the_table_and_the_routes_agree(everything: Flask) -> None:
    assert {rule.endpoint for rule in everything.url_map.iter_rules()} == set(ENDPOINTS)


def test_a_stranger_gets_into_nothing(app: Flask) -> None:
    client = app.test_client()
    for method, path, permission in routes(app):
        if permission is Permission.SIMULATE:
            continue
        answer = client.open(path, method=method)
        assert answer.status_code in {302, 400, 403}, (method, path)
        if answer.status_code == 302:
            assert "/desk/sign-in" in answer.headers["Location"]


def test_without_the_demonstration_there_is_no_simulator(app: Flask) -> None:
    assert app.test_client().get("/simulator").status_code == 404


def test_a_form_without_its_token_changes_nothing(
    app: Flask,
    client: FlaskClient,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
) -> None:
    sign_in(client, make_user(Role.SUPERVISOR))
    for method, path, permission in routes(app):
        if method == "POST" and may(Role.SUPERVISOR, permission):
            assert client.post(path, data={}).status_code == 400, path


@pytest.mark.parametrize("path", ["/", "/receipt", "/about", "/desk/sign-in", "/nowhere", "/healthz"])
def test_every_page_sends_a_strict_policy(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"\sstyle=|\son\w+=\"", answer.text)
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert all(nonce[1] in tag for tag in re.findall(r"<(?:script|style)[^>]*>", answer.text))


@pytest.mark.parametrize("path", ["/", "/receipt", "/about", "/nowhere"])
def test_no_cookie_on_the_public_side(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers
