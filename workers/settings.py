"""What only workers hold: the private intake keys and the key of pseudonyms."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from app.sealing import key_id
from app.settings import PREFIX, SettingsError, read_secrets, var_directory

WORKER_SECRETS_FILE = "secrets/workers.toml"


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Private keys by the id that a sealed value carries, and the key under which phones are known again."""

    private_keys: Mapping[bytes, PrivateKey] = field(repr=False)
    pseudonym_key: bytes = field(repr=False)
    smtp_url: str = field(repr=False, default="")  # empty: no mail is sent
    audit_key: SigningKey | None = field(repr=False, default=None)  # None: the audit trail is not signed
    export_key: SigningKey | None = field(repr=False, default=None)  # None: no export can be made


def load_worker_settings(environ: Mapping[str, str] | None = None) -> WorkerSettings:
    """Keys from the environment (`SEERE_INTAKE_PRIVATE_KEY`, `SEERE_PSEUDONYM_KEY`, or the same with `_FILE`),
    else from `var/secrets/workers.toml`. Raises SettingsError naming what is missing.

    `SEERE_EARLIER_INTAKE_PRIVATE_KEYS` (base64, separated by spaces or lines) are those from before a rotation: what
    was sealed under them, perhaps on a phone that had no network since, can still be opened.
    """
    environ = os.environ if environ is None else environ
    stored = read_secrets(var_directory(environ) / WORKER_SECRETS_FILE)
    private = [PrivateKey(_key(environ, stored, "intake_private_key")), *_earlier(environ, stored)]
    return WorkerSettings(
        private_keys={key_id(bytes(key.public_key)): key for key in private},
        pseudonym_key=_key(environ, stored, "pseudonym_key"),
        smtp_url=_mail_server(environ, stored),
        audit_key=_signing_key(environ, stored, "audit_signing_key"),
        export_key=_signing_key(environ, stored, "export_signing_key"),
    )


def _signing_key(environ: Mapping[str, str], stored: Mapping[str, object], name: str) -> SigningKey | None:
    """`SEERE_AUDIT_SIGNING_KEY` or `SEERE_EXPORT_SIGNING_KEY`: installations from before it existed may lack it."""
    value = _value(environ, stored, name)
    return SigningKey(_decoded(value, name)) if value else None


def _mail_server(environ: Mapping[str, str], stored: Mapping[str, object]) -> str:
    """`SEERE_SMTP_URL`: `smtps://user:password@host`, or `smtp://…` for a server that takes STARTTLS."""
    url = _value(environ, stored, "smtp_url")
    parts = urlsplit(url)
    if url and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise SettingsError(
            f"{PREFIX}SMTP_URL must be an address such as smtps://user:password@mail.example.org."
        )
    return url


def _earlier(environ: Mapping[str, str], stored: Mapping[str, object]) -> list[PrivateKey]:
    name = "earlier_intake_private_keys"
    return [PrivateKey(_decoded(value, name)) for value in _value(environ, stored, name).split()]


def _key(environ: Mapping[str, str], stored: Mapping[str, object], name: str) -> bytes:
    return _decoded(_value(environ, stored, name), name)


def _value(environ: Mapping[str, str], stored: Mapping[str, object], name: str) -> str:
    variable = PREFIX + name.upper()
    path = environ.get(variable + "_FILE")
    try:
        value = environ.get(variable) or (Path(path).read_text("utf-8").strip() if path else "")
    except (OSError, ValueError):
        value = ""
    return value or str(stored.get(name, ""))


def _decoded(value: str, name: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        variable = PREFIX + name.upper()
        raise SettingsError(f"{variable} must be 32 bytes in base64. Workers can't open reports without it.")
    return key
