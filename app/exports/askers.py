"""Who may ask for which level, as askers.toml has it, and whose exports a person reads about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from app.accounts.permissions import Permission, Scope, may, scope_of
from app.exports.levels import Level
from app.models import ExportKind, ExportRecord, Organisation, User
from app.openings.subjects import may_open


def levels_for(user: User) -> tuple[Level, ...]:
    """The levels that a person may ask for, the most open first; none for who may not export."""
    if not may(user.role, Permission.EXPORT_CASES):
        return ()
    given = _askers().get(user.organisation.kind, {}).get(user.role, ())
    return tuple(level for level in Level if level in given)


def levels_of(organisation_kind: str) -> tuple[Level, ...]:
    """The levels that anybody of such an organisation may ask for: what may be brought to it without being asked."""
    given = {level for levels in _askers().get(organisation_kind, {}).values() for level in levels}
    return tuple(level for level in Level if level in given)


def needs_organisation(level: Level) -> bool:
    """Whether it must be known which organisation gets a file: without it nobody could leave out the cases that concern
    it, ask whether those who reported allow it, or compare with what it has already.
    """
    return level is Level.PARTNER


def asks_for_itself(user: User) -> bool:
    """Whether a person's exports are for their own organisation alone: they get the file themselves, so it is compared
    with what their organisation has, and under nobody else's name. The commission may have every row as it is anyway.
    """
    return Level.CNDH not in levels_for(user)


def may_receive(organisation: Organisation, level: Level) -> bool:
    """Whether an organisation may have cases at a level. To the desk and the commission all may go but identities."""
    return level in levels_of(organisation.kind)


def may_read_all(user: User) -> bool:
    """Whether the register shows a person everybody's exports, not only those of their organisation."""
    is_desk = user.organisation.sees_every_case
    return scope_of(user.role, Permission.READ_AUDIT, is_desk=is_desk) is Scope.INSTALLATION


def may_take(user: User, record: ExportRecord) -> bool:
    """Whether a person may (still) have this file: theirs alone, while they are where they were when they asked.

    Nobody who lost the right to a level gets what they asked for when they had it.
    """
    if record.user_id != user.id or record.organisation_id != user.organisation_id or not user.is_active:
        return False
    if record.kind in {ExportKind.CASES, ExportKind.CASE}:
        return record.level in levels_for(user)
    if record.kind == ExportKind.JUDICIAL:
        return may_open(user)
    if record.kind == ExportKind.REPORT:
        return may(user.role, Permission.PUBLISH_FIGURES) and user.organisation.sees_every_case
    return record.kind != ExportKind.REGISTER or may(user.role, Permission.READ_EXPORTS)


@cache
def _askers() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    data = tomllib.loads(resources.files(__package__).joinpath("askers.toml").read_text("utf-8"))
    return {kind: {role: tuple(levels) for role, levels in roles.items()} for kind, roles in data.items()}
