"""Questionnaires to publish."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.database import transaction
from app.models import Role, User
from app.questionnaires import service
from app.questionnaires.definition import Choice, Definition, Kind, Question, Section, Texts

Publish = Callable[..., int]


def small_definition(title: str = "Essai") -> Definition:
    """Two questions, of which the second depends on the first; partly translated."""
    hurt = Question(
        "hurt",
        Kind.ONE,
        Texts({"fr": "Des blessés ?", "en": "Anybody hurt?"}),
        choices=(Choice("yes", Texts({"fr": "Oui", "en": "Yes"})), Choice("no", Texts({"fr": "Non"}))),
    )
    number = Question("number", Kind.NUMBER, Texts({"fr": "Combien ?"}), relevant="${hurt} = 'yes'")
    return Definition(Texts({"fr": title}), ("fr", "en"), (Section("s", (hurt, number)),))


@pytest.fixture
def add_version(app: Flask, make_user: Callable[..., User]) -> Publish:
    """`add_version(definition, publish=True)`: the number of a new version."""
    administrator = make_user(role=Role.ADMINISTRATOR)

    def add(definition: Definition | None = None, *, publish: bool = True) -> int:
        with transaction() as session:
            row = service.add_draft(
                session, definition or small_definition(), created_by_id=administrator.id, notes=[]
            )
            number = row.version
            if publish:
                service.publish(session, administrator, number)
        service.forget()
        return number

    return add
