"""The key that signs exports comes with a start, also of an installation from before it, and can be replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands.keys import keys_commands
from app.installation import EXPORT_KEY, WORKER_SECRETS_FILE, make_secrets, write_private
from app.settings import read_secrets
from workers.settings import load_worker_settings


def test_a_start_makes_it_and_a_rotation_replaces_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / WORKER_SECRETS_FILE
    make_secrets(tmp_path, demonstration=False)
    whole = {name: str(value) for name, value in read_secrets(path).items()}
    write_private(path, {name: value for name, value in whole.items() if name != EXPORT_KEY})
    environ = {"SEERE_VAR": str(tmp_path)}
    assert load_worker_settings(environ).export_key is None
    make_secrets(tmp_path, demonstration=False)
    first = load_worker_settings(environ).export_key
    monkeypatch.setenv("SEERE_VAR", str(tmp_path))
    assert CliRunner().invoke(keys_commands, ["rotate-export"]).exit_code == 0
    second = load_worker_settings(environ).export_key
    assert first is not None
    assert second is not None
    assert first != second
    after = read_secrets(path)
    assert {name: after[name] for name in whole if name != EXPORT_KEY} == {
        name: value for name, value in whole.items() if name != EXPORT_KEY
    }
    assert CliRunner().invoke(keys_commands, ["rotate-export", str(tmp_path)]).exit_code == 1
