"""An invitation's link goes out by mail once, and only while it can be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from app.accounts import links, people
from app.accounts.links import MadeLink
from app.database import db, transaction
from app.models import AccountLink, OwedWork, Role, User
from app.queue import JobName
from tests.workers.notifications.conftest import SENDER, Mailbox
from workers.notifications.invitations import mail_invitation
from workers.processing import Keys


@pytest.fixture
def made(app: Flask, mailing: Keys, make_user: Callable[..., User]) -> MadeLink:
    """An invitation by a supervisor where mail is sent."""
    app.extensions["seere_settings"] = mailing.settings
    supervisor = make_user(Role.SUPERVISOR)
    with transaction() as session:
        return people.invite(
            session,
            supervisor,
            email="new.person@example.org",
            display_name="New Person",
            role="monitor",
            organisation_id=supervisor.organisation_id,
        )


def test_the_link_is_mailed_once_to_the_address_it_is_for(
    made: MadeLink, mailing: Keys, mailbox: Mailbox
) -> None:
    owed = db.session.query(OwedWork).filter_by(job=JobName.MAIL_INVITATION, subject_id=made.link.id)
    assert owed.count() == 1
    for _ in range(2):
        mail_invitation(mailing, made.link.id)
    assert [each.rcpt_tos for each in mailbox.taken] == [["new.person@example.org"]]
    assert mailbox.taken[0].mail_from == SENDER
    assert f"https://desk.example/desk/link/{made.token}".encode() in mailbox.last()
    assert b"New Person" not in mailbox.last()
    db.session.rollback()
    assert db.session.get_one(AccountLink, made.link.id, populate_existing=True).sealed_link is None


def test_a_withdrawn_link_is_not_mailed(made: MadeLink, mailing: Keys, mailbox: Mailbox) -> None:
    with transaction() as session:
        links.withdraw_all(session, made.link.email)
    mail_invitation(mailing, made.link.id)
    assert mailbox.taken == []


def test_a_server_that_is_away_leaves_the_link_to_be_mailed_later(
    made: MadeLink, mailing: Keys, mailbox: Mailbox
) -> None:
    away = replace(mailing, workers=replace(mailing.workers, smtp_url="smtp://127.0.0.1:1"))
    with pytest.raises(OSError):
        mail_invitation(away, made.link.id)
    mail_invitation(mailing, made.link.id)
    assert len(mailbox.taken) == 1
