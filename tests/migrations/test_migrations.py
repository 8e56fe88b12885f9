"""Every migration runs up, down and up again on both databases, and the models say what the schema is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from app.clock import utcnow
from app.database import Base, db
from app.intake.service import NewReport, submit
from app.migrating import migratable
from app.models import Channel
from app.models.search_index import is_declared
from tests.conftest import create_database, make_settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any schema."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    if request.param == "postgresql":
        url = create_database(request.getfixturevalue("postgresql_server"), f"empty_{uuid.uuid4().hex}")
    app = migratable(make_settings(tmp_path, url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_up_down_and_up_again_with_data_in_it(empty: Flask) -> None:
    upgrade()
    submit(empty.extensions["seere_settings"], NewReport(Channel.WEB, "one", {"text": "something"}, utcnow()))
    db.session.remove()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert set(Base.metadata.tables) < set(inspect(db.engine).get_table_names())


def test_the_models_and_the_schema_agree(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_declared})
        assert compare_metadata(context, Base.metadata) == []
