"""Invitations, new starts, changes of role, closing: who may, how often a link works, and what ends with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.models import AccountLink, AppSecret, KeyGrant, Organisation, OrganisationKind, Role, User, UserKey
from tests.conftest import PASSWORD, csrf_token
from tests.integration.accounts.test_factors import set_up_app
from tests.integration.accounts.test_sign_in import attempt

MakeUser = Callable[..., User]
SignIn = Callable[[FlaskClient, User], None]
LINK = re.compile(r'value="http://localhost(/desk/link/[\w-]+)"')
NEW = "quatre mots bien longs"


def post(client: FlaskClient, path: str, page: str = "/desk/people", **fields: str) -> TestResponse:
    return client.post(path, data={**fields, "csrf_token": csrf_token(client, page)})


def invite(
    client: FlaskClient, organisation: Organisation, role: Role = Role.MONITOR, **other: str
) -> TestResponse:
    fields = {
        "email": "new.person@example.org",
        "display_name": "New Person",
        "role": str(role),
        "organisation": str(organisation.id),
        **other,
    }
    return post(client, "/desk/people", **fields)


def use(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Fill in the form behind a link."""
    data = {"display_name": "New P.", "language": "en", "new": NEW, "repeated": NEW, **fields}
    data |= {"token": path.rpartition("/")[2], "csrf_token": csrf_token(client, path)}
    return client.post("/desk/link", data=data)


def link_in(answer: TestResponse) -> str:
    found = LINK.search(answer.text)
    assert found, answer.text
    return found[1]


@pytest.fixture
def supervisor(make_user: MakeUser) -> User:
    """A supervisor of a civil-society organisation."""
    return make_user(Role.SUPERVISOR, OrganisationKind.CIVIL_SOCIETY)


def test_an_invited_person_sets_their_password_and_is_in(
    app: Flask, client: FlaskClient, supervisor: User, sign_in: SignIn
) -> None:
    sign_in(client, supervisor)
    path = link_in(invite(client, supervisor.organisation))
    newcomer = app.test_client()
    assert "You were invited to work for" in newcomer.get(path, headers={"Accept-Language": "en"}).text
    answer = use(newcomer, path)
    assert answer.location == "/desk/account/factors?next=/desk/"
    assert newcomer.get("/desk/").status_code == 200
    db.session.rollback()
    user = db.session.scalars(select(User).where(User.email == "new.person@example.org")).one()
    assert (user.role, user.display_name, user.organisation_id) == (
        "monitor",
        "New P.",
        supervisor.organisation_id,
    )
    assert attempt(app.test_client(), user.email, NEW).status_code == 303
    assert "New P." in client.get("/desk/people").text


def test_a_link_works_once_and_is_stored_as_a_digest(
    app: Flask, client: FlaskClient, supervisor: User, sign_in: SignIn
) -> None:
    sign_in(client, supervisor)
    answer = invite(client, supervisor.organisation)
    path = link_in(answer)
    token = path.rpartition("/")[2].encode()
    db.session.rollback()
    assert token not in db.session.scalars(select(AccountLink.token_digest)).one()
    assert path not in client.get("/desk/people").text
    assert use(app.test_client(), path).status_code == 303
    other = app.test_client()
    assert other.get(path).status_code == 410
    data = {"token": path.rpartition("/")[2], "new": NEW, "repeated": NEW}
    data["csrf_token"] = csrf_token(other, "/desk/sign-in")
    assert other.post("/desk/link", data=data).status_code == 410


@pytest.mark.parametrize("why", ["old", "withdrawn", "renewed", "closed"])
def test_a_link_that_is_over_leads_nowhere(
    app: Flask, client: FlaskClient, supervisor: User, sign_in: SignIn, why: str
) -> None:
    sign_in(client, supervisor)
    path = link_in(invite(client, supervisor.organisation))
    db.session.rollback()
    link_id = db.session.scalars(select(AccountLink.id)).one()
    if why == "withdrawn":
        post(client, f"/desk/people/invitations/{link_id}/withdraw")
    if why == "renewed":
        assert (
            app.test_client()
            .get(link_in(post(client, f"/desk/people/invitations/{link_id}/again")))
            .status_code
            == 200
        )
    if why == "closed":
        with transaction() as session:
            session.get_one(Organisation, supervisor.organisation_id).is_active = False
    with time_machine.travel(utcnow() + timedelta(hours=73 if why == "old" else 0)):
        assert app.test_client().get(path).status_code == 410


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_supervisor_gives_no_role_above_their_own(
    client: FlaskClient, supervisor: User, sign_in: SignIn, role: Role
) -> None:
    sign_in(client, supervisor)
    assert invite(client, supervisor.organisation, role).status_code == 422
    assert db.session.scalars(select(AccountLink)).all() == []


def test_a_supervisor_reaches_only_their_own_organisation(
    client: FlaskClient, supervisor: User, make_user: MakeUser, sign_in: SignIn
) -> None:
    stranger = make_user(Role.MONITOR, OrganisationKind.CNDH)
    administrator = make_user(Role.ADMINISTRATOR, organisation=supervisor.organisation)
    sign_in(client, supervisor)
    assert invite(client, stranger.organisation).status_code == 422
    assert stranger.display_name not in client.get("/desk/people").text
    for other in (stranger, administrator, supervisor):
        assert client.get(f"/desk/people/{other.id}").status_code == 404
        for act in ("close", "reset", "end-sessions", "reopen"):
            answer = post(client, f"/desk/people/{other.id}/{act}", confirmed="yes")
            assert answer.status_code == 404, (act, other.role)
    assert db.session.get_one(User, administrator.id).is_active


def test_an_address_is_invited_or_has_an_account_once(
    app: Flask, client: FlaskClient, supervisor: User, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, supervisor)
    assert invite(client, supervisor.organisation, email=make_user().email.upper()).status_code == 422
    assert invite(client, supervisor.organisation).status_code == 200
    other, theirs = make_user(Role.SUPERVISOR, OrganisationKind.CNDH), app.test_client()
    sign_in(theirs, other)
    assert invite(theirs, other.organisation).status_code == 422


def test_a_closed_account_is_out_at_once_and_out_of_the_safe(
    app: Flask, client: FlaskClient, supervisor: User, make_user: MakeUser, sign_in: SignIn
) -> None:
    colleague, theirs = make_user(Role.MONITOR, organisation=supervisor.organisation), app.test_client()
    sign_in(theirs, colleague)
    sign_in(client, supervisor)
    page = f"/desk/people/{colleague.id}"
    assert post(client, f"{page}/close", page).status_code == 422
    assert post(client, f"{page}/close", page, confirmed="yes").status_code == 303
    assert theirs.get("/desk/").status_code == 302
    assert attempt(app.test_client(), colleague.email, PASSWORD).status_code == 422
    db.session.rollback()
    assert db.session.scalars(select(KeyGrant).where(KeyGrant.user_id == colleague.id)).all() == []


def test_a_new_password_by_link_ends_everything_before_and_costs_the_key(
    app: Flask, client: FlaskClient, supervisor: User, make_user: MakeUser, sign_in: SignIn
) -> None:
    colleague, theirs = make_user(Role.MONITOR, organisation=supervisor.organisation), app.test_client()
    sign_in(theirs, colleague)
    set_up_app(theirs)
    db.session.rollback()
    old_key = db.session.scalars(select(UserKey.public_key).where(UserKey.user_id == colleague.id)).one()
    sign_in(client, supervisor)
    page = f"/desk/people/{colleague.id}"
    assert "key of the safe is closed under the old password" in client.get(page).text
    path = link_in(post(client, f"{page}/reset", page, confirmed="yes"))
    assert theirs.get("/desk/").status_code == 200  # until it is used, nothing changes
    fresh = app.test_client()
    assert use(fresh, path).location == "/desk/sign-in/factor"  # the factors stay
    assert theirs.get("/desk/").status_code == 302
    assert attempt(app.test_client(), colleague.email, PASSWORD).status_code == 422
    db.session.rollback()
    new_key = db.session.scalars(select(UserKey.public_key).where(UserKey.user_id == colleague.id)).one()
    assert new_key != old_key


def test_who_lost_the_factors_too_begins_anew(
    app: Flask, client: FlaskClient, supervisor: User, make_user: MakeUser, sign_in: SignIn
) -> None:
    colleague, theirs = make_user(Role.MONITOR, organisation=supervisor.organisation), app.test_client()
    sign_in(theirs, colleague)
    set_up_app(theirs)
    sign_in(client, supervisor)
    page = f"/desk/people/{colleague.id}"
    path = link_in(post(client, f"{page}/reset", page, confirmed="yes", with_factors="yes"))
    db.session.rollback()
    assert db.session.get(AppSecret, colleague.id) is not None
    assert "/desk/account/factors" in use(app.test_client(), path).location
    db.session.rollback()
    assert db.session.get(AppSecret, colleague.id, populate_existing=True) is None


def test_another_role_counts_at_once(
    app: Flask, client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    person, administrator, theirs = (
        make_user(Role.SUPERVISOR),
        make_user(Role.ADMINISTRATOR),
        app.test_client(),
    )
    sign_in(theirs, person)
    sign_in(client, administrator)
    page = f"/desk/people/{person.id}"
    fields = {"role": "analyst", "organisation": str(person.organisation_id)}
    assert post(client, page, page, **fields).status_code == 303
    assert theirs.get("/desk/").status_code == 302
    sign_in(theirs, person)
    assert theirs.get("/desk/people").status_code == 403
    assert post(client, page, page, role="king", organisation=str(uuid.uuid4())).status_code == 422
