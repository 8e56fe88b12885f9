"""Read values out of a provider's JSON: what isn't of the expected kind is missing, never an error of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.intake.gateways.protocol import LONGEST_IDENTIFIER, Malformed


def words(holder: Mapping[str, Any], *names: str) -> str:
    """The first text that isn't empty under these names, or the empty string."""
    found = (holder.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "")


def text(holder: Mapping[str, Any], name: str) -> str:
    """A message's text, which may be empty but must be there. Raises Malformed."""
    value = holder.get(name)
    if not isinstance(value, str):
        raise Malformed(f"no {name}")
    return value


def identifier(holder: Mapping[str, Any], *names: str) -> str:
    """An id or an address under the first of these names that has one. Raises Malformed.

    Only printable signs: a NUL or half a surrogate pair can't be stored by every database.
    """
    value = words(holder, *names).strip()
    if not (0 < len(value) <= LONGEST_IDENTIFIER and value.isprintable()):
        raise Malformed(f"no {names[0]}")
    return value


def section(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under this name. Raises Malformed."""
    value = holder.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"no {name}")
    return value


def sections(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects under this name. Raises Malformed."""
    value = holder.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Malformed(f"no {name}")
    return value


def moment(value: object) -> datetime | None:
    """An ISO 8601 moment in UTC, or None. One without an offset is UTC, which is also Mali's time."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
