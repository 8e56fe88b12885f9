"""Replacing the key that arriving reports are sealed to, in the files that hold an installation's keys.

Workers learn the new private key first, with the earlier one beside it; only then does the web process get the new
public key. Whatever dies in between, workers can open everything.
"""

from __future__ import annotations

from pathlib import Path

from app.installation import EXPORT_KEY, WORKER_SECRETS_FILE, new_keys, write_private, write_secret
from app.settings import WEB_SECRETS_FILE, read_secrets

PUBLIC, PRIVATE, EARLIER = "intake_public_key", "intake_private_key", "earlier_intake_private_keys"


class NoKeysHere(RuntimeError):
    """The files that hold the keys are not where they were looked for; nothing was changed."""


def rotate_in_var(var: Path) -> None:
    """Put a new pair into `var/secrets/web.toml` and `workers.toml`. Raises NoKeysHere."""
    web, workers = _texts(var / WEB_SECRETS_FILE), _texts(var / WORKER_SECRETS_FILE)
    if PUBLIC not in web or PRIVATE not in workers:
        raise NoKeysHere
    public, private = _new_pair()
    _replace_toml(var / WORKER_SECRETS_FILE, workers | _with_earlier(workers, private))
    _replace_toml(var / WEB_SECRETS_FILE, web | {PUBLIC: public})


def rotate_in_folder(folder: Path) -> None:
    """The same where each key is a file of its own, as `seere keys make` writes them. Raises NoKeysHere."""
    names = [PUBLIC, PRIVATE, EARLIER]
    held = {name: (folder / name).read_text("utf-8").strip() for name in names if (folder / name).is_file()}
    if PUBLIC not in held or PRIVATE not in held:
        raise NoKeysHere
    public, private = _new_pair()
    changed = _with_earlier(held, private)
    _replace(folder / EARLIER, changed[EARLIER])
    _replace(folder / PRIVATE, changed[PRIVATE])
    _replace(folder / PUBLIC, public)


def rotate_export_key(var: Path, folder: Path | None) -> None:
    """Put a new key for signing exports into `workers.toml`, or into its file in `folder`. Raises NoKeysHere.

    Nothing private is kept of the one before: what it signed is checked with its public half, which the database has.
    """
    _, fresh = new_keys()
    if folder is not None:
        if not (folder / EXPORT_KEY).is_file():
            raise NoKeysHere
        _replace(folder / EXPORT_KEY, fresh[EXPORT_KEY])
        return
    workers = _texts(var / WORKER_SECRETS_FILE)
    if PRIVATE not in workers:
        raise NoKeysHere
    _replace_toml(var / WORKER_SECRETS_FILE, workers | {EXPORT_KEY: fresh[EXPORT_KEY]})


def forget_earlier_in_var(var: Path) -> None:
    """Throw away the earlier private keys in `workers.toml`. Raises NoKeysHere."""
    workers = _texts(var / WORKER_SECRETS_FILE)
    if PRIVATE not in workers:
        raise NoKeysHere
    _replace_toml(var / WORKER_SECRETS_FILE, workers | {EARLIER: ""})


def _with_earlier(held: dict[str, str], private: str) -> dict[str, str]:
    earlier = [held[PRIVATE], *held.get(EARLIER, "").split()]
    return {PRIVATE: private, EARLIER: " ".join(dict.fromkeys(earlier))}


def _new_pair() -> tuple[str, str]:
    web, workers = new_keys()
    return web[PUBLIC], workers[PRIVATE]


def _texts(path: Path) -> dict[str, str]:
    return {name: str(value) for name, value in read_secrets(path).items()}


def _replace_toml(path: Path, values: dict[str, str]) -> None:
    beside = path.with_name(path.name + ".new")
    write_private(beside, values)
    beside.replace(path)


def _replace(path: Path, content: str) -> None:
    """Write beside the file, then put it in its place: no moment without a key."""
    beside = path.with_name(path.name + ".new")
    write_secret(beside, content)
    beside.replace(path)
