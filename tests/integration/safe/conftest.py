"""An organisation with a safe, and people whose passwords open their own part of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from nacl.public import PrivateKey

from app.clock import utcnow
from app.database import db, transaction
from app.models import Organisation, OrganisationKind, Report, ReportKey, Role, User
from app.safe import generations, making, shares, user_keys
from app.safe.holding import Unlocked
from tests.conftest import PASSWORD

MakeUser = Callable[..., User]


def with_key(user: User, password: str = PASSWORD) -> Unlocked:
    """Give a person a key pair, as their first sign-in does, and unlock it with a second factor given."""
    prepared = user_keys.prepare(password)
    with transaction() as session:
        assert user_keys.keep(session, session.get_one(User, user.id), prepared)
    return Unlocked(user.id, prepared.private, is_strong=True)


def opened_again(user: User, password: str = PASSWORD) -> Unlocked:
    """Unlock somebody's safe with their password, from what is in the database."""
    db.session.rollback()  # what this test read before must not hide what requests wrote since
    key = user_keys.key_of(db.session(), user.id)
    assert key is not None
    private = user_keys.open_own(key, password)
    assert private is not None
    return Unlocked(user.id, private, is_strong=True)


@dataclass
class Safe:
    """An organisation whose first member made its safe; `code` is what was printed."""

    organisation: Organisation
    maker: User
    held: Unlocked
    code: str


@pytest.fixture
def make_safe(app: Flask, make_user: MakeUser) -> Callable[..., Safe]:
    """Make an organisation with a supervisor who made its safe."""

    def make(kind: OrganisationKind = OrganisationKind.DESK) -> Safe:
        maker = make_user(Role.SUPERVISOR, kind)
        held = with_key(maker)
        code = new_key(maker, held)
        return Safe(maker.organisation, maker, held, code)

    return make


def new_key(user: User, held: Unlocked) -> str:
    """Make an organisation's key and put it to use; its recovery code."""
    prepared = generations.prepare()
    with transaction() as session:
        user = session.get_one(User, user.id)
        key = making.begin(session, user, held, prepared)
        making.put_to_use(session, user, held, key.id)
    return prepared.code


def sealed_report(*organisations: Organisation) -> tuple[uuid.UUID, PrivateKey]:
    """A report with a key of its own, shared with these organisations as a worker does; its id and private key."""
    private = PrivateKey.generate()
    with transaction() as session:
        report = Report(
            id=uuid.uuid4(),
            channel="web",
            channel_reference=uuid.uuid4().bytes * 2,
            receipt_hash=uuid.uuid4().bytes * 2,
            received_at=utcnow(),
        )
        session.add(report)
        session.flush()
        key = ReportKey(id=uuid.uuid4(), report_id=report.id, public_key=bytes(private.public_key))
        session.add(key)
        session.flush()
        current = shares.organisations_with_keys(session, [each.id for each in organisations])
        for each in organisations:
            shares.share_report(session, key, private, current[each.id])
        return report.id, private
