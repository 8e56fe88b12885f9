"""The record of a case: acts, persons without names, their parts, and the cases it belongs with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.casework.conclusions import Conclusion, Understanding, take_in_report
from app.casework.nature import Nature, nature_of
from app.casework.visibility import visible_cases
from app.database import db, transaction
from app.models import (
    Act,
    AuditEntry,
    Case,
    CaseLink,
    Involvement,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    User,
)
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import (
    GENDARMES,
    PILLAGE,
    TORTURE,
    address,
    fresh,
    post,
    refer,
    report_case,
)

KILLED = Conclusion(
    "victims", {"status": "killed", "count": 3, "sex": "male", "children": False}, 0.85, "victims:counted"
)
WOMAN: dict[str, Any] = {
    "kind": "individual",
    "label": "commerçante du village voisin",
    "role": "victim",
    "certainty": "probable",
    "state": "injured",
    "sex": "female",
}


def send(client: FlaskClient, case: Case, *parts: object, **fields: Any) -> int:
    """Send one of the record's forms; the status of the answer."""
    return post(client, address(case), address(case, *parts), **fields).status_code


def only(table: type[Any], **columns: Any) -> Any:
    """The one row of a table, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(table).filter_by(**columns)).one()


def test_what_the_machine_found_is_put_on_record_in_one_click(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, KILLED, GENDARMES)
    found = {each.kind: each.id for each in fresh(case).findings}
    assert client.get(address(case)).text.count(">Put on record") == 2
    for kind in ("victims", "actor"):
        assert send(client, case, "proposals", found[kind]) == 303
    page = client.get(address(case)).text
    assert ">Put on record" not in page
    victims, author = only(Person, men=3), only(Person, actor_code="gendarmerie")
    assert (victims.kind, victims.state, author.actor_category) == ("group", "killed", "state")
    assert only(Involvement, person_id=author.id).role == "alleged_perpetrator"
    assert "Alleged: State forces or services" in page
    assert {each.state for each in fresh(case).findings if each.kind != "violation"} == {"accepted"}
    assert send(client, case, "proposals", found["actor"]) == 404  # a second click adds nobody


def test_a_name_is_not_written_down_unnoticed(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    named = {**WOMAN, "label": "Fatoumata Coulibaly"}
    refused = post(client, address(case), address(case, "persons"), **named)
    assert refused.status_code == 422
    assert 'href="#add-person-is_plain"' in refused.text
    assert send(client, case, "persons", **{**WOMAN, "label": "Bamako market woman"}) == 303
    assert send(client, case, "persons", **named, is_plain="1") == 303  # a person answers for it
    kept = db.session.scalars(select(AuditEntry)).all()
    assert not any("Fatoumata" in str(entry.detail) for entry in kept)


def test_a_group_is_counted_as_far_as_it_is_known(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    group = {"kind": "group", "role": "victim", "certainty": "unknown", "women": "2", "girls": "1"}
    assert send(client, case, "persons", **group, total="2") == 422
    assert send(client, case, "persons", **group, total="10", is_at_least="1") == 303
    person = only(Person)
    assert (person.women, person.girls, person.unknown, person.total) == (2, 1, 7, 10)
    assert "At least 10 persons" in client.get(address(case)).text
    change = {"kind": "group", "unknown": "", "label": "[PERSONNE-1]", "characteristic-displaced": "1"}
    assert send(client, case, "persons", person.id, **change) == 303
    assert (only(Person).total, only(Person).characteristics) == (None, ["displaced"])


def test_two_acts_of_one_kind_and_the_parts_in_them(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    second = {"code": "pillage", "date_from": "2026-03-02", "region": "ML19", "method": "de nuit, à moto"}
    assert send(client, case, "acts", **{**second, "date_from": "2999-01-01"}) == 422
    assert send(client, case, "acts", **second, is_main="1") == 303
    acts = {act.is_main: act for act in fresh(case).acts}
    assert set(acts) == {True, False}
    assert (acts[True].violation_code, acts[True].method) == ("pillage", "de nuit, à moto")
    assert send(client, case, "persons", **WOMAN, act=acts[True].id) == 303
    person = only(Person)
    part = {"role": "victim", "certainty": "certain"}
    assert send(client, case, "persons", person.id, "involvements", **part, act=acts[True].id) == 422
    assert send(client, case, "persons", person.id, "involvements", **part, act=acts[False].id) == 303
    other = report_case(TORTURE)
    elsewhere = fresh(other).acts[0].id
    assert send(client, case, "persons", person.id, "involvements", **part, act=elsewhere) == 404


def test_what_was_removed_can_be_put_back(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, TORTURE)
    main = next(act for act in fresh(case).acts if act.is_main)
    send(client, case, "persons", **WOMAN, act=main.id)
    person = only(Person)
    assert send(client, case, "record", "removals", part="act", part_id=main.id) == 303
    assert [(act.violation_code, act.is_main) for act in fresh(case).acts] == [("torture", True)]
    assert send(client, case, "record", "removals", part="person", part_id=person.id) == 303
    page = client.get(address(case)).text
    assert "Nobody is on record." in page
    assert "Removed (1)" in page
    for part, part_id in (("act", main.id), ("person", person.id)):
        assert send(client, case, "record", "returns", part=part, part_id=part_id) == 303
        assert send(client, case, "record", "returns", part=part, part_id=part_id) == 404
    assert sorted(act.violation_code for act in fresh(case).acts) == ["pillage", "torture"]
    assert only(Involvement).act_id == main.id
    assert WOMAN["label"] in client.get(address(case)).text
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"record.added", "record.removed", "record.put_back"} <= actions


def test_the_machine_reading_again_keeps_what_people_recorded_and_what_they_took_away(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, TORTURE)
    acts = {act.violation_code: act for act in fresh(case).acts}
    send(client, case, "acts", acts["torture"].id, code="torture", state="established", method="coups")
    send(client, case, "record", "removals", part="act", part_id=acts["pillage"].id)
    again(case, PILLAGE)
    kept = fresh(case).acts
    assert [(act.violation_code, act.state, act.method) for act in kept] == [
        ("torture", "established", "coups")
    ]


def again(case: Case, *conclusions: Conclusion) -> None:
    """A worker reads the case's message once more."""
    with transaction() as session:
        report = session.get_one(Case, case.id).reports[0]
        understood = Understanding("de nouveau", "fra", b"sealed", list(conclusions))
        take_in_report(session, report, report.messages[0], understood)


def test_what_an_act_is_called_follows_from_its_author(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    assert nature_of(db.session(), fresh(case)) is Nature.OPEN
    author = {
        "kind": "group",
        "role": "alleged_perpetrator",
        "certainty": "possible",
        "actor": "self_defence",
    }
    send(client, case, "persons", **author)
    assert "Abuse by non-State actors" in client.get(address(case)).text
    person = only(Person)
    send(client, case, "persons", person.id, **author, has_acquiescence="1")
    assert nature_of(db.session(), fresh(case)) is Nature.VIOLATION


def test_whom_a_person_accuses_does_not_see_the_case(
    enter: Enter, make_user: Callable[..., User], make_organisation: Callable[..., Organisation]
) -> None:
    client, _ = enter()
    inspection = make_organisation(OrganisationKind.INSTITUTION, conflict_actors=["gendarmerie"])
    partner = make_user(organisation=inspection)
    case = report_case(PILLAGE)
    refer(case, partner)
    author = {"kind": "group", "role": "alleged_perpetrator", "certainty": "possible", "actor": "state"}
    assert sees_something(partner)
    send(client, case, "persons", **author)
    assert not sees_something(partner)
    person = only(Person)
    send(client, case, "record", "removals", part="person", part_id=person.id)
    assert sees_something(partner)


def sees_something(user: User) -> bool:
    """Whether a person sees any case now."""
    db.session.rollback()
    return bool(db.session.scalars(visible_cases(user)).all())


def test_cases_are_linked_from_both_sides_and_never_in_a_circle(enter: Enter) -> None:
    client, _ = enter()
    first, second, third = report_case(PILLAGE), report_case(TORTURE), report_case(PILLAGE)
    assert send(client, first, "links", kind="precedes", reference=second.reference) == 303
    assert send(client, third, "links", kind="inverse_precedes", reference=second.reference.lower()) == 303
    assert "follows</strong>" in client.get(address(second)).text
    for case, kind, target in (
        (third, "precedes", first),
        (first, "precedes", second),
        (first, "precedes", first),
    ):
        assert send(client, case, "links", kind=kind, reference=target.reference) == 422
    assert send(client, third, "links", kind="part_of", reference=first.reference) == 303
    assert send(client, first, "links", kind="precedes", reference="S-999999") == 422
    link = only(CaseLink, case_id=first.id)
    assert send(client, second, "record", "removals", part="link", part_id=link.id) == 303
    assert second.reference not in client.get(address(first)).text.split('id="links"')[1].split("<details")[0]


def test_a_partner_learns_nothing_of_a_linked_case_it_may_not_see(enter: Enter) -> None:
    client, _ = enter()
    partner, monitor = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    known, hidden = report_case(PILLAGE), report_case(TORTURE)
    refer(known, monitor)
    send(client, known, "links", kind="causes", reference=hidden.reference)
    page = partner.get(address(known)).text
    assert hidden.reference not in page
    assert "No case is linked." in page
    assert "Linked case</strong>" not in page
    assert send(partner, known, "links", kind="causes", reference=hidden.reference) == 422
    link = only(CaseLink)
    assert send(partner, known, "record", "removals", part="link", part_id=link.id) == 404


def test_the_record_of_another_case_is_out_of_reach_and_an_analyst_only_reads(enter: Enter) -> None:
    client, _ = enter()
    analyst, _ = enter(Role.ANALYST)
    case, other = report_case(PILLAGE), report_case(TORTURE)
    send(client, case, "persons", **WOMAN)
    person, act = only(Person), fresh(case).acts[0]
    assert send(client, other, "persons", person.id, **WOMAN) == 404
    assert send(client, other, "acts", act.id, code="torture") == 404
    assert send(client, other, "record", "removals", part="person", part_id=person.id) == 404
    assert send(analyst, case, "persons", **WOMAN) == 403
    page = analyst.get(address(case)).text
    assert WOMAN["label"] in page
    assert "Add a person or a group" not in page
    assert db.session.get(Act, act.id) is not None
