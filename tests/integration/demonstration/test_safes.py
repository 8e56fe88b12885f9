"""The demonstration's people can open at once: their organisations have safes that they are in."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.database import db, transaction
from app.demonstration import cast
from app.demonstration.installing import add_cast, make_safes, password
from app.models import KeyGrant, OrganisationKey, Role
from app.safe import user_keys
from app.settings import Settings


def test_everybody_who_may_open_is_in_and_a_second_time_changes_nothing(
    app: Flask, settings: Settings
) -> None:
    shown = replace(settings, demonstration=True)
    with transaction() as session:
        add_cast(session, shown)
    for _ in range(2):
        make_safes(shown)
    openers = [each for each in cast.accounts() if each.role in {Role.MONITOR, Role.SUPERVISOR}]
    assert db.session.scalar(select(func.count()).select_from(KeyGrant)) == len(openers)
    homes = {each.organisation.key for each in openers}
    assert db.session.scalar(select(func.count()).select_from(OrganisationKey)) == len(homes)
    someone = accounts.user_by_email(db.session(), openers[0].email)
    assert someone is not None
    key = user_keys.key_of(db.session(), someone.id)
    assert key is not None
    assert user_keys.open_own(key, password(shown))
