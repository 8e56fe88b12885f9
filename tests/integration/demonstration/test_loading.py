"""Loading the demonstration: never over real data, and the same twice or after an interruption."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.passwords import is_correct
from app.audit import verify
from app.clock import utcnow
from app.commands.demonstration import demonstration_commands
from app.database import db, transaction
from app.demonstration import cast, loader
from app.demonstration.loader import CannotLoad, LoadResult
from app.demonstration.stories import Story, stories
from app.intake.service import NewReport, submit
from app.models import AuditEntry, Channel, Installation, Organisation, OrganisationKind, Report, Role, User
from app.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration is on."""
    return replace(settings, demonstration=True)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[Story, ...]:
    """Every sixth report: what is tested here doesn't depend on how many there are."""
    chosen = stories()[::6]
    monkeypatch.setattr(loader, "stories", lambda: chosen)
    return chosen


def load(settings: Settings) -> LoadResult:
    return loader.load(settings, progress=lambda *_: None, wait_seconds=0)


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_it_brings_people_in_every_role_who_can_sign_in_with_the_one_password(
    app: Flask, settings: Settings
) -> None:
    load(settings)
    people = db.session.scalars(select(User)).all()
    assert {person.role for person in people} == set(Role)
    assert {person.organisation.kind for person in people} >= {"desk", "cndh", "civil_society"}
    assert {person.email for person in people} == {email for _, email in loader.accounts(settings)}
    path = settings.var / "secrets" / "demonstration.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    password = path.read_text("utf-8").split('"')[1]
    assert is_correct(people[0].password_hash, password)
    told = loader.first_steps(settings)
    assert password in told
    assert all(person.email in told for person in people)


def test_it_says_which_reports_still_wait_when_no_worker_answers(
    app: Flask, settings: Settings, few: tuple[Story, ...]
) -> None:
    heard: list[tuple[int, int]] = []
    result = loader.load(
        settings, progress=lambda done, total, _: heard.append((done, total)), wait_seconds=0
    )
    assert (result.reports, result.waiting, result.is_complete) == (len(few), len(few), False)
    assert heard == sorted(heard)
    assert all(done <= total for done, total in heard)


def test_a_second_load_and_one_after_an_interruption_add_nothing_twice(
    app: Flask, settings: Settings, few: tuple[Story, ...]
) -> None:
    def interrupt(done: int, _total: int, _what: str) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loader.load(settings, progress=interrupt, wait_seconds=0)
    assert count(Report) == 7
    load(settings)
    assert count(Report) == len(few)
    audited = count(AuditEntry)
    load(settings)
    assert count(Report) == len(few)
    assert (count(Organisation), count(User)) == (len(cast.organisations()), len(cast.accounts()))
    assert count(AuditEntry) == audited
    assert list(verify(db.session())) == []


def test_reports_are_marked_invented_and_lie_within_the_last_ninety_days(
    app: Flask, settings: Settings
) -> None:
    load(settings)
    now = utcnow()
    for report in db.session.scalars(select(Report)):
        assert report.is_demonstration
        assert 0 <= (now - report.received_at).total_seconds() < 91 * 24 * 3600


@pytest.mark.parametrize("real", ["organisation", "user", "report"])
def test_it_refuses_where_anything_real_is_and_changes_nothing(
    app: Flask,
    settings: Settings,
    real: str,
    make_organisation: Callable[..., Organisation],
    make_user: Callable[..., User],
) -> None:
    if real == "organisation":
        make_organisation(OrganisationKind.CNDH)
    elif real == "user":
        make_user()
    else:
        submit(settings, NewReport(Channel.SMS, "SM1", {"text": "vrai"}, utcnow()))
    before = [count(table) for table in (Organisation, User, Report, AuditEntry, Installation)]
    with pytest.raises(CannotLoad, match="real"):
        load(settings)
    assert [count(table) for table in (Organisation, User, Report, AuditEntry, Installation)] == before


def test_real_data_marked_so_stays_refused_and_texts_to_an_empty_demonstration_are_no_hindrance(
    app: Flask, settings: Settings, few: tuple[Story, ...]
) -> None:
    submit(settings, NewReport(Channel.SMS, "SM1", {"text": "essai"}, utcnow(), is_demonstration=True))
    load(settings)
    assert count(Report) == len(few) + 1
    with transaction() as session:
        session.get_one(Installation, 1).is_demonstration = False
    with pytest.raises(CannotLoad):
        load(settings)


def test_it_refuses_where_the_demonstration_is_off(app: Flask, settings: Settings) -> None:
    with pytest.raises(CannotLoad, match="SEERE_DEMONSTRATION"):
        load(replace(settings, demonstration=False))
    assert count(Organisation) == 0


def test_the_command_ends_with_status_one_and_words_when_it_refuses(
    app: Flask, settings: Settings, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user()
    monkeypatch.setattr("app.commands.demonstration.load_settings", lambda: settings)
    result = app.test_cli_runner().invoke(demonstration_commands, ["load"])
    assert result.exit_code == 1
    assert "Nothing was changed" in result.output


def test_the_command_says_what_to_do_when_no_worker_answers(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.demonstration.load_settings", lambda: settings)
    result = app.test_cli_runner().invoke(demonstration_commands, ["load", "--wait", "0"])
    assert result.exit_code == 0
    assert "seere worker" in result.output
