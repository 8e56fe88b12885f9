"""A report that names an organisation or a person who works here is kept from them before anybody is sent it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.casework.visibility import visible_cases
from app.database import db, transaction
from app.models import (
    Case,
    CaseConflict,
    CaseEvent,
    Notification,
    Organisation,
    OrganisationKind,
    Referral,
    Report,
    Role,
    RoutingRule,
    User,
)
from app.settings import Settings
from tests.workers.test_processing import accept
from workers import processing
from workers.processing import Keys, process_report

pytestmark = pytest.mark.slow

TEXT = "Hier à Koro des hommes armés ont pris nos boeufs et frappé mon frère. {named} était avec eux."
MakeUser = Callable[..., User]


@pytest.fixture
def partner(app: Flask, make_user: MakeUser) -> User:
    """Somebody of an organisation with several names, to which a rule sends everything."""
    user = make_user(kind=OrganisationKind.CIVIL_SOCIETY)
    with transaction() as session:
        organisation = session.get_one(Organisation, user.organisation_id)
        organisation.name, organisation.acronym = "Bouclier du Sahel", "BDS"
        organisation.names_in_reports = ["les Boucliers"]
        session.add(RoutingRule(name="everything", organisation_id=organisation.id))
    return user


def processed(settings: Settings, keys: Keys, named: str) -> Case:
    accept(settings, TEXT.format(named=named))
    db.session.rollback()
    process_report(keys, db.session.scalars(select(Report.id)).one())
    db.session.rollback()
    return db.session.scalars(select(Case)).one()


def seen_by(user: User) -> bool:
    db.session.rollback()
    return db.session.scalars(visible_cases(user)).first() is not None


def rename(user: User, name: str) -> None:
    with transaction() as session:
        session.get_one(User, user.id).display_name = name


def test_a_report_that_names_nobody_is_routed(settings: Settings, keys: Keys, partner: User) -> None:
    processed(settings, keys, "Personne")
    assert seen_by(partner)


@pytest.mark.parametrize("named", ["bouclier du sahel", "un chef du B.D.S.", "un homme des Boucliers"])
def test_a_report_that_names_an_organisation_is_never_routed_to_it(
    settings: Settings, keys: Keys, partner: User, named: str
) -> None:
    case = processed(settings, keys, named)
    assert not seen_by(partner)
    assert db.session.query(Referral).count() == 0
    kept = db.session.query(CaseConflict).one()
    assert (kept.organisation_id, kept.user_id) == (partner.organisation_id, None)
    event = db.session.query(CaseEvent).filter_by(case_id=case.id, kind="conflict_found").one()
    assert event.detail == {"organisation": str(partner.organisation_id)}, "ids, never the words"


def test_a_report_that_names_a_colleague_is_hidden_from_that_person_alone(
    settings: Settings, keys: Keys, partner: User, make_user: MakeUser
) -> None:
    named, other = make_user(role=Role.SUPERVISOR), make_user()
    rename(named, "Amadou Ouattara")
    processed(settings, keys, "Le sergent Wattara Amadou")
    assert not seen_by(named)
    assert seen_by(other)
    assert seen_by(partner)


@pytest.mark.parametrize("may_share", [True, False])
def test_a_report_that_names_the_whole_desk_goes_to_cndh_or_administrators_hear_of_it(
    settings: Settings, keys: Keys, make_user: MakeUser, may_share: bool
) -> None:
    named, administrator = make_user(role=Role.SUPERVISOR), make_user(role=Role.ADMINISTRATOR)
    commission = make_user(kind=OrganisationKind.CNDH)
    rename(named, "Amadou Ouattara")
    if not may_share:
        with transaction() as session:
            session.get_one(Organisation, commission.organisation_id).is_active = False
    case = processed(settings, keys, "Amadou Ouattara")
    assert case.needs_person == "desk_concerned"
    assert not seen_by(named)
    assert seen_by(commission) is may_share
    waiting = db.session.query(Notification).filter_by(user_id=administrator.id).all()
    assert [(each.kind, each.case_id) for each in waiting] == (
        [] if may_share else [("case_unreadable", None)]
    )


def test_a_report_that_could_not_be_made_safe_is_kept_from_whom_it_names_all_the_same(
    settings: Settings, keys: Keys, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, other = make_user(role=Role.SUPERVISOR), make_user()
    rename(named, "Amadou Ouattara")

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(processing, "understand_message", broken)
    processed(settings, keys, "Amadou Ouattara")
    assert not seen_by(named)
    assert seen_by(other)
