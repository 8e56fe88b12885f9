"""Every route × every role × own and other organisations, with real requests, beside the table of permissions.

One application, one database (SQLite: the database has no part in it), one session for each person.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.accounts.permissions import (
    DESK_ONLY,
    ENDPOINTS,
    SCOPES,
    Permission,
    Scope,
    may,
    scope_of,
)
from app.clock import utcnow
from app.database import transaction
from app.models import (
    Attachment,
    Case,
    CaseConflict,
    Opening,
    Organisation,
    OrganisationKind,
    Person,
    Referral,
    ReferralState,
    Role,
    SavedView,
    User,
)
from tests.conftest import csrf_token
from tests.integration.casework.desk import report_case

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

UNGUARDED = frozenset({Permission.PUBLIC, Permission.SIMULATE})
# They would end or change the session that the next request needs; their own tests look at them.
ENDS_SESSION = frozenset(
    {
        "accounts.sign_out",
        "accounts.change_password",
        "accounts.end_session",
        "accounts.end_other_sessions",
        "accounts.disown_session",
    }
)
REFUSED = {403, 404}


@dataclass
class SignedIn:
    """Somebody who is signed in."""

    user: User
    organisation: Organisation
    client: FlaskClient
    token: str

    def send(self, method: str, path: str) -> tuple[int, str]:
        """One request with the anti-forgery token; its status and page."""
        data = {"csrf_token": self.token} if method == "POST" else None
        answer = self.client.open(path, method=method, data=data)
        text = answer.get_data(as_text=True) if answer.status_code in REFUSED else ""
        is_out = answer.headers.get("Location", "").endswith("#password") or "/desk/sign-in" in (
            answer.headers.get("Location", "")
        )
        answer.close()
        return (401 if is_out else answer.status_code), text


@dataclass
class House:
    """The desk, CNDH, a CSO with a referral of the case and one without; and what the case is made of."""

    organisations: dict[str, Organisation]
    objects: dict[str, uuid.UUID] = field(default_factory=dict)


@pytest.fixture
def house(app: Flask, make_user: Callable[..., User]) -> House:
    """A case with everything that an address can name, referred to CNDH and to one CSO."""
    kinds = {
        "desk": OrganisationKind.DESK,
        "cndh": OrganisationKind.CNDH,
        "cso": OrganisationKind.CIVIL_SOCIETY,
        "stranger": OrganisationKind.CIVIL_SOCIETY,
    }
    owners = {name: make_user(Role.SUPERVISOR, kind) for name, kind in kinds.items()}
    case, other = report_case(), report_case(text="un autre récit, sans rapport avec le premier")
    house = House({name: user.organisation for name, user in owners.items()})
    house.objects = {"case_id": case.id, "other_id": other.id}
    with transaction() as session:
        found = session.get_one(Case, case.id)
        report = found.reports[0]
        house.objects |= {
            "report_id": report.id,
            "message_id": report.messages[0].id,
            "finding_id": found.findings[0].id,
            "act_id": found.acts[0].id,
        }
        rows: dict[str, object] = {
            "person_id": Person(id=uuid.uuid4(), case_id=case.id, kind="individual"),
            "attachment_id": Attachment(id=uuid.uuid4(), report_id=report.id, state="kept"),
            "conflict_id": CaseConflict(
                id=uuid.uuid4(),
                case_id=case.id,
                user_id=owners["desk"].id,
                source="person",
                removed_at=utcnow(),
            ),
            "opening_id": Opening(
                id=uuid.uuid4(),
                user_id=owners["desk"].id,
                case_id=case.id,
                subject="message",
                subject_id=report.messages[0].id,
                reason="To know.",
                public_key=bytes(32),
                expires_at=utcnow(),
            ),
            "view_id": SavedView(
                id=uuid.uuid4(),
                owner_id=owners["desk"].id,
                organisation_id=owners["desk"].organisation_id,
                name="Ours",
                address={"urgency": "2"},
            ),
        }
        for name in ("cndh", "cso"):
            rows["referral_id"] = Referral(
                id=uuid.uuid4(),
                case_id=case.id,
                organisation_id=owners[name].organisation_id,
                state=ReferralState.SENT,
                deadline_at=utcnow(),
            )
            session.add(rows["referral_id"])
        session.add_all(rows.values())
        house.objects |= {name: row.id for name, row in rows.items()}  # type: ignore[attr-defined]
    return house


@pytest.fixture
def enter(
    app: Flask,
    house: House,
    make_user: Callable[..., User],
    sign_in: Callable[[FlaskClient, User], None],
) -> Callable[[str, Role], SignedIn]:
    """Sign somebody new in to an organisation."""

    def make(name: str, role: Role) -> SignedIn:
        organisation = house.organisations[name]
        user, client = make_user(role, organisation=organisation), app.test_client()
        sign_in(client, user)
        return SignedIn(user, organisation, client, csrf_token(client, "/desk/account"))

    return make


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Method, endpoint and rule of every route that asks who is there."""
    for rule in app.url_map.iter_rules():
        if ENDPOINTS[rule.endpoint] in UNGUARDED or rule.endpoint in ENDS_SESSION:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, rule.endpoint, rule


def address(rule: Rule, objects: Mapping[str, uuid.UUID]) -> str:
    """The route's address, with objects that are there for the names it has and made-up ones for others."""

    def value(found: re.Match[str]) -> str:
        converter, name = found[1] or "", found[2]
        return "0" if converter == "int:" else str(objects.get(name) or uuid.uuid4())

    return re.sub(r"<(\w+:)?(\w+)>", value, rule.rule)


def expected(person: SignedIn, endpoint: str, *, reaches: bool) -> Callable[[int], bool]:
    """What the table says of a request: refused, not found as if nothing were there, or anything but refused."""
    permission = ENDPOINTS[endpoint]
    if not may(person.user.role, permission):
        return lambda status: status == 403
    is_desk = person.organisation.sees_every_case
    scope = scope_of(person.user.role, permission, is_desk=is_desk)
    if scope is Scope.INSTALLATION:
        return lambda status: status not in {401, 403} and status < 500
    if scope is Scope.NONE or (endpoint in DESK_ONLY and not is_desk):
        return lambda status: status in REFUSED
    if scope is Scope.REACHED and not reaches:
        return lambda status: status in {400, 404}  # 400: what was sent made no sense for any case
    return lambda status: status not in {401, 403} and status < 500


@pytest.mark.parametrize("name", ["desk", "stranger"])
def test_every_route_answers_every_role_as_the_table_says(
    app: Flask, house: House, enter: Callable[[str, Role], SignedIn], name: str
) -> None:
    wrong = []
    for role in Role:
        person = enter(name, role)
        for method, endpoint, rule in routes(app):
            is_about_case = "case_id" in rule.arguments
            path = address(
                rule, {}
            )  # nothing that is there, so that nothing changes for those who come after
            status, _ = person.send(method, path)
            is_right = expected(person, endpoint, reaches=not is_about_case)
            if not (status == 404 if is_about_case and status == 404 else is_right(status)):
                wrong.append((role.value, method, endpoint, status))
    assert wrong == [], "\n".join(map(str, wrong))


def of_cases(app: Flask) -> list[tuple[str, str, Rule]]:
    """The routes about one case or one thing of it."""
    named = {"case_id", "attachment_id", "opening_id", "view_id"}
    return [each for each in routes(app) if named & set(each[2].arguments)]


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SUPERVISOR, Role.ANALYST])
def test_what_is_another_organisations_is_answered_like_what_does_not_exist(
    app: Flask, house: House, enter: Callable[[str, Role], SignedIn], role: Role
) -> None:
    person, wrong = enter("stranger", role), []
    for method, endpoint, rule in of_cases(app):
        there = person.send(method, address(rule, house.objects))
        nowhere = person.send(method, address(rule, {}))
        is_alike = there[0] == nowhere[0] and plain(there[1]) == plain(nowhere[1])
        if not is_alike or there[0] not in REFUSED | {400}:  # 400: what was sent made no sense for any case
            wrong.append((method, endpoint, there[0], nowhere[0]))
    assert wrong == [], "\n".join(map(str, wrong))


def plain(page: str) -> str:
    """A page without what differs from one request to the next: its nonce, its token, and the address itself."""
    page = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", page)


@pytest.mark.parametrize("name", ["cndh", "cso"])
def test_whom_a_case_was_referred_to_reaches_it_and_only_what_the_table_gives_them(
    app: Flask, house: House, enter: Callable[[str, Role], SignedIn], name: str
) -> None:
    wrong = []
    for role in (Role.MONITOR, Role.SUPERVISOR, Role.ANALYST):
        person = enter(name, role)
        assert person.send("GET", f"/desk/cases/{house.objects['case_id']}")[0] == 200
        for method, endpoint, rule in routes(app):
            permission = ENDPOINTS[endpoint]
            refused = endpoint in DESK_ONLY or scope_of(role, permission, is_desk=False) is Scope.NONE
            if "case_id" not in rule.arguments or (method == "POST" and not refused):
                continue  # what they may do is their own tests'; here it would change the case for the next request
            status, _ = person.send(method, address(rule, house.objects))
            # A form without anything in it may be sent back before it is asked who sends it: nothing was done either.
            nothing_done = REFUSED | ({400, 409, 422} if method == "POST" else set())
            if (status in nothing_done) is not refused:
                wrong.append((role.value, method, endpoint, status))
    assert wrong == [], "\n".join(map(str, wrong))


def test_the_table_is_whole(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= set(ENDPOINTS)
    assert set(SCOPES) == set(Permission) - UNGUARDED
    assert set(ENDPOINTS) >= DESK_ONLY
