"""Signing in by an organisation's own service: only who was invited, and only by a token that holds in every point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import people, services
from app.accounts.service import AccountError
from app.accounts.services import ServiceContent
from app.database import db, transaction
from app.models import OrganisationKind, Role, ServiceIdentity, SignInService, User
from app.settings import Settings
from tests.conftest import csrf_token
from tests.integration.accounts.provider import CLIENT_ID, SECRET, Provider, serve
from tests.integration.accounts.test_factors import set_up_app

MakeUser = Callable[..., User]
SignIn = Callable[[FlaskClient, User], None]
START = "/desk/sign-in/with/cndh"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service on this machine may be asked in a demonstration only."""
    return replace(settings, demonstration=True)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve() as running:
        yield running


@pytest.fixture
def person(provider: Provider, make_user: MakeUser) -> User:
    """Somebody with an account in the organisation whose service it is."""
    user, administrator = make_user(Role.ANALYST, OrganisationKind.CNDH), make_user(Role.ADMINISTRATOR)
    provider.email = user.email
    with transaction() as session:
        services.keep(session, administrator, user.organisation_id, content(provider))
    return user


def content(provider: Provider, **other: str) -> ServiceContent:
    values = {
        "slug": "cndh",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "email_domain": "example.org",
    }
    return ServiceContent(**{**values, "secret": SECRET, **other})  # type: ignore[arg-type]


def come_back(client: FlaskClient, provider: Provider, **changes: str) -> TestResponse:
    """Go to the service and come back from it."""
    address = client.get(f"{START}/go").location
    assert address.startswith(provider.issuer)
    return client.get(f"{START}/back", query_string={**provider.authorise(address), **changes})


def is_in(client: FlaskClient) -> bool:
    return client.get("/desk/account").status_code == 200


def test_who_has_an_account_gets_in_with_the_safe_locked(
    client: FlaskClient, provider: Provider, person: User
) -> None:
    assert f'href="{START}/go"' in client.get(START).text
    answer = come_back(client, provider)
    assert answer.status_code == 200
    assert 'content="0;url=/desk/"' in answer.text
    assert provider.problems == []
    assert is_in(client)
    assert client.get_cookie("seere_safe", path="/desk") is None
    bound = db.session.scalars(select(ServiceIdentity)).one()
    assert (bound.user_id, bound.subject) == (person.id, "subject-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"azp": "another"},
        {"iss": "https://another.example"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},  # in 2096
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": "person@elsewhere.example"},
        {"email": "nobody@example.org"},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_is_refused(
    client: FlaskClient, provider: Provider, person: User, changes: dict[str, object]
) -> None:
    provider.changes = changes
    assert come_back(client, provider).status_code == 422
    assert not is_in(client)
    assert db.session.scalars(select(ServiceIdentity)).all() == []


def test_another_key_another_state_and_another_browser_are_refused(
    app: Flask, client: FlaskClient, provider: Provider, person: User
) -> None:
    assert come_back(client, provider, state="another").status_code == 422
    assert come_back(client, provider, code="another").status_code == 422
    answer = provider.authorise(client.get(f"{START}/go").location)
    assert app.test_client().get(f"{START}/back", query_string=answer).status_code == 422
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(client, provider).status_code == 422
    assert not is_in(client)


def test_the_subject_counts_once_it_is_bound(app: Flask, provider: Provider, person: User) -> None:
    come_back(app.test_client(), provider)
    provider.changes = {"sub": "subject-2"}  # somebody else who was given the same address later
    other = app.test_client()
    assert come_back(other, provider).status_code == 422
    provider.changes = {"email": "renamed@example.org"}
    assert come_back(other, provider).status_code == 200


def test_nobody_of_another_organisation_gets_in_by_it(
    client: FlaskClient, provider: Provider, person: User, make_user: MakeUser
) -> None:
    provider.email = make_user(Role.SUPERVISOR).email
    assert come_back(client, provider).status_code == 422


def test_an_invited_person_may_come_by_the_service_first(
    client: FlaskClient, provider: Provider, person: User, make_user: MakeUser
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    with transaction() as session:
        people.invite(
            session,
            administrator,
            email="invited@example.org",
            display_name="Invited",
            role="analyst",
            organisation_id=person.organisation_id,
        )
    provider.email, provider.changes = "invited@example.org", {"sub": "subject-3"}
    assert come_back(client, provider).status_code == 200
    assert is_in(client)


def test_a_second_factor_is_asked_for_all_the_same(
    app: Flask, client: FlaskClient, provider: Provider, person: User, sign_in: SignIn
) -> None:
    other = app.test_client()
    sign_in(other, person)
    set_up_app(other)
    assert "url=/desk/sign-in/factor" in come_back(client, provider).text
    assert not is_in(client)


def test_a_service_that_is_off_or_away_says_so(client: FlaskClient, provider: Provider, person: User) -> None:
    with transaction() as session:
        service = session.scalars(select(SignInService)).one()
        assert SECRET.encode() not in service.sealed_secret
        service.issuer = "http://127.0.0.1:1"
    assert client.get(f"{START}/go").status_code == 502
    with transaction() as session:
        session.scalars(select(SignInService)).one().is_enabled = False
    assert client.get(START).status_code == 404


def test_an_administrator_sets_a_service_and_never_sees_its_secret_again(
    client: FlaskClient, provider: Provider, make_user: MakeUser, sign_in: SignIn
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    sign_in(client, administrator)
    page = "/desk/administration/sign-in-services"
    fields = {
        "organisation": str(administrator.organisation_id),
        "slug": "desk",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "secret": SECRET,
        "email_domain": "example.org",
        "is_enabled": "yes",
        "csrf_token": csrf_token(client, page),
    }
    assert client.post(page, data={**fields, "slug": "../x"}).status_code == 422
    assert client.post(page, data={**fields, "issuer": "ftp://x"}).status_code == 422
    assert client.post(page, data=fields).status_code == 303
    assert SECRET not in client.get(page).text
    assert client.get("/desk/sign-in/with/desk").status_code == 200


def test_a_service_inside_the_network_is_refused(app: Flask, settings: Settings, make_user: MakeUser) -> None:
    app.extensions["seere_settings"] = replace(settings, demonstration=False)
    administrator = make_user(Role.ADMINISTRATOR)
    for issuer in ("https://127.0.0.1", "https://10.0.0.1", "http://93.184.216.34"):
        wanted = replace(content(Provider()), issuer=issuer)
        with pytest.raises(AccountError), transaction() as session:
            services.keep(session, administrator, administrator.organisation_id, wanted)
