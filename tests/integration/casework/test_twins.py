"""Two cases side by side at the desk, merged and taken apart with buttons, and two people on one case."""

from __future__ import annotations

import re

import redis
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.casework.conclusions import Conclusion
from app.casework.presence import HERE_SECONDS
from app.casework.words_shared import places_of, rare_among, words_in
from app.database import db, transaction
from app.models import Case, CaseMerge, Finding, OrganisationKind, User
from app.settings import Settings

from .conftest import Enter
from .desk import KORO, PILLAGE, TORTURE, address, fresh, post, refer, report_case
from .talking import phone_case

FIRST = "à Koro des hommes ont emporté les greniers de Hamdallaye, [PERSONNE-1] a fui"
SECOND = "les greniers de Hamdallaye sont vides, on les a pris près de Koro"
DAY = Conclusion("occurred", {"from": "2026-03-12", "to": "2026-03-12", "precision": "day"}, 0.9, "date")


def twin_of(case: Case) -> Conclusion:
    return Conclusion("twin", {"case_id": str(case.id)}, 0.8, "same event told by another")


def two_cases() -> tuple[Case, Case]:
    """A case and another one that the machine takes for its twin."""
    case = report_case(PILLAGE, KORO, DAY, text=FIRST)
    return case, report_case(PILLAGE, KORO, DAY, twin_of(case), text=SECOND)


def merged(client: FlaskClient, case: Case, other: Case, **fields: str) -> TestResponse:
    page = address(case, "twins", other.id)
    given = {"survivor": str(case.id), "other_version": str(fresh(other).version), **fields}
    return post(client, page, address(case, "twins", other.id, "merge"), **given)


def undo_target(page: str) -> str:
    found = re.search(r'action="(/desk/cases/[^"]+/merges/[^"]+/undoing)" class="undo"', page)
    assert found, "the page offers to undo"
    return found[1]


def test_the_page_says_what_is_alike_and_marks_shared_rare_words(enter: Enter) -> None:
    client, _ = enter()
    case, other = two_cases()
    page = client.get(address(other, "twins", case.id)).text
    for said in ("The same place", "The same days", "The same violation", "Rare words that both use"):
        assert said in page
    assert "<mark>greniers</mark>" in page
    assert "<mark>Hamdallaye</mark>" in page
    assert page.index(case.reference) < page.index(other.reference), "the older is on the left"
    assert re.search(rf'value="{case.id}" checked', page), "and goes on unless somebody says otherwise"
    linked = client.get(address(other)).text
    assert address(other, "twins", case.id) in linked


def test_the_same_sender_is_said_without_saying_who(enter: Enter) -> None:
    client, _ = enter()
    case, contact = phone_case(PILLAGE)
    same, _ = phone_case(TORTURE, contact=contact)
    stranger, _ = phone_case(TORTURE)
    assert "The same sender" in client.get(address(case, "twins", same.id)).text
    page = client.get(address(case, "twins", stranger.id)).text
    assert "Different senders" in page
    assert "Different violations" in page
    assert str(contact.id) not in page


def test_merging_is_offered_to_be_undone_and_old_addresses_lead_on(enter: Enter) -> None:
    client, _ = enter()
    case, other = two_cases()
    answer = merged(client, case, other)
    assert (answer.status_code, answer.location) == (303, address(case))
    page = client.get(address(case)).text
    undoing = undo_target(page)
    assert f"{other.reference} was merged into this case" in page
    assert "2 reports" in page
    assert client.get(address(other)).location == address(case)
    found = client.get(f"/desk/?q={other.reference}&status=all").text
    assert case.reference in found
    stale = {"version": "1", "csrf_token": "", "status": "closed"}
    assert client.post(address(other, "status"), data=stale).status_code in {303, 400}
    assert 'class="undo"' not in client.get(address(case)).text, "offered once"
    post(client, address(case), undoing)
    assert fresh(other).merged_into_id is None
    page = client.get(address(case)).text
    assert "Put them together again" in page
    again = {"survivor": str(case.id), "other_version": str(fresh(other).version)}
    post(client, address(case), address(case, "twins", other.id, "merge"), **again)
    assert fresh(other).merged_into_id == case.id


def test_a_merge_is_not_made_on_a_page_that_is_out_of_date(enter: Enter) -> None:
    client, _ = enter()
    case, other = two_cases()
    answer = merged(client, case, other, other_version="0")
    assert answer.status_code == 409
    assert fresh(other).merged_into_id is None
    assert merged(client, case, other, survivor=str(Finding().id)).status_code == 422


def test_these_are_two_events_and_the_decision_is_taken_back(enter: Enter) -> None:
    client, _ = enter()
    case, other = two_cases()
    page, target = address(case, "twins", other.id), address(case, "twins", other.id, "decision")
    proposal = select(Finding.state).where(Finding.kind == "twin")
    for decision, state, offered in (("two", "rejected", "undecided"), ("undecided", "proposed", "two")):
        answer = post(client, page, target, decision=decision)
        assert (answer.status_code, answer.location) == (303, page)
        fresh(case)
        assert db.session.scalar(proposal) == state
        assert f'value="{offered}"' in client.get(page).text


def test_another_case_is_found_by_its_reference(enter: Enter) -> None:
    client, _ = enter()
    case, other = report_case(PILLAGE), report_case(TORTURE)
    found = client.get(address(case, "twins"), query_string={"reference": f" {other.reference.lower()} "})
    assert found.location == address(case, "twins", other.id)
    for typed in (case.reference, "S-999999", "x", ""):
        answer = client.get(address(case, "twins"), query_string={"reference": typed})
        assert (
            answer.status_code,
            'aria-invalid="true"' in answer.text or "Please check" in answer.text,
        ) == (
            422,
            True,
        )


def test_a_report_is_taken_out_with_a_button(enter: Enter) -> None:
    client, _ = enter()
    case, other = two_cases()
    report_id = fresh(other).reports[0].id
    merged(client, case, other)
    answer = post(
        client, address(case), address(case, "reports", report_id, "taking-out"), section="together"
    )
    assert answer.location == f"{address(case)}#together"
    assert [each.id for each in fresh(other).reports] == [report_id]


def test_merging_is_for_the_desk(enter: Enter) -> None:
    partner_client, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case, other = two_cases()
    for each in (case, other):
        refer(each, partner)
    assert partner_client.get(address(case, "twins", other.id)).status_code == 403
    page = partner_client.get(address(case)).text
    assert 'id="together"' not in page
    target = address(case, "twins", other.id, "merge")
    answer = post(partner_client, address(case), target, survivor=str(case.id))
    assert answer.status_code in {403, 409}
    assert db.session.scalar(select(CaseMerge.id)) is None


def test_people_on_one_case_see_each_other_as_far_as_they_may(enter: Enter, settings: Settings) -> None:
    client, user = enter()
    colleague_client, colleague = enter()
    partner_client, partner = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    _, outsider = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case = report_case(PILLAGE)
    refer(case, partner)
    with transaction() as session:
        session.get_one(User, colleague.id).organisation_id = user.organisation_id
    assert colleague_client.get(address(case)).status_code == 200
    assert partner_client.get(address(case)).status_code == 200
    page = client.get(address(case)).text
    assert f"{colleague.display_name} has this case open" in page
    assert partner.display_name in page
    seen = partner_client.get(address(case, "presence")).json
    assert seen is not None
    assert [each["text"] for each in seen["people"]] == ["The desk has this case open"]
    client.get(address(case, "presence"), query_string={"writing": "1"})
    seen = colleague_client.get(address(case, "presence")).json
    assert seen is not None
    assert f"{user.display_name} is writing" in {each["text"] for each in seen["people"]}
    store = redis.Redis.from_url(settings.redis_url)
    key = f"seere:presence:{case.id.hex}"
    assert 0 < int(store.ttl(key)) <= HERE_SECONDS
    store.zadd(key, {outsider.id.hex: 9e9})
    assert outsider.display_name not in client.get(address(case)).text, "who may not see the case isn't there"
    store.close()


def test_nobody_asks_who_is_on_a_case_they_may_not_see(enter: Enter) -> None:
    client, _ = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    assert client.get(address(report_case(PILLAGE), "presence")).status_code == 404


def test_shared_words_are_rare_ones_and_never_what_stands_for_somebody() -> None:
    shared = words_in(FIRST) & words_in(SECOND)
    assert shared == {"koro", "greniers", "hamdallaye"}
    assert rare_among(shared, ["koro et encore koro", "vers koro", "koro", "koro"]) == {
        "greniers",
        "hamdallaye",
    }
    found = [FIRST[start:end] for start, end in places_of(FIRST, shared)]
    assert found == ["Koro", "greniers", "Hamdallaye"]
