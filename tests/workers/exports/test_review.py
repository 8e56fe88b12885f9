"""Ways around the rules of exports that somebody tried: each of them ends where it must."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import db, transaction
from app.exports import askers, previewing
from app.exports.case_files import NewCaseFile, ask_case_file
from app.exports.levels import Level
from app.exports.selection import ExportFilter
from app.models import (
    Case,
    ExportRecord,
    JudicialFile,
    OrganisationKind,
    ReferralState,
    Role,
    SavedView,
    User,
)
from tests.integration.casework.desk import refer, report_case
from tests.workers.exports.asked import asked_for, many_cases, released, report_of
from workers.exports.choosing import choose
from workers.exports.guarding import CannotRelease
from workers.exports.provenance import provenance
from workers.processing import Keys
from workers.retention.cases import erase_case

MakeUser = Callable[..., User]


def ids() -> list[uuid.UUID]:
    """Of all cases, by number."""
    return [each.id for each in db.session.query(Case).order_by(Case.number)]


def test_the_register_outlives_the_cases_and_no_file_of_one_becomes_a_file_of_all(
    keys: Keys, make_user: MakeUser
) -> None:
    user = make_user(role=Role.ANALYST)
    many_cases(2)
    record = asked_for(user, "cndh", kind="case", case_id=ids()[0])
    with transaction() as session:
        erase_case(session, ids()[0])
    kept = db.session.get_one(ExportRecord, record.id)
    assert (kept.case_id, kept.kind) == (None, "case")
    assert choose(db.session(), kept).numbers == []
    with pytest.raises(CannotRelease, match="nothing_chosen"):
        released(keys, kept)


def test_a_case_that_is_no_longer_verified_goes_to_the_commission_alone(make_user: MakeUser) -> None:
    user = make_user(role=Role.ANALYST)
    many_cases(1, verification="false")
    for level, count in (("partner", 0), ("public", 0), ("cndh", 1)):
        record = asked_for(user, level, kind="case", case_id=ids()[0])
        assert len(choose(db.session(), record).numbers) == count, level


def test_what_is_public_needs_the_consent_for_everybody_whoever_it_is_addressed_to(
    make_user: MakeUser,
) -> None:
    user = make_user(role=Role.ANALYST)
    commission = make_user(kind=OrganisationKind.CNDH).organisation_id
    many_cases(1)
    report_of(ids()[0], {"share_with": ["cndh"]})
    for level, count in (("public", 0), ("cndh", 1)):
        record = asked_for(user, level, recipient_organisation_id=commission)
        assert len(choose(db.session(), record).numbers) == count, level


def test_nobody_takes_the_file_of_one_case_who_lost_the_right_to_its_level(make_user: MakeUser) -> None:
    user = make_user(role=Role.ANALYST)
    of_case, judicial = (ExportRecord(kind=kind, level=level) for kind, level in
                         (("case", "cndh"), ("judicial", "judicial")))  # fmt: skip
    for each in (of_case, judicial):
        each.user_id, each.organisation_id = user.id, user.organisation_id
    assert askers.may_take(user, of_case)
    assert not askers.may_take(user, judicial), "who can't open identities"
    user.role = Role.MONITOR
    assert not askers.may_take(user, of_case)


def test_a_partner_can_not_ask_in_the_name_of_others_to_begin_anew(make_user: MakeUser) -> None:
    """Under another name nothing it has got so far would be compared with what it gets."""
    user = make_user(role=Role.ANALYST, kind=OrganisationKind.CIVIL_SOCIETY)
    other = make_user(kind=OrganisationKind.CIVIL_SOCIETY).organisation_id
    refer(report_case(verification="verified"), user, ReferralState.ACCEPTED)
    asked: dict[str, Any] = {"level": "partner", "verification": "verified", "recipient_organisation": other}
    with transaction() as session:
        preview = previewing.propose(session, user, asked)
    assert preview.recipient_organisation_id == user.organisation_id


def test_no_organisation_is_named_as_who_gets_more_than_it_may_have(make_user: MakeUser) -> None:
    user = make_user(role=Role.ANALYST)
    partner = make_user(kind=OrganisationKind.CIVIL_SOCIETY).organisation_id
    case = report_case(verification="verified")
    asked: dict[str, Any] = {"level": "cndh", "verification": "verified", "recipient_organisation": partner}
    with pytest.raises(CaseworkError, match="level_recipient"), transaction() as session:
        previewing.propose(session, user, asked)
    file = NewCaseFile(Level.CNDH, "fr", "purpose enough", "Maître", partner)
    with pytest.raises(CaseworkError, match="level_recipient"), transaction() as session:
        ask_case_file(session, user, case.id, file)


def test_a_copy_names_nobody_of_the_desk_and_no_words_of_theirs(keys: Keys, make_user: MakeUser) -> None:
    user = make_user(role=Role.ANALYST)
    view = SavedView(
        id=uuid.uuid4(),
        owner_id=user.id,
        organisation_id=user.organisation_id,
        name="Affaire Amadou Traoré",
        address={"status": "all"},
    )
    with transaction() as session:
        session.add(view)
    many_cases(60)
    wanted = ExportFilter(period="received", view=view.id, view_address=(("status", "all"),))
    record = asked_for(user, "partner")
    with transaction() as session:
        session.execute(update(ExportRecord).values(filters=wanted.as_record()))
    copy = released(keys, record).copy
    assert "Traoré" not in repr(copy.filters)
    assert "status=all" in repr(copy.filters)
    assert copy.made_by == user.organisation.name
    assert provenance(db.session(), db.session.get_one(ExportRecord, record.id)).made_by == ""


def test_the_database_itself_refuses_one_person_who_decides_alone(make_user: MakeUser) -> None:
    user, other = make_user(role=Role.SUPERVISOR), make_user(role=Role.SUPERVISOR)
    many_cases(1)
    known = {"recipient_name": "G", "recipient_function": "g", "recipient_court": "T", "certificate": b"c"}
    for decided, state in ((user.id, "refused"), (None, "approved"), (None, "made")):
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(_judicial(user.id, decided, state, known))
    with transaction() as session:
        session.add(_judicial(user.id, other.id, "approved", known))
        session.add(_judicial(user.id, None, "waiting", known))


def _judicial(asked: uuid.UUID, decided: uuid.UUID | None, state: str, known: dict[str, Any]) -> JudicialFile:
    return JudicialFile(
        case_id=ids()[0],
        asked_by_id=asked,
        decided_by_id=decided,
        state=state,
        language="fr",
        ground="judge_asks",
        reason="reason",
        expires_at=utcnow(),
        **known,
    )
