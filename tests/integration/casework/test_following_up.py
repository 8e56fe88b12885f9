"""Reporters are told once, harmlessly, that somebody follows up, if they may be written to."""

from __future__ import annotations

import pytest

from app.clock import utcnow
from app.database import db, transaction
from app.intake import receipts
from app.messaging.harmlessness import harmful_words
from app.messaging.wordings import wording
from app.models import Case, Contact, Message, OrganisationKind, Report, Role

from .conftest import Enter
from .desk import address, fresh, post, refer, report_case


def by_phone(case: Case, **wishes: object) -> None:
    """Give the case's report a phone."""
    with transaction() as session:
        contact = Contact(digest=case.id.bytes * 2, sealed_address=b"sealed", **wishes)
        session.add(contact)
        session.flush()
        for report in session.query(Report).filter_by(case_id=case.id):
            report.contact_id = contact.id


def accept(enter: Enter, case: Case) -> None:
    client, user = enter(Role.MONITOR, OrganisationKind.CIVIL_SOCIETY)
    referral = refer(case, user)
    answer = post(client, address(case), address(case, "referrals", referral.id), state="accepted")
    assert answer.status_code == 303, answer.text


def texts() -> list[str | None]:
    db.session.rollback()
    return [each.template for each in db.session.query(Message).filter_by(direction="out")]


def test_a_phone_gets_one_text_however_many_organisations_accept(enter: Enter) -> None:
    case = report_case()
    by_phone(case)
    accept(enter, case)
    accept(enter, case)
    assert texts() == ["followed_up"]


@pytest.mark.parametrize(
    "wish", [{"stopped_at": utcnow()}, {"is_never_written": True}], ids=["stopped", "never"]
)
def test_who_does_not_want_to_be_written_to_gets_nothing(enter: Enter, wish: dict[str, object]) -> None:
    case = report_case()
    by_phone(case, **wish)
    accept(enter, case)
    assert texts() == []


def test_a_web_reporter_reads_it_with_the_code_and_no_text_goes_out(enter: Enter) -> None:
    case = report_case(channel="web")
    report = fresh(case).reports[0]
    assert not receipts.view(db.session(), report).is_followed_up
    accept(enter, case)
    report = fresh(case).reports[0]
    assert receipts.view(db.session(), report).is_followed_up
    assert texts() == []


@pytest.mark.parametrize("language", ["fr", "en", "bm"])
def test_the_text_is_harmless_in_anybodys_hands(app: object, language: str) -> None:
    said = wording(db.session(), "followed_up", language)
    assert harmful_words(said) == []
    assert "{" not in said, "no code: it would lead to the report"
