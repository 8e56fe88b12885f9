"""The way of the database's schema to its newest version. Apart, so that only who goes it loads Alembic."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from app.bare import ROOT, bare
from app.database import db
from app.settings import Settings


def migratable(settings: Settings) -> Flask:
    """A bare application in whose context Flask-Migrate's `upgrade` and `downgrade` work."""
    app = bare(settings)
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    return app
