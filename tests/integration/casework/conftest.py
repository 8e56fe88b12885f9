"""Signed-in people of the desk and of partners."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.models import OrganisationKind, Role, User

Enter = Callable[..., tuple[FlaskClient, User]]


@pytest.fixture
def enter(app: Flask, make_user: Callable[..., User], sign_in: Callable[[FlaskClient, User], None]) -> Enter:
    """`enter(role, kind)` gives a browser in which a new person is signed in, and the person."""

    def make(
        role: Role = Role.MONITOR, kind: OrganisationKind = OrganisationKind.DESK
    ) -> tuple[FlaskClient, User]:
        user, client = make_user(role=role, kind=kind), app.test_client()
        sign_in(client, user)
        return client, user

    return make
