"""Two people at the same moment, each in a transaction of their own: one is done, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from app.casework import service
from app.casework.errors import CaseworkError
from app.casework.merging import merge
from app.casework.visibility import visible_case
from app.database import db, transaction
from app.models import Case, CaseEvent, OrganisationKind, Referral, ReferralState, Report, Role, User

from .conftest import Enter
from .desk import PILLAGE, address, fresh, post, refer, report_case

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite's writers queue


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Do several things in threads of their own that start together; what each gave or raised."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait(10)
            try:
                results[number] = act()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                results[number] = error
            db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def sender(client: FlaskClient, case: Case, target: str, **fields: str) -> Callable[[], int]:
    """A form of a page that is open already, to be sent."""
    page = client.get(address(case)).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"csrf_token": token, "version": str(fresh(case).version), **fields}
    return lambda: client.post(address(case, target), data=data).status_code


def test_two_who_judge_or_refer_the_same_case_do_not_both_succeed(app: Flask, enter: Enter) -> None:
    case = report_case(PILLAGE)
    clients = [enter(Role.SUPERVISOR)[0] for _ in range(2)]
    said = {"verification": "not_substantiated", "reason": "Personne ne confirme rien."}
    assert sorted(at_once(app, *(sender(each, case, "verification", **said) for each in clients))) == [
        303,
        409,
    ]
    organisation = {"organisation": str(enter(Role.MONITOR, OrganisationKind.CNDH)[1].organisation_id)}
    asked = at_once(app, *(sender(each, case, "referrals", **organisation) for each in clients))
    assert sorted(asked) == [303, 409]
    kinds = [event.kind for event in fresh(case).events]
    assert kinds.count("verification_changed") == kinds.count("referral_created") == 1


def test_a_merge_and_a_referral_at_once_leave_nobody_with_a_case_that_is_gone(
    app: Flask, enter: Enter
) -> None:
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    (one, _), (two, _) = enter(Role.SUPERVISOR), enter(Role.SUPERVISOR)
    organisation = str(enter(Role.MONITOR, OrganisationKind.CNDH)[1].organisation_id)
    versions = {"other_version": str(fresh(other).version), "survivor": str(case.id)}
    merging = sender(one, case, f"twins/{other.id}/merge", **versions)
    results = at_once(app, merging, sender(two, other, "referrals", organisation=organisation))
    assert set(results) <= {303, 409}, results
    gone = fresh(other).merged_into_id is not None
    live = [each for each in fresh(other).referrals if each.state == ReferralState.SENT]
    assert not (gone and live)


def look_and_merge(user: User, case: Case, other: Case) -> None:
    """Somebody else changes the other case between the two."""
    with transaction() as session:
        person = session.get_one(User, user.id)
        service.check_version(session, person, other.id, visible_case(session, person, other.id).version)
        with db.engine.begin() as elsewhere:
            elsewhere.execute(update(Case).where(Case.id == other.id).values(version=Case.version + 1))
        merge(session, person, case.id, other.id)


def test_a_merge_stops_where_a_case_changed_after_it_was_looked_at(enter: Enter) -> None:
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    _, user = enter(Role.SUPERVISOR)
    with pytest.raises(CaseworkError, match="changed_meanwhile"):
        look_and_merge(user, case, other)
    assert fresh(other).merged_into_id is None


def test_a_worker_and_a_merge_that_wait_for_each_other_end_as_if_one_had_been_late(
    app: Flask, enter: Enter
) -> None:
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    _, user = enter(Role.SUPERVISOR)
    worker_holds, merge_holds = threading.Event(), threading.Event()

    def work() -> None:
        with transaction() as session:
            held = select(Report).where(Report.case_id == other.id).with_for_update(key_share=True)
            session.scalars(held).one()
            worker_holds.set()
            merge_holds.wait(10)
            session.add(CaseEvent(case_id=other.id, kind="report_read_again"))
            session.get_one(Case, other.id).urgency = 3

    def put_together() -> None:
        worker_holds.wait(10)
        with transaction() as session:
            held = select(Case).where(Case.id.in_((case.id, other.id))).with_for_update(of=Case)
            session.scalars(held).all()
            merge_holds.set()
            merge(session, session.get_one(User, user.id), case.id, other.id)

    results = at_once(app, work, put_together)
    assert [type(each) for each in results if each] == [StaleDataError], results


def test_an_answer_and_a_referral_taken_back_at_once_do_not_cross(app: Flask, enter: Enter) -> None:
    case = report_case(PILLAGE)
    (desk, _), (partner, user) = enter(Role.SUPERVISOR), enter(Role.SUPERVISOR, OrganisationKind.CNDH)
    referral = refer(case, user)
    target = f"referrals/{referral.id}"
    results = at_once(
        app, sender(desk, case, target, state="revoked"), sender(partner, case, target, state="accepted")
    )
    assert results.count(303) >= 1, results
    db.session.rollback()
    state = db.session.get_one(Referral, referral.id, populate_existing=True).state
    assert state == ("revoked" if results[0] == 303 else "accepted")
    assert post(desk, address(case), address(case, "notes"), text="vu").status_code == 303
