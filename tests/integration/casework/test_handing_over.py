"""Who is referred a case with identity may open it, and only as long: the keys follow the referral."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from nacl.public import PrivateKey
from sqlalchemy import update

from app.casework import handing_over, service
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import db, transaction
from app.intake.consent import Consent
from app.models import (
    Case,
    Disclosure,
    Finding,
    Organisation,
    OrganisationKind,
    ReferralState,
    Report,
    User,
)
from app.safe import shares
from app.safe.errors import LOCKED, SafeError
from tests.integration.safe.conftest import Safe, make_safe, sealed_report

__all__ = ["make_safe"]

MakeSafe = Callable[..., Safe]
ALLOWED = Consent(may_ask=True, share_with=frozenset({"cndh"}), with_identity=True)


@pytest.fixture
def desk(make_safe: MakeSafe, monkeypatch: pytest.MonkeyPatch) -> Safe:
    """The desk's safe, open in this session."""
    desk = make_safe()
    monkeypatch.setattr(handing_over, "must_be_unlocked", lambda: desk.held)
    return desk


def case_of(make_case: Callable[..., Case], report: tuple[uuid.UUID, PrivateKey]) -> uuid.UUID:
    """A case that the report belongs to, whose writer lets CNDH know who wrote."""
    case_id = make_case().id
    with transaction() as session:
        session.execute(
            update(Report)
            .where(Report.id == report[0])
            .values(case_id=case_id, consent=ALLOWED.as_record(), received_at=utcnow())
        )
    return case_id


def refer(desk: Safe, case_id: uuid.UUID, to: Organisation, disclosure: Disclosure) -> uuid.UUID:
    with transaction() as session:
        user = session.get_one(User, desk.maker.id)
        return service.refer(session, user, case_id, to.id, disclosure=disclosure).id


def holders(report: tuple[uuid.UUID, PrivateKey]) -> set[uuid.UUID]:
    db.session.rollback()
    return set(shares.holders(db.session(), [report[0]])[report[0]])


def test_the_receiver_has_the_key_from_the_referral_until_it_is_revoked(
    desk: Safe, make_safe: MakeSafe, make_case: Callable[..., Case]
) -> None:
    cndh = make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    case_id = case_of(make_case, report)
    referral_id = refer(desk, case_id, cndh.organisation, Disclosure.WITH_IDENTITY)
    assert holders(report) == {desk.organisation.id, cndh.organisation.id}
    with transaction() as session:
        user = session.get_one(User, desk.maker.id)
        service.answer_referral(session, user, referral_id, ReferralState.REVOKED)
    assert holders(report) == {desk.organisation.id}


def test_less_disclosure_takes_the_key_back_and_more_gives_it(
    desk: Safe, make_safe: MakeSafe, make_case: Callable[..., Case]
) -> None:
    cndh = make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    referral_id = refer(desk, case_of(make_case, report), cndh.organisation, Disclosure.ANONYMISED)
    assert holders(report) == {desk.organisation.id}
    for disclosure, expected in (
        (Disclosure.WITH_IDENTITY, {desk.organisation.id, cndh.organisation.id}),
        (Disclosure.SUMMARY, {desk.organisation.id}),
    ):
        with transaction() as session:
            user = session.get_one(User, desk.maker.id)
            service.change_disclosure(session, user, referral_id, disclosure)
        assert holders(report) == expected


def test_consent_taken_back_takes_the_key_with_it(
    desk: Safe, make_safe: MakeSafe, make_case: Callable[..., Case]
) -> None:
    cndh = make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    refer(desk, case_of(make_case, report), cndh.organisation, Disclosure.WITH_IDENTITY)
    with transaction() as session:
        assert handing_over.take_unfounded_keys(session) == 0
        taken_back = Consent(may_ask=True, share_with=frozenset({"cndh"}))
        session.execute(update(Report).values(consent=taken_back.as_record()))
    with transaction() as session:
        assert handing_over.take_unfounded_keys(session) == 1
    assert holders(report) == {desk.organisation.id}


def test_an_author_who_may_be_their_own_takes_the_key_back(
    desk: Safe, make_safe: MakeSafe, make_case: Callable[..., Case]
) -> None:
    cndh = make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    case_id = case_of(make_case, report)
    refer(desk, case_id, cndh.organisation, Disclosure.WITH_IDENTITY)
    with transaction() as session:
        session.get_one(Organisation, cndh.organisation.id).conflict_actors = ["gendarmerie"]
        session.add(Finding(case_id=case_id, kind="actor", value={"code": "gendarmerie"}, confidence=0.9))
    with transaction() as session:
        assert handing_over.take_unfounded_keys(session) == 1
    assert holders(report) == {desk.organisation.id}


def test_nothing_is_referred_with_identity_where_it_could_not_be_opened(
    desk: Safe, make_organisation: Callable[..., Organisation], make_case: Callable[..., Case]
) -> None:
    report = sealed_report(desk.organisation)
    case_id = case_of(make_case, report)
    with pytest.raises(CaseworkError, match="receiver_has_no_safe"):
        refer(desk, case_id, make_organisation(OrganisationKind.CNDH), Disclosure.WITH_IDENTITY)


def test_who_has_not_unlocked_the_safe_is_told_so(
    desk: Safe, make_safe: MakeSafe, make_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise SafeError(LOCKED)

    monkeypatch.setattr(handing_over, "must_be_unlocked", locked)
    cndh = make_safe(OrganisationKind.CNDH)
    report = sealed_report(desk.organisation)
    with pytest.raises(CaseworkError, match=LOCKED):
        refer(desk, case_of(make_case, report), cndh.organisation, Disclosure.WITH_IDENTITY)
    assert holders(report) == {desk.organisation.id}
