"""The worker process: one application, one set of keys, and engines loaded before the first job."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from app.bare import bare
from app.logs import configure_logs
from app.settings import load_settings
from workers.settings import load_worker_settings

if TYPE_CHECKING:
    from flask import Flask

    from workers.processing import Keys


@cache
def worker_app() -> Flask:
    """Flask with the database only."""
    configure_logs()
    return bare(keys().settings)


@cache
def keys() -> Keys:
    """Settings and private keys of this process."""
    from workers.processing import Keys

    return Keys(load_settings(), load_worker_settings())
