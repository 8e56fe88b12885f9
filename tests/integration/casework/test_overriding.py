"""Referring within what the reporter allowed, and, by a supervisor with a reason, beyond it."""

from __future__ import annotations

import uuid

import pytest

from app.database import db, transaction
from app.models import AuditEntry, Case, Organisation, OrganisationKind, Referral, Report, Role

from .conftest import Enter
from .desk import PILLAGE, URGENT, address, fresh, post, report_case

REASON = "Un témoin est menacé de mort ce soir même, et seule cette organisation est sur place."
WORDS = {"ground": "vital_interest", "reason": REASON, "confirmed": "1", "note": "", "deadline_hours": "24"}


def unwilling_case() -> Case:
    """A case whose reporter allows nobody but the desk to read it."""
    case = report_case(PILLAGE, URGENT, channel="web")
    with transaction() as session:
        session.query(Report).filter_by(case_id=case.id).one().consent = {"share_with": []}
    return case


@pytest.fixture
def partner(make_organisation: object) -> Organisation:
    return make_organisation(OrganisationKind.CIVIL_SOCIETY)  # type: ignore[operator,no-any-return]


def only_referral() -> Referral | None:
    db.session.rollback()
    return db.session.query(Referral).one_or_none()


def test_without_consent_nothing_is_sent(enter: Enter, partner: Organisation) -> None:
    case, (desk, _) = unwilling_case(), enter(Role.SUPERVISOR)
    answer = post(desk, address(case), address(case, "referrals"), organisation=partner.id)
    assert answer.status_code == 422
    assert "has not allowed" in answer.text
    assert only_referral() is None


def test_a_supervisor_reads_what_was_allowed_and_the_override_stays_on_the_referral(
    enter: Enter, partner: Organisation
) -> None:
    case, (desk, user) = unwilling_case(), enter(Role.SUPERVISOR)
    form = address(case, "referrals", "override")
    assert "Who else may read it, with the names hidden?" in desk.get(form).text
    sent = post(desk, form, form, organisation=partner.id, disclosure="anonymised", **WORDS)
    assert sent.status_code == 303, sent.text
    referral = only_referral()
    assert referral is not None
    assert (referral.consent_overridden_by_id, referral.override_ground) == (user.id, "vital_interest")
    revoked = post(desk, address(case), address(case, "referrals", referral.id), state="revoked")
    assert revoked.status_code == 303
    page = desk.get(address(case)).text
    assert page.count(REASON) == 2, "on the referral and in the history, whatever became of it"
    details = [entry.detail for entry in db.session.query(AuditEntry) if "overridden" in entry.action]
    assert details == [{"organisation": str(partner.id), "override_ground": "vital_interest"}]


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"confirmed": ""}, "confirmed"),
        ({"reason": "urgent"}, "reason"),
        ({"ground": "because"}, "ground"),
        ({"disclosure": "with_identity"}, "disclosure"),
    ],
)
def test_an_override_needs_a_ground_a_reason_and_a_confirmation_and_never_gives_identities(
    enter: Enter, partner: Organisation, missing: dict[str, str], field: str
) -> None:
    case, (desk, _) = unwilling_case(), enter(Role.SUPERVISOR)
    form = address(case, "referrals", "override")
    given = {"organisation": str(partner.id), "disclosure": "summary", **WORDS, **missing}
    answer = post(desk, form, form, **given)
    assert answer.status_code == 422
    assert f'href="#override-{field}"' in answer.text
    assert f'id="override-{field}"' in answer.text
    assert only_referral() is None


def test_nobody_else_overrides(enter: Enter, partner: Organisation) -> None:
    case = unwilling_case()
    form = address(case, "referrals", "override")
    for role, kind in ((Role.MONITOR, OrganisationKind.DESK), (Role.SUPERVISOR, OrganisationKind.CNDH)):
        client, user = enter(role, kind)
        assert client.get(form).status_code in {403, 404}
        target = {"organisation": str(partner.id), "disclosure": "summary", **WORDS}
        assert post(client, "/desk/", form, **target).status_code in {403, 404}, user.role
    assert only_referral() is None


def test_a_conflict_is_never_overridden(enter: Enter, partner: Organisation) -> None:
    case, (desk, _) = unwilling_case(), enter(Role.SUPERVISOR)
    stated = {"organisation": partner.id, "reason": "Le rapport la met en cause."}
    assert post(desk, address(case), address(case, "conflicts"), **stated).status_code == 303
    form = address(case, "referrals", "override")
    answer = post(desk, form, form, organisation=partner.id, disclosure="summary", **WORDS)
    assert answer.status_code == 422
    assert only_referral() is None


def test_more_is_shown_later_only_as_far_as_the_reporter_allows(enter: Enter, partner: Organisation) -> None:
    case, (desk, _) = report_case(PILLAGE, URGENT), enter(Role.SUPERVISOR)
    assert post(
        desk, address(case), address(case, "referrals"), organisation=partner.id, disclosure="summary"
    )
    referral = only_referral()
    assert referral is not None
    change = address(case, "referrals", referral.id, "disclosure")
    assert post(desk, address(case), change, disclosure="with_identity").status_code == 422
    assert post(desk, address(case), change, disclosure="anonymised").status_code == 303
    assert only_referral().disclosure == "anonymised"  # type: ignore[union-attr]
    other = address(fresh(case), "referrals", uuid.uuid4(), "disclosure")
    assert post(desk, address(case), other, disclosure="summary").status_code == 404


def test_an_override_covers_one_sending_only(enter: Enter, partner: Organisation) -> None:
    """What was overridden once, revoked, and sent again with consent, ends with that consent."""
    case, (desk, _) = unwilling_case(), enter(Role.SUPERVISOR)
    form = address(case, "referrals", "override")
    post(desk, form, form, organisation=partner.id, disclosure="anonymised", **WORDS)
    referral = only_referral()
    assert referral is not None
    post(desk, address(case), address(case, "referrals", referral.id), state="revoked")
    with transaction() as session:
        session.query(Report).one().consent = {"share_with": ["civil_society"]}
    again = {"organisation": str(partner.id), "disclosure": "summary"}
    assert post(desk, address(case), address(case, "referrals"), **again).status_code == 303
    with transaction() as session:
        session.query(Report).one().consent = {"share_with": []}
    more = address(case, "referrals", referral.id, "disclosure")
    assert post(desk, address(case), more, disclosure="anonymised").status_code == 422
    referral = only_referral()
    assert referral is not None
    assert referral.consent_overridden_by_id is None


def test_a_proposal_to_an_organisation_that_left_is_not_sent(enter: Enter, partner: Organisation) -> None:
    case, (desk, _) = report_case(PILLAGE), enter(Role.SUPERVISOR)
    with transaction() as session:
        proposal = Referral(case_id=case.id, organisation_id=partner.id, deadline_at=case.received_at)
        session.add(proposal)
        session.get_one(Organisation, partner.id).is_active = False
    answer = post(desk, address(case), address(case, "referrals", proposal.id), state="sent")
    assert answer.status_code == 422
    kept = only_referral()
    assert kept is not None
    assert kept.state == "proposed"
