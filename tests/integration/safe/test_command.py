"""`seere organisation keys`: the code printed there lets the first member in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask

from app.commands import organisation_keys
from app.commands.accounts import organisation_commands
from app.database import db, transaction
from app.models import User
from app.safe import generations, recovery
from tests.integration.safe.conftest import sealed_report, with_key


def test_the_printed_code_lets_the_first_member_in_and_is_printed_once(
    app: Flask, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user()
    monkeypatch.setattr(organisation_keys, "load_settings", lambda: app.extensions["seere_settings"])
    monkeypatch.setattr(organisation_keys, "bare", lambda _settings: app)
    printed = CliRunner().invoke(organisation_commands, ["keys", user.organisation.name])
    code = re.search(r"^  ([0-9A-Z-]{34})$", printed.output, re.MULTILINE)
    assert code, printed.output
    again = CliRunner().invoke(organisation_commands, ["keys", user.organisation.name]).output
    assert code[1] not in again
    assert "Members who can open: 0" in again
    assert CliRunner().invoke(organisation_commands, ["keys", "nobody"]).exit_code == 1
    held = with_key(user)
    opened = recovery.open_with_code(generations.usable_keys(db.session(), user.organisation_id), code[1])
    with transaction() as session:
        recovery.let_in(session, session.get_one(User, user.id), held, opened)
    assert held.report_key(db.session(), sealed_report(user.organisation)[0])
