"""Versions: one is in use, a report keeps its own, and without a database the questions that ship are put."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.database import db, transaction
from app.models import AuditEntry, Questionnaire, QuestionnaireState, Role, User
from app.questionnaires import service
from app.questionnaires.service import NotPublishable
from tests.integration.questionnaires.conftest import Publish, small_definition


def states() -> dict[int, str]:
    db.session.rollback()
    db.session.expire_all()
    return {row.version: row.state for row in db.session.scalars(select(Questionnaire))}


def test_without_any_the_questions_that_ship_are_put(app: Flask) -> None:
    assert service.current() == service.shipped()
    assert service.of_version(0) == service.shipped()
    assert service.of_version(7) is None


def test_one_version_is_in_use_and_the_one_before_is_kept(add_version: Publish) -> None:
    first = add_version(small_definition("Premier"))
    second = add_version(small_definition("Second"))
    assert (first, second) == (1, 2)
    assert states() == {1: QuestionnaireState.RETIRED, 2: QuestionnaireState.LIVE}
    assert service.current().number == 2
    before = service.of_version(1)
    assert before is not None
    assert str(before.definition.title) == "Premier"


def test_a_draft_is_put_to_nobody(add_version: Publish) -> None:
    add_version(publish=False)
    assert service.current().number == 0


def test_one_can_go_back_to_the_questions_that_ship(
    add_version: Publish, make_user: Callable[..., User]
) -> None:
    add_version()
    administrator = make_user(role=Role.ADMINISTRATOR)
    with transaction() as session:
        service.publish(session, administrator, 0)
    service.forget()
    assert (service.current().number, states()) == (0, {1: QuestionnaireState.RETIRED})
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "questionnaire.published")
    ).all()
    assert [entry.detail for entry in entries] == [{"version": 1, "before": 0}, {"version": 0, "before": 1}]


def test_publishing_twice_changes_nothing(add_version: Publish, make_user: Callable[..., User]) -> None:
    number, administrator = add_version(), make_user(role=Role.ADMINISTRATOR)
    with transaction() as session:
        service.publish(session, administrator, number)
    db.session.rollback()
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "questionnaire.published")
    ).all()
    assert len(entries) == 1


def test_what_is_not_there_or_not_readable_is_not_published(
    add_version: Publish, make_user: Callable[..., User]
) -> None:
    number = add_version(publish=False)
    administrator = make_user(role=Role.ADMINISTRATOR)
    with transaction() as session:
        row = session.scalars(select(Questionnaire).where(Questionnaire.version == number)).one()
        row.definition = {"title": {}}
    for missing in (number, 99):
        with pytest.raises(NotPublishable), transaction() as session:
            service.publish(session, administrator, missing)


def test_without_a_database_the_last_one_known_is_put(
    add_version: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_version()
    assert service.current().number == 1

    def broken(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setattr(service, "_live", broken)
    monkeypatch.setattr(service, "KNOWN_FOR_SECONDS", -1.0)
    assert service.current().number == 1
    service.forget()
    assert service.current() == service.shipped()
