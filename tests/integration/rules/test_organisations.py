"""Whose cases an organisation must never be sent, as administrators say; rules that it makes wrong are closed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import db, transaction
from app.models import AuditEntry, Organisation, OrganisationKind, Role, RoutingRule, User
from app.rules.content import RuleContent
from app.rules.service import add_rule
from tests.conftest import csrf_token
from tests.integration.casework.conftest import Enter

PAGE = "/desk/administration/organisations"


@pytest.fixture
def administrator(enter: Enter) -> tuple[FlaskClient, User]:
    return enter(Role.ADMINISTRATOR)


def post(client: FlaskClient, path: str, **data: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client, PAGE), **data})


def stored(organisation_id: uuid.UUID) -> Organisation:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Organisation, organisation_id)


def test_an_organisation_is_added_with_the_names_that_reports_use(
    administrator: tuple[FlaskClient, User],
) -> None:
    client, _ = administrator
    answer = post(
        client,
        PAGE,
        name="Gendarmerie, inspection",
        kind="institution",
        conflict_actors=["gendarmerie"],
        names_in_reports="les  bérets bleus\n\nla brigade\nla brigade",
    )
    assert answer.status_code == 303
    added = stored(uuid.UUID(answer.headers["Location"].rpartition("/")[2]))
    assert (added.conflict_actors, added.is_active) == (["gendarmerie"], True)
    assert added.names_in_reports == ["les bérets bleus", "la brigade"]
    page = client.get(PAGE).text
    assert "Gendarmerie nationale" in page
    again = post(client, PAGE, name="Gendarmerie, inspection", kind="institution")
    assert "There is an organisation of that name already." in again.text
    short = post(client, PAGE, name="Another", kind="institution", names_in_reports="la")
    assert (short.status_code, "at least 3 letters" in short.text) == (422, True)


def test_a_rule_that_became_wrong_is_closed_and_said_so_everywhere(
    administrator: tuple[FlaskClient, User], receiver: Organisation
) -> None:
    client, _ = administrator
    with transaction() as session:
        wrong = add_rule(session, RuleContent("On police", receiver.id, actors=("police",)), actor="command")
        right = add_rule(session, RuleContent("On anybody", receiver.id), actor="command")
    answer = post(
        client,
        f"{PAGE}/{receiver.id}",
        name="Herders",
        kind="civil_society",
        conflict_actors=["police"],
        is_active="true",
    )
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "The rule “On police” was closed" in page
    db.session.rollback()
    db.session.expire_all()
    closed = db.session.get_one(RoutingRule, wrong.id)
    assert (closed.is_active, closed.closed_because, closed.version) == (False, "conflict", 2)
    assert db.session.get_one(RoutingRule, right.id).is_active
    for path in ("/desk/rules", f"/desk/rules/{wrong.id}"):
        assert "Closed by the machine" in client.get(path).text
    actions = db.session.execute(
        select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.sequence.desc()).limit(2)
    ).all()
    assert [action for action, _ in actions] == ["routing_rule.closed", "organisation.changed"]
    assert actions[0].detail["because"] == "conflict"


def test_nobody_locks_out_themselves_or_everybody(
    administrator: tuple[FlaskClient, User], make_organisation: Callable[..., Organisation]
) -> None:
    client, user = administrator
    own = f"{PAGE}/{user.organisation_id}"
    closed = post(client, own, name="Us", kind="desk")
    assert "you would lock yourself out" in closed.text
    partner = post(client, own, name="Us", kind="cndh", is_active="true")
    assert "nobody would see every case" in partner.text
    make_organisation(OrganisationKind.DESK)
    assert post(client, own, name="Us", kind="cndh", is_active="true").status_code == 303
    assert post(client, f"{PAGE}/{uuid.uuid4()}", name="x", kind="cndh").status_code == 404
