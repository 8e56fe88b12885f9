"""The safe as people meet it in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.session import KEPT_AT_SIGN_IN
from app.database import db, transaction
from app.models import OrganisationKey, OrganisationKind, ReportKeyShare, Role, User, UserKey
from app.queue import connection
from app.safe import grants, strength, user_keys
from tests.conftest import PASSWORD, csrf_token
from tests.integration.safe.conftest import Safe, opened_again, sealed_report, with_key

SignIn = Callable[[FlaskClient, User], None]
MakeUser = Callable[..., User]


@pytest.fixture
def strong(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a second factor: this is about what comes then."""
    monkeypatch.setattr(strength, "_passed_a_factor", lambda: True)


def post(client: FlaskClient, address: str, page: str = "/desk/safe", **fields: str):  # type: ignore[no-untyped-def]
    return client.post(address, data={"csrf_token": csrf_token(client, page), **fields})


def printed_code(page: str) -> str:
    found = re.search(r'<code class="code">([^<]+)</code>', page)
    assert found, page
    return found[1]


@pytest.mark.usefixtures("strong")
def test_the_first_member_makes_the_safe_prints_its_code_and_lets_a_colleague_in(
    client: FlaskClient, app: Flask, make_user: MakeUser, sign_in: SignIn
) -> None:
    first = make_user(Role.SUPERVISOR)
    second = make_user(organisation=first.organisation)
    sign_in(client, first)
    assert "There is no safe yet" in client.get("/desk/safe").text
    assert post(client, "/desk/safe/key").location == "/desk/safe/code"
    code = printed_code(client.get("/desk/safe/code").text)
    assert printed_code(client.get("/desk/safe/code").text) == code  # a reload shows it again
    wrong = post(
        client, "/desk/safe/code", "/desk/safe/code", typed="0000" if code[-4:] != "0000" else "1111"
    )
    assert wrong.status_code == 422
    assert db.session.scalar(select(OrganisationKey.ready_at)) is None
    assert post(client, "/desk/safe/code", "/desk/safe/code", typed=code[-4:].lower()).status_code == 303
    assert "only one who can open" in client.get("/desk/safe").text
    assert client.get("/desk/safe/code").location == "/desk/safe"  # never again

    other = app.test_client()
    sign_in(other, second)
    assert "You were not let in yet" in other.get("/desk/safe").text
    page = client.get("/desk/safe").text
    assert "Safe (1)" in page
    asked = client.get(f"/desk/safe/members/{second.id}/let-in").text
    assert second.display_name in asked
    assert "the original texts" in asked
    assert post(client, f"/desk/safe/members/{second.id}/let-in").status_code == 303
    report = sealed_report(first.organisation)
    assert opened_again(second).report_key(db.session(), report[0])
    assert "You were not let in" not in other.get("/desk/safe").text


@pytest.mark.usefixtures("strong")
def test_shutting_out_makes_a_new_key_due_and_the_pages_lead_through_it(
    client: FlaskClient, make_safe: Callable[..., Safe], make_user: MakeUser, sign_in: SignIn
) -> None:
    desk = make_safe()
    colleague = make_user(organisation=desk.organisation)
    with_key(colleague)
    with transaction() as session:
        grants.grant(session, session.get_one(User, desk.maker.id), desk.held, colleague.id)
    sealed_report(desk.organisation)
    sign_in(client, desk.maker)
    assert "has to be replaced" in client.get(f"/desk/safe/members/{colleague.id}/shut-out").text
    post(client, f"/desk/safe/members/{colleague.id}/shut-out")
    assert "Somebody who could open has left" in client.get("/desk/safe").text
    post(client, "/desk/safe/key")
    code = printed_code(client.get("/desk/safe/code").text)
    post(client, "/desk/safe/code", "/desk/safe/code", typed=code[-4:])
    page = client.get("/desk/safe").text
    assert "Somebody who could open has left" not in page
    assert "thrown away on" in page
    db.session.rollback()
    newest = select(OrganisationKey.id).where(OrganisationKey.generation == 2)
    assert db.session.scalar(select(ReportKeyShare.organisation_key_id)) == db.session.scalar(newest)


def test_without_a_second_factor_nothing_is_made(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    sign_in(client, make_user())
    assert "second factor" in client.get("/desk/safe").text
    refused = post(client, "/desk/safe/key")
    assert refused.status_code == 422
    assert "second factor" in refused.text
    assert db.session.scalar(select(OrganisationKey.id)) is None


@pytest.mark.usefixtures("strong")
def test_the_safe_is_open_only_with_the_cookie_and_only_until_sign_out(
    client: FlaskClient, app: Flask, make_user: MakeUser, sign_in: SignIn
) -> None:
    user = make_user()
    sign_in(client, user)
    assert "unlocked until you sign out" in client.get("/desk/safe").text
    private = bytes(opened_again(user).private)
    cookie = client.get_cookie("seere_safe", path="/desk")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.max_age, cookie.expires) == (
        True,
        "Strict",
        None,
        None,
    )
    kept = everything_in_valkey(app)
    assert KEPT_AT_SIGN_IN.encode() in kept
    assert private not in kept
    assert cookie.value.encode() not in kept
    client.delete_cookie("seere_safe", path="/desk")
    assert "Your safe is locked" in client.get("/desk/safe").text
    client.set_cookie("seere_safe", "AAAA", path="/desk")
    assert "Your safe is locked" in client.get("/desk/safe").text
    client.set_cookie("seere_safe", cookie.value, path="/desk")
    assert "unlocked until you sign out" in client.get("/desk/safe").text
    post(client, "/desk/sign-out")
    assert client.get_cookie("seere_safe", path="/desk") is None
    assert KEPT_AT_SIGN_IN.encode() not in everything_in_valkey(app)


def everything_in_valkey(app: Flask) -> bytes:
    client = connection(app.extensions["seere_settings"].redis_url)
    return b" ".join(client.get(name) or b"" for name in client.scan_iter("seere:session:*"))  # type: ignore[misc]


@pytest.mark.usefixtures("strong")
def test_unlocking_leads_back_and_wrong_passwords_are_counted(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    user = make_user()
    sign_in(client, user)
    post(client, "/desk/safe/lock")
    page = "/desk/safe/unlock"
    assert post(client, "/desk/safe/key").location.startswith(page)
    assert post(client, page, page, password="not this one").status_code == 422
    done = post(client, page, page, password=PASSWORD, next="/desk/audit")
    assert done.location == "/desk/audit"
    assert post(client, page, page, password=PASSWORD, next="https://example.org/").location == "/desk/safe"
    for _ in range(10):
        last = post(client, page, page, password="not this one")
    assert last.status_code == 429
    assert post(client, page, page, password=PASSWORD).status_code == 429


@pytest.mark.usefixtures("strong")
def test_a_password_change_keeps_the_safe_open_and_its_key(
    client: FlaskClient, app: Flask, make_user: MakeUser, sign_in: SignIn
) -> None:
    user = make_user()
    sign_in(client, user)
    before = db.session.scalar(select(UserKey.public_key))
    new = "a new and long password"
    fields = {"current": PASSWORD, "new": new, "repeated": new}
    assert post(client, "/desk/account/password", "/desk/account", **fields).status_code == 303
    assert "unlocked until you sign out" in client.get("/desk/safe").text
    assert opened_again(user, new)
    assert db.session.scalar(select(UserKey.public_key)) == before


@pytest.mark.usefixtures("strong")
def test_who_signs_in_elsewhere_gives_the_safe_a_password_and_can_begin_anew(
    client: FlaskClient, make_user: MakeUser, sign_in: SignIn
) -> None:
    """Signed in by OpenID Connect there is no password here; told apart by having no key yet."""
    user = make_user()
    sign_in(client, user)
    with transaction() as session:
        user_keys.forget(session, session.get_one(User, user.id), actor="command")
    page, mine = "/desk/safe/unlock", "a password of the safe"
    post(client, "/desk/safe/lock")
    assert "Give your safe a password" in client.get(page).text
    assert post(client, "/desk/safe/password", page, new="short", repeated="short").status_code == 422
    assert post(client, "/desk/safe/password", page, new=mine, repeated="another one!").status_code == 422
    assert post(client, "/desk/safe/password", page, new=mine, repeated=mine).status_code == 303
    assert opened_again(user, mine)
    assert "lets you in again" in client.get(page).text  # said before it happens
    assert post(client, "/desk/safe/start-again", page).status_code == 422
    assert post(client, "/desk/safe/start-again", page, confirmed="yes").status_code == 303
    assert "Give your safe a password" in client.get(page).text


@pytest.mark.usefixtures("strong")
def test_the_recovery_page_says_typo_wrong_and_lets_in(
    client: FlaskClient, make_safe: Callable[..., Safe], make_user: MakeUser, sign_in: SignIn
) -> None:
    desk = make_safe(OrganisationKind.CIVIL_SOCIETY)
    newcomer = make_user(organisation=desk.organisation)
    sign_in(client, newcomer)
    page = "/desk/safe/recover"
    assert "nobody can open what is in the safe" in client.get(page).text
    typo = post(client, page, page, code=desk.code.replace(desk.code[0], "Z" if desk.code[0] != "Z" else "Y"))
    assert "typing mistake" in typo.text
    assert "not the recovery code" in post(client, page, page, code=make_safe().code).text
    assert post(client, page, page, code=desk.code).status_code == 303
    report = sealed_report(desk.organisation)
    assert opened_again(newcomer).report_key(db.session(), report[0])


def test_the_password_page_says_before_what_a_forgotten_one_costs(
    client: FlaskClient, make_safe: Callable[..., Safe], sign_in: SignIn
) -> None:
    desk = make_safe()
    sign_in(client, desk.maker)
    assert "only the printed recovery code" in client.get("/desk/account").text
    with transaction() as session:
        session.scalars(select(OrganisationKey)).one().recovery_sealed = None
    assert "There is no recovery code" in client.get("/desk/account").text
