"""What a receiving organisation is shown: the disclosure chosen for it, and nothing more, on every way out."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient

from app.casework.conclusions import Conclusion
from app.casework.disclosure import may_open_identities, weeks_around
from app.database import db, transaction
from app.exports.selection import ExportFilter, chosen_cases
from app.models import (
    Attachment,
    Case,
    Disclosure,
    Organisation,
    OrganisationKind,
    Referral,
    ReferralState,
    Report,
    Role,
    User,
    Verification,
)

from .conftest import Enter
from .desk import PILLAGE, URGENT, address, fresh, post, refer, report_case

PARTNER = OrganisationKind.CIVIL_SOCIETY
PLACE = Conclusion(
    "place",
    {"region_code": "ML05", "cercle_code": None, "name": "Canarivillage", "lat": 14.123, "lon": -3.456},
    0.9,
    "place.canarirule",
)
DAY = Conclusion("occurred", {"from": "2026-03-11", "to": "2026-03-11", "precision": "day"}, 0.9, "dates")
ACTOR = Conclusion(
    "actor", {"code": "gendarmerie", "category": "state", "name": "canariactor"}, 0.9, "actors"
)
# What stands where in the case, and the least disclosure that shows it to a partner.
SHOWN_FROM = {
    "canaritext": Disclosure.ANONYMISED,
    "Canarivillage": Disclosure.ANONYMISED,
    "canariactor": Disclosure.ANONYMISED,
    "canarirule": Disclosure.ANONYMISED,
    "SHA-256": Disclosure.ANONYMISED,
    "11 March 2026": Disclosure.ANONYMISED,
    "canariquestion": Disclosure.ANONYMISED,
    "canarinote": None,  # a note of the desk's
    "canariground": None,  # why the desk set the status
    "canaritoother": None,  # what the desk asks of another organisation
    "canariother": None,  # that other organisation
    "14.123": None,
}


def canary_case(enter: Enter) -> Case:
    """A case with a telling word in each of its fields, and another organisation that works on it too."""
    case = report_case(
        PILLAGE, URGENT, PLACE, DAY, ACTOR, text="canaritext pris par canariactor", channel="web"
    )
    desk, _ = enter(Role.SUPERVISOR)
    page = address(case)
    assert post(desk, page, address(case, "notes"), text="canarinote").status_code == 303
    assert post(desk, page, address(case, "questions"), text="canariquestion ?").status_code == 303
    ground = {"status": "in_progress", "reason": "canariground"}
    assert post(desk, page, address(case, "status"), **ground).status_code == 303
    _, other = enter(Role.MONITOR, PARTNER)
    refer(case, other)
    with transaction() as session:
        session.get_one(Organisation, other.organisation_id).name = "canariother"
        told = session.query(Referral).filter_by(case_id=case.id).one()
        told.note = "canaritoother"
        report = session.query(Report).filter_by(case_id=case.id).one()
        session.add(
            Attachment(
                report_id=report.id, content_type="image/jpeg", state="kept", size=10, sha256=b"\x01" * 32
            )
        )
        kept = session.get_one(Case, case.id)
        kept.verification, kept.verified_at = Verification.VERIFIED, kept.received_at
    return fresh(case)


def disclose(case: Case, user: User, disclosure: Disclosure) -> None:
    referral = refer(case, user)
    with transaction() as session:
        session.get_one(Referral, referral.id).disclosure = disclosure


def ways_out(client: FlaskClient, case: Case) -> dict[str, str]:
    """Everything that gives something of a case to who is signed in here."""
    pages = {"case": address(case), "inbox": "/desk/", "fresh": "/desk/fresh?since=0.0"}
    return {name: client.get(page).text for name, page in pages.items()}


@pytest.mark.parametrize("disclosure", list(Disclosure))
def test_each_field_is_shown_from_its_disclosure_on(enter: Enter, disclosure: Disclosure) -> None:
    case = canary_case(enter)
    client, user = enter(Role.MONITOR, PARTNER)
    disclose(case, user, disclosure)
    shown = ways_out(client, case)
    assert client.get(address(case)).status_code == 200
    for word, least in SHOWN_FROM.items():
        is_due = least is not None and list(Disclosure).index(disclosure) >= list(Disclosure).index(least)
        everywhere = " ".join(shown.values())
        assert (word in everywhere) is is_due, (word, disclosure)


def test_a_summary_says_what_where_to_the_cercle_and_in_which_week(enter: Enter) -> None:
    case = canary_case(enter)
    client, user = enter(Role.MONITOR, PARTNER)
    disclose(case, user, Disclosure.SUMMARY)
    page = client.get(address(case)).text
    for word in (case.reference, "Mopti", "9 Mar 2026 to 15 Mar 2026", "Urgent", "Pillage"):
        assert word in page, word


def test_what_may_not_be_read_can_not_be_searched_or_filtered(enter: Enter) -> None:
    case = canary_case(enter)
    client, user = enter(Role.MONITOR, PARTNER)
    disclose(case, user, Disclosure.SUMMARY)
    assert case.reference in client.get("/desk/").text
    for query in ("q=canaritext", "channel=web", "language=fra", "verification=verified&status=all"):
        assert case.reference not in client.get(f"/desk/?{query}").text, query


def test_a_summary_can_be_answered_but_not_worked_on(enter: Enter) -> None:
    case = canary_case(enter)
    client, user = enter(Role.SUPERVISOR, PARTNER)
    disclose(case, user, Disclosure.SUMMARY)
    referral = db.session.query(Referral).filter_by(organisation_id=user.organisation_id).one()
    finding = case.findings[0].id
    page = address(case)
    refused = {
        address(case, "questions"): {"text": "Où ?"},
        address(case, "status"): {"status": "closed"},
        address(case, "findings", finding): {"decision": "rejected"},
        address(case, "violations"): {"code": "torture"},
    }
    for target, fields in refused.items():
        assert post(client, page, target, **fields).status_code in {403, 404}, target
    assert post(client, page, address(case, "notes"), text="vu").status_code == 303
    answered = post(client, page, address(case, "referrals", referral.id), state="accepted")
    assert answered.status_code == 303
    assert "canaritext" not in client.get(page).text


def exported(user: User) -> list[str]:
    found = db.session.scalars(chosen_cases(user, ExportFilter())).unique()
    return [case.reference for case in found]


def test_an_export_leaves_out_what_is_only_summarised(enter: Enter) -> None:
    case = canary_case(enter)
    _, user = enter(Role.ANALYST, OrganisationKind.CNDH)
    disclose(case, user, Disclosure.SUMMARY)
    assert exported(user) == []
    with transaction() as session:
        session.query(Referral).filter_by(
            organisation_id=user.organisation_id
        ).one().disclosure = "anonymised"
    assert exported(user) == [case.reference]


@pytest.mark.parametrize(
    ("disclosure", "consent", "may"),
    [
        (Disclosure.WITH_IDENTITY, {"share_with": ["civil_society"], "with_identity": True}, True),
        (Disclosure.ANONYMISED, {"share_with": ["civil_society"], "with_identity": True}, False),
        (Disclosure.WITH_IDENTITY, {"share_with": ["civil_society"], "with_identity": False}, False),
        (Disclosure.WITH_IDENTITY, {"share_with": ["cndh"], "with_identity": True}, False),
        (Disclosure.WITH_IDENTITY, None, False),
    ],
)
def test_identities_are_for_those_sent_them_as_long_as_every_reporter_allows_it(
    enter: Enter, disclosure: Disclosure, consent: dict[str, object] | None, may: bool
) -> None:
    case = report_case()
    _, user = enter(Role.SUPERVISOR, PARTNER)
    disclose(case, user, disclosure)
    with transaction() as session:
        session.query(Report).filter_by(case_id=case.id).one().consent = consent
    case = fresh(case)
    person = db.session.get_one(User, user.id)
    assert may_open_identities(db.session(), person, case) is may
    with transaction() as session:
        session.query(Referral).filter_by(case_id=case.id).one().state = ReferralState.REVOKED
    assert not may_open_identities(db.session(), person, fresh(case))


def test_the_desk_sees_a_case_as_they_will_and_nothing_is_sent(
    enter: Enter, make_organisation: object
) -> None:
    case = canary_case(enter)
    desk, _ = enter(Role.SUPERVISOR)
    _, partner = enter(Role.MONITOR, PARTNER)
    target = address(case, "referrals", "preview")
    sent = {"organisation": partner.organisation_id, "note": "Voir sur place"}
    summary = post(desk, address(case), target, **sent, disclosure="summary").text
    assert "canaritext" not in summary
    assert "Voir sur place" in summary
    whole = post(desk, address(case), target, **sent, disclosure="anonymised").text
    assert "canaritext" in whole
    assert "canarinote" not in whole
    assert not db.session.query(Referral).filter_by(organisation_id=partner.organisation_id).count()


def test_weeks_are_whole() -> None:
    assert weeks_around(date(2026, 3, 11), None) == (date(2026, 3, 9), date(2026, 3, 15))
    assert weeks_around(date(2026, 3, 9), date(2026, 3, 16)) == (date(2026, 3, 9), date(2026, 3, 22))
    assert weeks_around(None, None) == (None, None)
