"""Flask with the database, settings and languages, and no pages: what workers and commands need.

Apart from `app.factory`, so that they needn't load all pages before they start (some seconds on a slow machine).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from app import models
from app.database import db
from app.languages import init_languages
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LARGEST_REQUEST_BYTES = 512 * 1024


def bare(settings: Settings) -> Flask:
    """Flask with the database, settings and languages only: what workers and commands need."""
    app = Flask("app", root_path=str(ROOT / "app"), instance_path=str(settings.var))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=_driver(settings.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=_patience(settings.database_url),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=200,
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer; the token and SameSite=Strict stand
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    app.extensions["seere_settings"] = settings
    init_languages(app, str(ROOT / "translations"))
    db.init_app(app)
    return app


def _driver(url: str) -> str:
    """The address with psycopg 3 named where none is."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _patience(url: str) -> dict[str, Any]:
    """A PostgreSQL that doesn't answer is given up within seconds: a webhook's caller waits for fifteen at most."""
    if url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_timeout": 5, "connect_args": {"connect_timeout": 5}}


__all__ = ["LARGEST_REQUEST_BYTES", "ROOT", "bare", "models"]
