"""A new intake key: what was sealed before still opens, is sealed anew, and the earlier key can then go."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from nacl.public import PrivateKey
from sqlalchemy import select

from app.clock import utcnow
from app.commands.keys import keys_commands
from app.database import db, transaction
from app.installation import make_secrets
from app.intake.service import NewReport, submit
from app.intake_key import NoKeysHere, rotate_in_var
from app.models import Channel, Contact, Message
from app.sealing import key_id, seal
from app.settings import Settings, read_secrets
from tests.conftest import INTAKE_KEY
from workers.intake_rotation import reseal_intake
from workers.opening import CannotOpen, open_sealed
from workers.processing import Keys
from workers.settings import WorkerSettings, load_worker_settings

NEW_KEY = PrivateKey(b"\x0b" * 32)


def ring(*keys: PrivateKey) -> WorkerSettings:
    return WorkerSettings({key_id(bytes(key.public_key)): key for key in keys}, pseudonym_key=b"3" * 32)


def test_everything_is_sealed_anew_once_and_damage_is_told(app: Flask, settings: Settings) -> None:
    for number in range(3):
        submit(settings, NewReport(Channel.WEB, f"report {number}", {"text": f"text {number}"}, utcnow()))
    with transaction() as session:
        sealed = seal({"address": "+22370000000"}, settings.intake_public_key)
        session.add(Contact(digest=b"d" * 32, sealed_address=sealed))
        damaged = session.scalars(select(Message).limit(1)).one()
        damaged.sealed_content = (damaged.sealed_content or b"")[:-1]
    after = replace(settings, intake_public_key=bytes(NEW_KEY.public_key))
    keys = Keys(after, ring(NEW_KEY, INTAKE_KEY))
    result = reseal_intake(keys)
    assert (result.done, result.damaged) == (3, 1)
    assert reseal_intake(keys).done == 0
    db.session.rollback()
    contact = db.session.scalars(select(Contact)).one()
    assert open_sealed(ring(NEW_KEY), contact.sealed_address) == {"address": "+22370000000"}
    texts = [each.sealed_content for each in db.session.scalars(select(Message)) if each.id != damaged.id]
    assert {open_sealed(ring(NEW_KEY), sealed or b"")["text"] for sealed in texts} <= {
        "text 0",
        "text 1",
        "text 2",
    }
    with pytest.raises(CannotOpen):
        open_sealed(ring(INTAKE_KEY), contact.sealed_address)


def test_the_command_makes_a_pair_and_keeps_the_earlier_for_workers_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEERE_VAR", str(tmp_path))
    make_secrets(tmp_path, demonstration=False)
    environ = {"SEERE_VAR": str(tmp_path)}
    before = set(load_worker_settings(environ).private_keys)
    for _ in range(2):
        assert CliRunner().invoke(keys_commands, ["rotate-intake"]).exit_code == 0
    held = load_worker_settings(environ).private_keys
    web = read_secrets(tmp_path / "secrets/web.toml")
    present = key_id(base64.b64decode(str(web["intake_public_key"])))
    assert before < set(held)
    assert len(held) == 3
    assert present in held
    assert not any("private" in name for name in web)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
    assert CliRunner().invoke(keys_commands, ["forget-earlier-intake", "--yes"]).exit_code == 0
    assert set(load_worker_settings(environ).private_keys) == {present}


def test_the_command_works_where_each_key_is_a_file(tmp_path: Path) -> None:
    folder = str(tmp_path / "keys")
    assert CliRunner().invoke(keys_commands, ["make", folder]).exit_code == 0
    earlier = (tmp_path / "keys/intake_private_key").read_text()
    assert CliRunner().invoke(keys_commands, ["rotate-intake", folder]).exit_code == 0
    private = base64.b64decode((tmp_path / "keys/intake_private_key").read_text())
    public = base64.b64decode((tmp_path / "keys/intake_public_key").read_text())
    assert bytes(PrivateKey(private).public_key) == public
    assert (tmp_path / "keys/earlier_intake_private_keys").read_text() == earlier


def test_without_keys_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(NoKeysHere):
        rotate_in_var(tmp_path)
    assert list(tmp_path.iterdir()) == []
