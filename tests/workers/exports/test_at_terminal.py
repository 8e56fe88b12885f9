"""At a terminal the rules are those of the page: one's own password and code, one's own levels, on record."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from nacl.signing import SigningKey
from sqlalchemy import select

from app.accounts import app_codes
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import db, transaction
from app.exports.signing_keys import minisign_text
from app.models import AuditEntry, Case, Role, User, Verification
from tests.conftest import PASSWORD
from tests.integration.safe.conftest import with_key
from workers.exports.at_terminal import AskedFor, make_and_take
from workers.exports.verifying import verify
from workers.processing import Keys

KEY = SigningKey(b"e" * 32)


@pytest.fixture
def keys(keys: Keys) -> Keys:
    """Workers that sign exports."""
    return replace(keys, workers=replace(keys.workers, export_key=KEY))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("work")
def test_who_has_password_and_code_takes_what_they_may_and_nobody_else(
    app: Flask,
    keys: Keys,
    make_user: Callable[..., User],
    make_case: Callable[..., Case],
    tmp_path: Path,
) -> None:
    analyst = make_user(role=Role.ANALYST)
    with_key(analyst)
    make_case(verification=Verification.VERIFIED, verified_at=utcnow())
    secret = app_codes.new_secret()
    with transaction() as session:
        app_codes.keep(session, session.get_one(User, analyst.id), secret, 0, utcnow())
    target = tmp_path / "copy.zip"
    asked = AskedFor(
        analyst.email,
        {"level": "cndh"},
        "csv",
        "La commission",
        "Rapport annuel",
        password=PASSWORD,
        code=pyotp.TOTP(secret).at(utcnow()),
    )
    for refused in (replace(asked, password="not mine"), replace(asked, code="")):
        with app.app_context(), pytest.raises(CaseworkError, match="forbidden"):
            make_and_take(keys, refused, target)
    with app.app_context(), pytest.raises(CaseworkError, match="level_unknown"):
        make_and_take(keys, replace(asked, form={"level": "judicial"}), target)
    to_partner = {"level": "partner"}
    with app.app_context(), pytest.raises(CaseworkError, match="organisation_needed"):
        make_and_take(keys, replace(asked, form=to_partner), target)
    with app.app_context(), pytest.raises(CaseworkError, match="organisation_unknown"):
        make_and_take(keys, replace(asked, form={**to_partner, "recipient_organisation": "Nobody"}), target)
    assert not target.exists()
    with app.app_context():
        reference = make_and_take(keys, asked, target)
    named = {**to_partner, "recipient_organisation": analyst.organisation.short_name}
    later = pyotp.TOTP(secret).at(utcnow() + timedelta(seconds=30))
    with app.app_context(), pytest.raises(CaseworkError, match="too_few"):  # it was decided on, and refused
        make_and_take(keys, replace(asked, form=named, code=later), tmp_path / "other.zip")
    verdict = verify(target, [minisign_text(bytes(KEY.verify_key))])
    assert verdict.is_right, verdict.in_words("en")
    assert (verdict.manifest["number"], stat.S_IMODE(target.stat().st_mode)) == (reference, 0o600)
    assert {"export.asked", "export.made", "export.taken"} <= set(
        db.session.scalars(select(AuditEntry.action))
    )
