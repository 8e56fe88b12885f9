"""What a rule says, apart from when and by whom: as it is stored with every version and every preview."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from app.models import ConsentCondition, Disclosure, RoutingRule

LISTS = (
    "violations",
    "region_codes",
    "cercle_codes",
    "actors",
    "languages",
    "channels",
    "days",
)


@dataclass(frozen=True, slots=True)
class RuleContent:
    """The conditions of a rule and what it does; see `app.models.RoutingRule` for what they mean."""

    name: str
    organisation_id: uuid.UUID
    violations: tuple[str, ...] = ()
    region_codes: tuple[str, ...] = ()
    cercle_codes: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    from_hour: int | None = None
    until_hour: int | None = None
    consent: str = ConsentCondition.ANY
    minimum_urgency: int = 0
    minimum_confidence: float = 0.5
    deadline_hours: int = 72
    disclosure: str = Disclosure.ANONYMISED
    sends_at_once: bool = True
    is_active: bool = True


NAMES = tuple(each.name for each in fields(RuleContent))


def content_of(rule: RoutingRule) -> RuleContent:
    """What a rule says now."""
    return RuleContent(**{name: _frozen(name, getattr(rule, name)) for name in NAMES})


def from_record(record: Mapping[str, Any]) -> RuleContent:
    """Content as a version or a preview stores it. What an older one has no word for is as it worked then."""
    known = {name: _frozen(name, record[name]) for name in NAMES if name in record}
    return RuleContent(**known | {"organisation_id": uuid.UUID(record["organisation_id"])})


def as_record(content: RuleContent) -> dict[str, Any]:
    """Content as it is stored: codes, numbers and one id."""
    stored = {name: list(value) if name in LISTS else value for name, value in asdict(content).items()}
    return stored | {"organisation_id": str(content.organisation_id)}


def put_into(rule: RoutingRule, content: RuleContent) -> None:
    """Make a rule say this."""
    for name in NAMES:
        value = getattr(content, name)
        setattr(rule, name, list(value) if name in LISTS else value)


def _frozen(name: str, value: Any) -> Any:
    return tuple(value) if name in LISTS else value
