"""What a first start makes: the folder of this installation, its secrets, its schema, its compiled translations."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from nacl.public import PrivateKey

from app.settings import WEB_SECRETS_FILE, read_secrets

WORKER_SECRETS_FILE = "secrets/workers.toml"
AUDIT_KEY = "audit_signing_key"
EXPORT_KEY = "export_signing_key"
DEMONSTRATION_FILE = "secrets/demonstration.toml"


def make_secrets(var: Path, *, demonstration: bool) -> bool:
    """Write `web.toml` and `workers.toml` (mode 0600) unless they are there; True when this is a first start.

    The private intake key goes only into the workers' file. A demonstration gets a Twilio account of its own
    simulator; a real installation has none until an administrator gives one, so webhooks are refused.
    """
    folder = var / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    var.chmod(0o700)
    folder.chmod(0o700)
    if (var / WEB_SECRETS_FILE).exists():
        _add_signing_keys(var / WORKER_SECRETS_FILE)
        return False
    web, workers = new_keys()
    write_private(var / WORKER_SECRETS_FILE, workers)
    if demonstration:
        web |= _simulated_account()
        write_private(var / DEMONSTRATION_FILE, {"password": secrets.token_urlsafe(12)})
    write_private(var / WEB_SECRETS_FILE, web)
    return True


def new_keys() -> tuple[dict[str, str], dict[str, str]]:
    """Fresh keys in base64: those of the web process, and those that only workers may hold."""
    private = PrivateKey.generate()
    web = {
        "secret_key": _base64(secrets.token_bytes(32)),
        "lookup_key": _base64(secrets.token_bytes(32)),
        "intake_public_key": _base64(bytes(private.public_key)),
    }
    workers = {
        "intake_private_key": _base64(bytes(private)),
        "pseudonym_key": _base64(secrets.token_bytes(32)),
        AUDIT_KEY: _base64(secrets.token_bytes(32)),
        EXPORT_KEY: _base64(secrets.token_bytes(32)),
    }
    return web, workers


def _add_signing_keys(path: Path) -> None:
    """Installations from before the audit trail or exports were signed get the keys for it."""
    stored = {name: str(value) for name, value in read_secrets(path).items()}
    missing = [name for name in (AUDIT_KEY, EXPORT_KEY) if name not in stored]
    if stored and missing:
        beside = path.with_name(path.name + ".new")
        write_private(beside, stored | {name: _base64(secrets.token_bytes(32)) for name in missing})
        beside.replace(path)


def _simulated_account() -> dict[str, str]:
    return {
        "demonstration": "true",
        "twilio_account_sid": "AC" + secrets.token_hex(16),
        "twilio_auth_token": secrets.token_hex(16),
        "twilio_number": "+22320700000",
    }


def write_private(path: Path, values: dict[str, str]) -> None:
    """Write a TOML file that only its owner can read."""
    write_secret(path, "".join(f'{name} = "{value}"\n' for name, value in values.items()))


def write_secret(path: Path, content: str) -> None:
    """Write a file that only its owner can read, from its first byte on, and that survives a power cut."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def compile_translations(folder: Path) -> int:
    """Compile every catalogue that is newer than its compiled form; how many were."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as readable:
            catalogue = read_po(readable)
        with target.open("wb") as writable:
            write_mo(writable, catalogue)
        compiled += 1
    return compiled


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
