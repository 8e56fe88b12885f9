"""Where sealed files lie, and that they go: a private folder for each export, under a name that says nothing."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path

from app.models import ExportRecord
from app.settings import Settings

SEALED = "sealed"
_FOLDER = re.compile(r"[A-Za-z0-9_-]{20,40}")


def new_folder(settings: Settings) -> str:
    """Make an empty folder that nobody else of this machine may look into; its name."""
    name = secrets.token_urlsafe(24)
    root = exports_root(settings)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    (root / name).mkdir(mode=0o700)
    return name


def exports_root(settings: Settings) -> Path:
    """The folder that holds those of all exports."""
    return settings.var / "exports"


def folder_of(settings: Settings, name: str) -> Path:
    """The folder of this name. Raises ValueError for what can't be one."""
    if not _FOLDER.fullmatch(name):
        raise ValueError("no folder's name")
    return exports_root(settings) / name


def sealed_path(settings: Settings, record: ExportRecord) -> Path | None:
    """Where the sealed file of an export lies, if it should be there."""
    return folder_of(settings, record.folder) / SEALED if record.folder else None


def erase(settings: Settings, name: str) -> None:
    """Delete a folder with all that is in it; one that is gone already is no matter."""
    shutil.rmtree(folder_of(settings, name), ignore_errors=True)


def let_go(record: ExportRecord) -> str | None:
    """Forget the file of an export and its key; the name of the folder, to be erased once that is durable."""
    name, record.folder, record.sealed_key = record.folder, None, None
    return name
