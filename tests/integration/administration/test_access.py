"""Tokens for partners' programs: shown once, mapped, revoked, on record; and the link for their sites."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.administration.link import snippets
from app.database import db, transaction
from app.models import AccessToken, AuditEntry, Organisation, OrganisationKind, Role
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter

PAGE = "/desk/administration/access"


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    """A browser in which an administrator is signed in."""
    return enter(Role.ADMINISTRATOR)[0]


def post(client: FlaskClient, path: str = "", **fields: str) -> tuple[int, str]:
    """Send one of the page's forms: the status and the page."""
    answer = client.post(PAGE + path, data={"csrf_token": csrf_token(client, PAGE), **fields})
    return answer.status_code, answer.text


def tokens() -> list[AccessToken]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(AccessToken)))


def token_on(page: str) -> str:
    found = re.search(r'id="made-token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def make(client: FlaskClient, make_organisation: Callable[..., Organisation]) -> str:
    """A token's text, as it is shown once."""
    partner = make_organisation(OrganisationKind.CIVIL_SOCIETY)
    status, page = post(client, organisation=str(partner.id), label="Kobo form, Mopti")
    assert status == 200
    return token_on(page)


def test_a_token_is_shown_once_and_works_at_once(
    administrator: FlaskClient, make_organisation: Callable[..., Organisation]
) -> None:
    text = make(administrator, make_organisation)
    assert text not in administrator.get(PAGE).text
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "first"}
    answer = administrator.application.test_client().post(
        "/api/v1/reports", json={"text": "Une épreuve."}, headers=headers
    )
    assert answer.status_code == 201


def test_how_to_use_it_stands_beside_it(
    administrator: FlaskClient, make_organisation: Callable[..., Organisation]
) -> None:
    partner = make_organisation(OrganisationKind.CIVIL_SOCIETY)
    _, page = post(administrator, organisation=str(partner.id), label="x")
    assert "http://localhost/api/v1/reports" in page
    assert "http://localhost/api/v1/kobo" in page
    assert page.count(f"Bearer {token_on(page)}") == 2


def test_a_token_without_an_organisation_or_a_purpose_is_not_made(
    administrator: FlaskClient, make_organisation: Callable[..., Organisation]
) -> None:
    closed = make_organisation(OrganisationKind.CIVIL_SOCIETY)
    with transaction() as session:
        session.get_one(Organisation, closed.id).is_active = False
    for organisation, label, words in (
        ("", "x", "Choose an organisation."),
        (str(uuid.uuid4()), "x", "Choose an organisation."),
        (str(closed.id), "x", "Choose an organisation."),
        ("", "x" * 81, "Say it in at most 80 characters."),
        ("", " ", "Say what it is for."),
    ):
        status, page = post(administrator, organisation=organisation, label=label)
        assert status == 422
        assert words in page
    assert tokens() == []


def test_the_questions_of_a_kobo_form_are_kept_with_the_token(
    administrator: FlaskClient, make_organisation: Callable[..., Organisation]
) -> None:
    make(administrator, make_organisation)
    (token,) = tokens()
    status, _ = post(administrator, f"/{token.id}", label="Kobo, Gao", text="group/q1", where=" ", junk="x")
    assert status == 303
    (token,) = tokens()
    assert (token.label, token.field_map) == ("Kobo, Gao", {"text": "group/q1"})
    page = administrator.get(PAGE).text
    assert 'value="group/q1"' in page
    status, page = post(administrator, f"/{token.id}", label="Kobo, Gao", text="q" * 201)
    assert (status, "The name of a question is shorter." in page) == (422, True)


def test_a_revoked_token_stays_on_the_page_and_opens_nothing(
    administrator: FlaskClient, make_organisation: Callable[..., Organisation]
) -> None:
    text = make(administrator, make_organisation)
    (token,) = tokens()
    assert post(administrator, f"/{token.id}/revoke")[0] == 400  # not confirmed
    assert post(administrator, f"/{token.id}/revoke", confirmed="yes")[0] == 303
    page = administrator.get(PAGE).text
    assert "revoked" in page
    assert f"/{token.id}/revoke" not in page
    assert post(administrator, f"/{token.id}", label="again")[0] == 404
    answer = administrator.post("/api/v1/kobo", json={}, headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 401


def test_what_is_done_with_tokens_is_on_record_without_them(
    administrator: FlaskClient, make_organisation: Callable[..., Organisation]
) -> None:
    text = make(administrator, make_organisation)
    (token,) = tokens()
    post(administrator, f"/{token.id}", label="x", text="q1")
    post(administrator, f"/{token.id}/revoke", confirmed="yes")
    post(administrator, f"/{token.id}/revoke", confirmed="yes")
    db.session.rollback()
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == f"access_token:{token.id}")
        .order_by(AuditEntry.sequence)
    ).all()
    assert [(entry.action, entry.detail.get("fields")) for entry in entries] == [
        ("access_token.made", None),
        ("access_token.changed", ["text"]),
        ("access_token.revoked", None),
    ]
    assert text not in str([entry.detail for entry in entries])


def test_a_token_that_is_not_there_cannot_be_changed(administrator: FlaskClient) -> None:
    assert post(administrator, f"/{uuid.uuid4()}", label="x")[0] == 404
    assert post(administrator, f"/{uuid.uuid4()}/revoke", confirmed="yes")[0] == 404


def test_the_link_for_partners_is_one_line_that_loads_and_tells_nothing(administrator: FlaskClient) -> None:
    page = unescape(administrator.get(PAGE).text)
    for snippet in snippets("http://localhost"):
        assert snippet.markup in page
        assert "\n" not in snippet.markup
        assert 'rel="noreferrer noopener"' in snippet.markup
        assert not re.search(r"<script|<img|<iframe|src=|url\(", snippet.markup)
        opened = administrator.application.test_client().get(snippet.address.removeprefix("http://localhost"))
        assert snippet.words in unescape(opened.text)
