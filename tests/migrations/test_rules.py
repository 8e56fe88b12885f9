"""Routing rules of an older release go on as they worked, as version 1 of themselves."""

from __future__ import annotations

import uuid

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select, table, text
from sqlalchemy.sql import column
from sqlalchemy.types import JSON, Boolean, Uuid

from app.clock import utcnow
from app.database import db
from app.models import RoutingRule, RuleVersion
from app.rules.content import content_of, from_record
from tests.migrations.test_migrations import empty

__all__ = ["empty"]


def test_a_rule_of_before_is_version_one(empty: Flask) -> None:
    upgrade(revision="0007")
    organisation_id = uuid.uuid4()
    lists = ("violations", "region_codes", "actors")
    old = table(
        "routing_rule",
        *(column(name, Uuid()) for name in ("id", "organisation_id")),
        *(column(name, JSON()) for name in lists),
        column("is_active", Boolean()),
        *(column(name) for name in ("name", "minimum_urgency", "minimum_confidence", "deadline_hours")),
    )
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (id, name, acronym, kind, conflict_actors, is_active, created_at)"
                " VALUES (:id, 'CSO', '', 'civil_society', '[]', true, :now)"
            ),
            {
                "id": organisation_id if db.engine.dialect.name != "sqlite" else organisation_id.hex,
                "now": utcnow(),
            },
        )
        connection.execute(
            insert(old).values(
                id=uuid.uuid4(),
                organisation_id=organisation_id,
                name="Pillages",
                violations=["pillage"],
                region_codes=["ML19"],
                actors=[],
                is_active=True,
                minimum_urgency=1,
                minimum_confidence=0.6,
                deadline_hours=48,
            )
        )
    upgrade()
    rule = db.session.scalars(select(RoutingRule)).unique().one()
    version = db.session.scalars(select(RuleVersion)).one()
    assert (rule.version, rule.disclosure, rule.sends_at_once, rule.days) == (1, "anonymised", True, [])
    assert (version.version, version.saved_by_id) == (1, None)
    assert from_record(version.content) == content_of(rule)
