"""Two cases about one event become one, each report a source of its own; and what was can be put back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.casework import service
from app.casework.applying import Conclusion
from app.casework.conclusions import Understanding, take_in_report
from app.casework.errors import CaseworkError
from app.casework.merged import by_reference, goes_on_in
from app.casework.merging import merge
from app.casework.sources import independent_sources
from app.casework.splitting import take_out, undo_merge
from app.casework.visibility import visible_cases
from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    Act,
    AuditEntry,
    Case,
    CaseEvent,
    CaseMerge,
    Finding,
    FindingState,
    Likeness,
    Message,
    OrganisationKind,
    Referral,
    ReferralState,
    Report,
    User,
)

from .conftest import Enter
from .desk import GENDARMES, KORO, PILLAGE, TORTURE, URGENT, fresh, refer, report_case
from .talking import phone_case, report_of

OTHER_TEXT = "à Koro les [PERSONNE-1] ont vu 20 boeufs partir"


def put_together(user: User, case: Case, other: Case, **options: Any) -> CaseMerge:
    with transaction() as session:
        return merge(session, session.get_one(User, user.id), case.id, other.id, **options)


def taken_apart(user: User, case: Case, merged: CaseMerge) -> None:
    with transaction() as session:
        undo_merge(session, session.get_one(User, user.id), case.id, merged.id)


def is_seen_by(user: User, case: Case) -> bool:
    db.session.rollback()
    db.session.expire_all()
    person = db.session.get_one(User, user.id)
    return db.session.scalar(visible_cases(person).where(Case.id == case.id)) is not None


def picture(case: Case) -> dict[str, Any]:
    """What a case is, to be compared with what it is after a merge was undone."""
    now = fresh(case)
    columns = ("status", "urgency", "needs_person", "assigned_to_id", "region_code", "anonymised_text")
    return {
        **{name: getattr(now, name) for name in columns},
        "merged": now.merged_into_id,
        "reports": {each.id for each in now.reports},
        "findings": {(each.id, each.state) for each in now.findings},
        "acts": {(each.violation_code, each.is_main, each.is_human) for each in now.acts},
        "referrals": {(each.organisation_id, each.state, each.note) for each in now.referrals},
        "keys": set(db.session.scalars(select(Likeness.id).where(Likeness.case_id == case.id))),
    }


def allow(case: Case, *kinds: str) -> None:
    """What the writer of a case's report ticked."""
    with transaction() as session:
        report = session.scalars(select(Report).where(Report.case_id == case.id)).one()
        report.consent = {"may_ask": True, "share_with": list(kinds), "with_identity": False}


def states(case: Case) -> dict[uuid.UUID, str]:
    return {each.organisation_id: each.state for each in fresh(case).referrals}


def test_everything_follows_and_undoing_puts_back_what_was(enter: Enter) -> None:
    _, user = enter()
    _, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case = report_case(PILLAGE, URGENT)
    other = report_case(
        PILLAGE, TORTURE, KORO, Conclusion("urgency", {"level": 3}, 0.8, "u"), text=OTHER_TEXT
    )
    refer(other, partner, ReferralState.ACCEPTED)
    with transaction() as session:
        service.add_note(session, session.get_one(User, user.id), other.id, "Vu avec le chef de poste.")
    before, other_before = picture(case), picture(other)
    merged = put_together(user, case, other)

    now, gone = fresh(case), fresh(other)
    assert (gone.merged_into_id, gone.status, gone.reports, gone.findings) == (now.id, "closed", [], [])
    assert len(now.reports) == 2
    assert (now.urgency, now.place_name) == (3, "Koro")
    assert sorted(act.violation_code for act in now.acts) == ["pillage", "torture"]
    assert sum(act.is_main for act in now.acts) == 1
    assert OTHER_TEXT in now.anonymised_text
    assert now.anonymised_text != OTHER_TEXT
    assert states(now) == {partner.organisation_id: "accepted"}
    assert "Vu avec le chef de poste." in {each.reason for each in now.events}
    assert (is_seen_by(user, other), is_seen_by(partner, other)) == (False, False)
    assert is_seen_by(partner, case)

    taken_apart(user, case, merged)
    assert picture(case) == before
    assert picture(other) == other_before
    kinds = set(db.session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == other.id)))
    assert {"note", "cases_merged", "merge_undone"} <= kinds
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"case.merged", "case.merge_undone"} <= actions
    with pytest.raises(CaseworkError, match="merge_over"):
        taken_apart(user, case, merged)


def test_an_old_reference_and_address_lead_on_through_merges(enter: Enter) -> None:
    _, user = enter()
    first, second, third = (report_case(PILLAGE) for _ in range(3))
    put_together(user, second, first)
    merged = put_together(user, third, second)
    session: Session = db.session()
    for gone in (first, second):
        found = goes_on_in(session, user, gone.id)
        assert found is not None
        assert found.id == third.id
        called = by_reference(session, user, gone.reference.lower())
        assert called is not None
        assert called.id == third.id
    assert by_reference(session, user, "S-999999") is None
    taken_apart(user, third, merged)
    again = goes_on_in(db.session(), user, first.id)
    assert again is not None
    assert again.id == second.id


def test_sources_stay_apart_but_one_person_twice_is_one(enter: Enter) -> None:
    _, user = enter()
    case, contact = phone_case(PILLAGE)
    same_phone, _ = phone_case(PILLAGE, contact=contact)
    stranger, again = report_case(PILLAGE), report_case(PILLAGE)
    put_together(user, case, same_phone)
    assert independent_sources(db.session(), fresh(case)) == 1
    put_together(user, case, stranger)
    assert independent_sources(db.session(), fresh(case)) == 2
    merged = put_together(user, case, again, is_same_message=True)
    assert len(fresh(case).reports) == 4
    assert independent_sources(db.session(), fresh(case)) == 2
    taken_apart(user, case, merged)
    assert independent_sources(db.session(), fresh(again)) == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_a_merged_case_is_as_careful_as_its_more_careful_half(enter: Enter, is_first: bool) -> None:
    _, user = enter()
    _, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    calm, delicate = report_case(PILLAGE), report_case(TORTURE, needs_person="residual_risk", urgency=3)
    refer(calm, partner)
    case, other = (calm, delicate) if is_first else (delicate, calm)
    put_together(user, case, other)
    now = fresh(case)
    assert (now.is_held, now.urgency) == (True, 3)


@pytest.mark.parametrize("is_first", [True, False])
def test_who_is_named_by_either_half_loses_both(enter: Enter, is_first: bool) -> None:
    _, user = enter()
    _, partner = enter(kind=OrganisationKind.INSTITUTION)
    with transaction() as session:
        session.get_one(User, partner.id).organisation.conflict_actors = ["gendarmerie"]
    harmless, accusing = report_case(PILLAGE), report_case(TORTURE, GENDARMES)
    refer(harmless, partner, ReferralState.ACCEPTED)
    case, other = (harmless, accusing) if is_first else (accusing, harmless)
    merged = put_together(user, case, other)
    assert states(case) == {partner.organisation_id: "revoked"}
    assert not is_seen_by(partner, case)
    assert not is_seen_by(partner, other)
    taken_apart(user, case, merged)
    assert is_seen_by(partner, harmless)
    assert not is_seen_by(partner, accusing)


def test_the_consent_of_all_reports_counts(enter: Enter) -> None:
    _, user = enter()
    _, society = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    _, commission = enter(kind=OrganisationKind.CNDH)
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    allow(case, "civil_society", "cndh")
    allow(other, "cndh")
    for each in (society, commission):
        refer(case, each)
    merged = put_together(user, case, other)
    assert states(case) == {society.organisation_id: "revoked", commission.organisation_id: "sent"}
    taken_apart(user, case, merged)
    assert set(states(case).values()) == {"sent"}


def test_consent_taken_back_meanwhile_is_not_given_back_by_undoing(enter: Enter) -> None:
    _, user = enter()
    _, society = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    allow(case, "civil_society")
    allow(other)
    refer(case, society)
    merged = put_together(user, case, other)
    with transaction() as session:
        for report in session.scalars(select(Report)):
            report.consent = {"may_ask": True, "share_with": [], "with_identity": False}
    taken_apart(user, case, merged)
    assert states(case) == {society.organisation_id: "revoked"}


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        ("sent", "accepted", "accepted"),
        ("done", "sent", "done"),
        ("proposed", "declined", "declined"),
        ("sent", "revoked", "revoked"),
    ],
)
def test_two_referrals_to_one_organisation_become_the_more_advanced(
    enter: Enter, ours: str, theirs: str, kept: str
) -> None:
    _, user = enter()
    _, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case, other = report_case(PILLAGE), report_case(PILLAGE)
    for each, state in ((case, ours), (other, theirs)):
        referral = refer(each, partner, ReferralState(state))
        with transaction() as session:
            session.get_one(Referral, referral.id).note = state
    merged = put_together(user, case, other)
    referral = fresh(case).referrals[0]
    assert (referral.state, referral.note) == (kept, kept)
    live = {"sent", "accepted", "done", "proposed"}
    assert not live & {each.state for each in fresh(other).referrals}, (
        "nobody is reminded of a case that is gone"
    )
    taken_apart(user, case, merged)
    assert [(each.state, each.note) for each in fresh(case).referrals] == [(ours, ours)]
    assert [(each.state, each.note) for each in fresh(other).referrals] == [(theirs, theirs)]


def test_what_people_decided_since_stays_where_it_belongs(enter: Enter) -> None:
    _, user = enter()
    case, other = report_case(PILLAGE, URGENT), report_case(TORTURE, text=OTHER_TEXT)
    merged = put_together(user, case, other)
    torture = next(each for each in fresh(case).findings if each.value == TORTURE.value)
    with transaction() as session:
        person = session.get_one(User, user.id)
        service.decide_finding(session, person, torture.id, decision=FindingState.REJECTED)
        service.add_note(session, person, case.id, "Écrit après la fusion.")
        service.assign(session, person, case.id, person.id)
    taken_apart(user, case, merged)
    restored, kept = fresh(other), fresh(case)
    assert [(each.id, each.state) for each in restored.findings] == [(torture.id, "rejected")]
    assert restored.acts == []
    assert (kept.assigned_to_id, restored.assigned_to_id) == (user.id, None)
    assert "Écrit après la fusion." in {each.reason for each in kept.events}


def test_a_report_taken_out_of_a_merge_is_the_case_it_was(enter: Enter) -> None:
    _, user = enter()
    case, other = report_case(PILLAGE), report_case(TORTURE, text=OTHER_TEXT)
    report_id, before = report_of(other).id, picture(other)
    put_together(user, case, other)
    with transaction() as session:
        assert take_out(session, session.get_one(User, user.id), case.id, report_id).id == other.id
    assert picture(other) == before
    with pytest.raises(CaseworkError, match="report_alone"), transaction() as session:
        take_out(session, session.get_one(User, user.id), other.id, report_id)


def test_any_other_report_gets_a_case_of_its_own_and_merging_undoes_it(enter: Enter) -> None:
    _, user = enter()
    case = report_case(PILLAGE, received_at=utcnow() - timedelta(days=1))
    joined = report_case(TORTURE, KORO, text=OTHER_TEXT)
    report_id = report_of(joined).id
    with transaction() as session:  # as when it had always been there
        session.get_one(Report, report_id).case_id = case.id
        for kind in (Finding, Act):
            session.execute(update(kind).where(kind.case_id == joined.id).values(case_id=case.id))
    with transaction() as session:
        new = take_out(session, session.get_one(User, user.id), case.id, report_id)
    assert new.number > joined.number
    assert {act.violation_code for act in fresh(new).acts} == {"torture"}
    assert {act.violation_code for act in fresh(case).acts} == {"pillage"}
    put_together(user, case, new)
    assert {act.violation_code for act in fresh(case).acts} == {"pillage", "torture"}


def test_what_one_report_says_when_read_again_does_not_replace_what_all_say(enter: Enter) -> None:
    _, user = enter()
    case, other = report_case(PILLAGE, KORO, urgency=3), report_case(TORTURE, text=OTHER_TEXT)
    report = report_of(other)
    put_together(user, case, other)
    with transaction() as session:
        message = session.scalars(select(Message).where(Message.report_id == report.id)).one()
        taken = Understanding(OTHER_TEXT, "fra", b"sealed", [TORTURE], needs_person="residual_risk")
        take_in_report(session, session.get_one(Report, report.id), message, taken)
    now = fresh(case)
    assert {act.violation_code for act in now.acts} == {"pillage", "torture"}
    assert (now.urgency, now.place_name, now.is_held) == (3, "Koro", True)


def test_what_cannot_be_merged_is_refused(enter: Enter) -> None:
    _, user = enter()
    _, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case, invented = report_case(PILLAGE), report_case(PILLAGE, is_demonstration=True)
    withdrawn = report_case(PILLAGE, is_withdrawn=True)
    other = report_case(PILLAGE)
    for each in (case, other):
        refer(each, partner)
    for person, target, code in (
        (user, case, "twin_itself"),
        (user, invented, "twin_invented"),
        (user, withdrawn, "withdrawn"),
        (partner, other, "forbidden"),
    ):
        with pytest.raises(CaseworkError, match=code):
            put_together(person, case, target)
