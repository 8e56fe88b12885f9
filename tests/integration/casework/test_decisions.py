"""Deciding on findings: the case follows, can be brought back, and nobody overwrites a colleague."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.audit import Action
from app.casework.conclusions import Conclusion
from app.clock import utcnow
from app.database import db, transaction
from app.models import AuditEntry, Case, CaseEvent, Finding, Role
from app.reference import geography
from tests.conftest import csrf_token

from .conftest import Enter
from .desk import KORO, PILLAGE, TORTURE, URGENT, address, fresh, post, report_case


def finding(case: Case, kind: str) -> Finding:
    statement = select(Finding).where(Finding.case_id == case.id, Finding.kind == kind)
    return db.session.scalars(statement.order_by(Finding.position)).first() or pytest.fail(f"no {kind}")


def codes(case: Case) -> dict[str, tuple[bool, bool]]:
    return {act.violation_code: (act.is_main, act.is_human) for act in fresh(case).acts}


def test_a_rejected_violation_leaves_the_case_and_comes_back_when_undone(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, TORTURE, URGENT)
    target = address(case, "findings", finding(case, "violation").id)
    assert post(client, address(case), target, decision="rejected").status_code == 303
    assert codes(case) == {"torture": (True, False)}
    assert post(client, address(case), target, decision="proposed").status_code == 303
    assert set(codes(case)) == {"pillage", "torture"}


def test_a_corrected_violation_replaces_the_machines(enter: Enter) -> None:
    client, user = enter()
    case = report_case(PILLAGE, URGENT)
    found = finding(case, "violation")
    post(client, address(case), address(case, "findings", found.id), decision="corrected", code="extortion")
    assert codes(case) == {"extortion": (True, True)}
    kept = db.session.get_one(Finding, found.id)
    assert kept.value == {"code": "pillage"}
    assert kept.decided_by_id == user.id


def test_no_incident_is_a_decision_without_an_act(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    target = address(case, "findings", finding(case, "violation").id)
    post(client, address(case), target, decision="corrected", code="none")
    assert codes(case) == {}


def test_a_corrected_place_moves_the_case_to_the_cercle(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, KORO)
    target = address(case, "findings", finding(case, "place").id)
    from app.reference import geography

    cercle = geography.cercle("Niono")
    assert cercle is not None
    answer = post(
        client, address(case), target, decision="corrected", region=cercle.region_code, cercle=cercle.code
    )
    assert answer.status_code == 303
    moved = fresh(case)
    assert (moved.region_code, moved.cercle_code) == (cercle.region_code, cercle.code)
    assert (moved.latitude, moved.longitude) == (cercle.lat, cercle.lon)


def test_a_cercle_of_another_region_is_refused_and_what_was_typed_stays(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, KORO)
    found = finding(case, "place")
    answer = post(
        client,
        address(case),
        address(case, "findings", found.id),
        decision="corrected",
        region="ML01",
        cercle="ML1902",
    )
    assert answer.status_code == 422
    assert "not in the region" in answer.text
    assert f'href="#finding-{found.id}-cercle"' in answer.text
    assert '<option value="ML1902" selected>' in answer.text
    assert fresh(case).region_code == "ML19"


@pytest.mark.parametrize(
    ("first", "last", "precision"),
    [("2026-03-01", "", "day"), ("2026-03-01", "2026-03-05", "week"), ("2026-01-01", "2026-01-31", "month")],
)
def test_a_stated_date_has_the_precision_of_its_length(
    enter: Enter, first: str, last: str, precision: str
) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    fields = {"kind": "occurred", "date_from": first, "date_to": last}
    assert post(client, address(case), address(case, "findings"), **fields).status_code == 303
    dated = fresh(case)
    assert dated.occurred_from == date.fromisoformat(first)
    assert dated.occurred_to == date.fromisoformat(last or first)
    assert dated.occurred_precision == precision


UNFIT = [
    {"kind": "occurred", "date_from": str((utcnow() + timedelta(days=2)).date())},
    {"kind": "occurred", "date_from": "2026-03-05", "date_to": "2026-03-01"},
    {"kind": "occurred", "date_from": "\x00"},
    {"kind": "occurred", "date_from": "0001-01-01"},
    {"kind": "place", "region": "nowhere"},
    {"kind": "urgency", "level": "9" * 400},
    {"kind": "urgency", "level": ""},
    {"kind": "twin"},
    {"kind": "\x00"},
]


def test_what_cannot_be_is_refused_beside_its_field(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    for fields in UNFIT:
        answer = post(client, address(case), address(case, "findings"), **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert fresh(case).version == case.version


def test_an_urgency_is_raised_or_lowered_but_never_taken_away(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, URGENT)
    target = address(case, "findings", finding(case, "urgency").id)
    assert post(client, address(case), target, decision="rejected").status_code == 422
    assert post(client, address(case), target, decision="corrected", level=3).status_code == 303
    assert fresh(case).urgency == 3
    assert post(client, address(case), target, decision="proposed").status_code == 303
    assert fresh(case).urgency == 2


def test_a_violation_can_be_added_once_and_removed(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE)
    target = address(case, "violations")
    assert post(client, address(case), target, code="abduction").status_code == 303
    assert codes(case)["abduction"] == (False, True)
    assert post(client, address(case), target, code="abduction").status_code == 422
    assert post(client, address(case), target, code="nonsense").status_code == 422
    added = next(each for each in fresh(case).findings if each.rule == "person")
    post(client, address(case), address(case, "findings", added.id), decision="rejected")
    assert set(codes(case)) == {"pillage"}


def test_nobody_overwrites_what_a_colleague_changed_meanwhile(enter: Enter) -> None:
    client, _ = enter()
    case = report_case(PILLAGE, URGENT)
    token = csrf_token(client, address(case))
    assert post(client, address(case), address(case, "status"), status="in_progress").status_code == 303
    stale = {"csrf_token": token, "version": case.version, "status": "closed", "reason": "Ce que j’ai écrit"}
    answer = client.post(address(case, "status"), data=stale)
    assert answer.status_code == 409
    assert "Ce que j’ai écrit" in answer.text
    assert "Somebody changed this case" in answer.text
    assert fresh(case).status == "in_progress"


def test_a_finding_is_decided_only_under_its_own_case(enter: Enter) -> None:
    client, _ = enter()
    case, other = report_case(PILLAGE), report_case(TORTURE)
    foreign = address(case, "findings", finding(other, "violation").id)
    assert post(client, address(case), foreign, decision="rejected").status_code == 404
    assert (
        post(client, address(case), address(case, "findings", uuid.uuid4()), decision="rejected").status_code
        == 404
    )
    assert set(codes(other)) == {"torture"}


def test_every_decision_is_in_history_and_audit(enter: Enter) -> None:
    client, user = enter(Role.SUPERVISOR)
    case = report_case(PILLAGE)
    post(client, address(case), address(case, "findings", finding(case, "violation").id), decision="accepted")
    db.session.rollback()
    events = db.session.scalars(select(CaseEvent.kind).where(CaseEvent.user_id == user.id)).all()
    assert events == ["finding_decided"]
    entries = select(func.count()).where(
        AuditEntry.action == Action.FINDING_DECIDED, AuditEntry.subject == f"case:{case.id}"
    )
    assert db.session.scalar(entries) == 1


def test_a_withdrawn_case_takes_no_decisions(enter: Enter) -> None:
    client, _ = enter(Role.SUPERVISOR)
    case = report_case(PILLAGE)
    found = finding(case, "violation").id
    with transaction() as session:
        session.get_one(Case, case.id).is_withdrawn = True
    answer = post(client, address(case), address(case, "findings", found), decision="rejected")
    assert answer.status_code == 422
    assert set(codes(case)) == {"pillage"}


def namesake(region: str, cercle: str, name: str, *, rank: str = "") -> Conclusion:
    """One of several places of a name, as the place finder tells them: all rest on the same words."""
    where = geography.cercle(cercle, region)
    assert where is not None
    value = {
        "region": geography.region_name(where.region_code),
        "region_code": where.region_code,
        "cercle": where.name,
        "cercle_code": where.code,
        "name": name,
        "lat": 12.5,
        "lon": -8.0,
    }
    return Conclusion("place", value, 0.4, f"place:exact:in{rank}", [[38, 42]])


def test_a_place_is_put_right_with_one_click_where_several_bear_its_name(enter: Enter) -> None:
    client, _ = enter()
    second = namesake("Ségou", "Niono", "Koro", rank=":alternative")
    case = report_case(PILLAGE, namesake("Bandiagara", "Koro", "Koro"), second)
    first, other = db.session.scalars(
        select(Finding).where(Finding.case_id == case.id, Finding.kind == "place").order_by(Finding.position)
    )
    page = client.get(address(case)).text
    button = f'name="alternative" value="{other.id}">Ségou · Niono · Koro</button>'
    assert button in page
    assert (
        address(case, "findings", other.id) not in page
    )  # offered on the card of the first, no card of its own
    target = address(case, "findings", first.id)
    click = {"decision": "corrected", "alternative": str(other.id)}
    assert post(client, address(case), target, **click).status_code == 303
    moved = fresh(case)
    assert (moved.region_code, moved.cercle_code) == (
        second.value["region_code"],
        second.value["cercle_code"],
    )
    assert (moved.place_name, moved.latitude) == ("Koro", 12.5)  # the village itself, not only its cercle
    assert button not in client.get(address(case)).text
    assert post(client, address(case), target, decision="proposed").status_code == 303
    assert fresh(case).cercle_code == namesake("Bandiagara", "Koro", "Koro").value["cercle_code"]
    assert button in client.get(address(case)).text
    # Only what is offered there may be taken; once the first is rejected the second stands for itself.
    for strange in (first.id, finding(case, "violation").id, uuid.uuid4()):
        click = {"decision": "corrected", "alternative": str(strange)}
        assert post(client, address(case), target, **click).status_code == 422
    assert post(client, address(case), target, decision="rejected").status_code == 303
    assert address(case, "findings", other.id) in client.get(address(case)).text
