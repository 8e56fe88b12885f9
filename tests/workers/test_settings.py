"""The keys of the workers: a rotation must not lock out what was sealed before it."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from app.sealing import seal
from app.settings import SettingsError
from workers.opening import CannotOpen, open_sealed
from workers.settings import load_worker_settings


def environment(folder: Path, *, earlier: str = "") -> dict[str, str]:
    """What a worker is started with, without a secrets file."""
    key = base64.b64encode(bytes(PrivateKey.generate())).decode()
    given = {
        "SEERE_VAR": str(folder),
        "SEERE_INTAKE_PRIVATE_KEY": key,
        "SEERE_PSEUDONYM_KEY": base64.b64encode(os.urandom(32)).decode(),
    }
    return given | ({"SEERE_EARLIER_INTAKE_PRIVATE_KEYS": earlier} if earlier else {})


def test_what_was_sealed_before_a_rotation_still_opens(tmp_path: Path) -> None:
    old, older = PrivateKey.generate(), PrivateKey.generate()
    sealed = seal({"text": "avant"}, bytes(older.public_key))
    with pytest.raises(CannotOpen):
        open_sealed(load_worker_settings(environment(tmp_path)), sealed)
    earlier = "\n".join(base64.b64encode(bytes(key)).decode() for key in (old, older))
    settings = load_worker_settings(environment(tmp_path, earlier=earlier))
    assert open_sealed(settings, sealed) == {"text": "avant"}
    assert len(settings.private_keys) == 3


def test_a_damaged_earlier_key_stops_the_start_and_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="EARLIER_INTAKE_PRIVATE_KEYS") as refused:
        load_worker_settings(environment(tmp_path, earlier="bm90IGEga2V5"))
    assert "bm90" not in str(refused.value)
