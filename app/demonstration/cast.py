"""Who plays in the demonstration, as cast.toml has it: organisations, people and routing rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.models import OrganisationKind, Role
from app.reference.geography import region


@dataclass(frozen=True, slots=True)
class CastOrganisation:
    """An organisation of the demonstration; `key` is what the other data files call it."""

    key: str
    name: str
    acronym: str
    kind: OrganisationKind
    conflict_actors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CastPerson:
    """Somebody who can sign in; `title` says their role and where, in the page's language."""

    key: str
    name: str
    email: str
    organisation: CastOrganisation
    role: Role

    @property
    def title(self) -> str:
        """`Monitor · Cellule`."""
        return f"{_ROLES[self.role]} · {self.organisation.acronym}"


@dataclass(frozen=True, slots=True)
class CastRule:
    """A line of the routing table."""

    name: str
    organisation: CastOrganisation
    violations: tuple[str, ...]
    region_codes: tuple[str, ...]
    minimum_urgency: int
    minimum_confidence: float
    deadline_hours: int


_ROLES: Mapping[Role, LazyString] = {
    Role.MONITOR: _("Monitor"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.ANALYST: _("Analyst"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
}


@cache
def organisations() -> Mapping[str, CastOrganisation]:
    """The organisations by key."""
    return {
        row["key"]: CastOrganisation(
            key=row["key"],
            name=row["name"],
            acronym=row["acronym"],
            kind=OrganisationKind(row["kind"]),
            conflict_actors=tuple(row.get("conflict_actors", ())),
        )
        for row in _data()["organisation"]
    }


@cache
def accounts() -> tuple[CastPerson, ...]:
    """The people, in the order in which they are offered."""
    return tuple(
        CastPerson(
            row["key"], row["name"], row["email"], organisations()[row["organisation"]], Role(row["role"])
        )
        for row in _data()["person"]
    )


@cache
def rules() -> tuple[CastRule, ...]:
    """The routing table."""
    return tuple(
        CastRule(
            name=row["name"],
            organisation=organisations()[row["organisation"]],
            violations=tuple(row["violations"]),
            region_codes=tuple(_region_code(name) for name in row.get("regions", ())),
            minimum_urgency=row.get("minimum_urgency", 0),
            minimum_confidence=row.get("minimum_confidence", 0.5),
            deadline_hours=row["deadline_hours"],
        )
        for row in _data()["rule"]
    )


def _region_code(name: str) -> str:
    found = region(name)
    if found is None:
        raise ValueError(f"no such region: {name}")
    return found.code


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("app.demonstration").joinpath("cast.toml").read_text("utf-8"))
