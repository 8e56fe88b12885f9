"""What the engines say to each other and to the pipeline: plain values, no behaviour that touches the world.

All offsets are Unicode code points (Python string indexes), end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EntityLabel(StrEnum):
    """Kinds of identifying expressions that are replaced by tokens."""

    PERSON = "PERSON"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    ID = "ID"
    PLATE = "PLATE"
    ADDRESS = "ADDRESS"
    COORD = "COORD"
    DOB = "DOB"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, `start` inclusive and `end` exclusive, in code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two stretches share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Entity:
    """One identifying expression in the original text and the token that stands for it.

    `confidence` is calibrated: of the masks given with 0.8, four in five are right. `detectors` names what found it
    (a pattern, a list, a frame, the tagger), for the person who reviews it. `sex` is `femme` or `homme` and `role`
    `victime`, `auteur présumé`, `témoin` or `déclarant` where the text says so; empty elsewhere.
    """

    start: int
    end: int
    label: EntityLabel
    token: str
    confidence: float
    detectors: tuple[str, ...] = ()
    sex: str = ""
    role: str = ""
    shown: str = ""

    @property
    def written(self) -> str:
        """What stands in the anonymised text: the token, or the token with its description."""
        return self.shown or self.token


@dataclass(frozen=True, slots=True)
class Anonymised:
    """An anonymised text, the language it was read in, and the entities by their place in the *original*.

    `review` are stretches of the original that stay readable and that a person should look at, each with its reason;
    `residual_risk` is the chance (0–1) that something identifying is left in `text`.
    """

    text: str
    language: str
    entities: tuple[Entity, ...] = ()
    review: tuple[tuple[Span, str], ...] = ()
    residual_risk: float = 0.0

    def locate(self, span: Span) -> Span:
        """Where a stretch of the original lies in the anonymised text; it grows to whole tokens it touches."""
        start, end, shift = span.start, span.end, 0
        new_start = new_end = None
        for entity in sorted(self.entities, key=lambda found: found.start):
            token_start = entity.start + shift
            if new_start is None and start < entity.end:
                new_start = token_start if start >= entity.start else start + shift
            if end <= entity.start:
                new_end = end + shift
                break
            if end <= entity.end:
                new_end = token_start + len(entity.written)
                break
            shift += len(entity.written) - (entity.end - entity.start)
        new_start = start + shift if new_start is None else new_start
        new_end = end + shift if new_end is None else new_end
        return Span(new_start, max(new_start, new_end))


class FindingKind(StrEnum):
    """What a finding is about. `value` of each kind is given beside it."""

    LANGUAGE = (
        "language"  # {"language": ISO 639 code or "und", and if others carry part of it "mixed": [codes]}
    )
    VIOLATION = "violation"  # {"code": one of app.reference violations}
    PLACE = "place"  # {"region": str, "cercle": str | None, "name": str, "lat": float | None, "lon": …}
    OCCURRED = (
        "occurred"  # {"from": ISO date, "to": ISO date, "precision": "day" | "week" | "month" | "year"}
    )
    URGENCY = "urgency"  # {"level": 0..3}
    ACTOR = "actor"  # {"code": actor code, "category": "state" | …, "name": str, "alleged": True}
    DOUBT = "doubt"  # {"reason": why a person should look at these words: they may identify somebody}
    TWIN = "twin"  # {"case_id": str}
    SAME_PERSON = "same_person"  # {"case_id": str}
    PERSON = "person"  # {"token": str, "sex": "female" | "male" | "", "role": "victim" | "alleged_author" | … | ""}
    VICTIMS = "victims"  # {"status": "killed" | …, "count": int | None, "sex": str | None, "children": bool}


@dataclass(frozen=True, slots=True)
class Finding:
    """What an engine concluded, how sure it is, by which rule, from which words of the original text."""

    kind: FindingKind
    value: Mapping[str, Any]
    confidence: float
    rule: str
    evidence: tuple[Span, ...] = ()


class ConsentAsked(StrEnum):
    """What a rule may ask about the wishes of those who reported."""

    ANY = ""
    ALLOWED = "allowed"
    NEVER_ASKED = "never_asked"


@dataclass(frozen=True, slots=True)
class RoutableCase:
    """What routing may look at: conclusions only, never text.

    `arrived_at` is the moment at which it came in, as clocks in Mali show it. `allowed_kinds` are the kinds of
    organisation that everybody who was asked allows; None where nobody was. `may_share` is
    False for what was withdrawn.
    """

    violations: Mapping[str, float]
    region: str | None
    cercle: str | None
    place_confidence: float
    urgency: int
    actors: Sequence[str] = ()
    named_organisations: Sequence[str] = ()
    may_share: bool = True
    language: str = "und"
    channel: str = ""
    arrived_at: datetime | None = None
    allowed_kinds: frozenset[str] | None = None
    allows_identity: bool = False
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One line of the routing table. Empty conditions match everything; regions and cercles are one condition.

    `days` count from Monday, 0. `hours` is (from, until) on the clocks of Mali, until exclusive, over midnight where it
    is the smaller. `actors` hold every code that is meant, those of whole categories too.
    """

    id: str
    name: str
    organisation_id: str
    violations: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    minimum_urgency: int = 0
    minimum_confidence: float = 0.5
    deadline_hours: int = 72
    cercles: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None
    consent: ConsentAsked = ConsentAsked.ANY
    disclosure: str = "anonymised"
    sends_at_once: bool = True


@dataclass(frozen=True, slots=True)
class RoutableOrganisation:
    """An organisation as routing sees it. `conflict_actors` are actor codes it must never be sent."""

    id: str
    is_active: bool
    conflict_actors: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ProposedReferral:
    """A referral the rules ask for, which rules asked for it, what it shows, and whether it may go without a person."""

    organisation_id: str
    rule_ids: tuple[str, ...]
    deadline_hours: int
    reasons: tuple[str, ...] = field(default=())
    disclosure: str = "anonymised"
    is_sent: bool = True


class Withheld(StrEnum):
    """Why an organisation isn't sent what a rule asks for."""

    CONFLICT = "conflict"
    NAMED = "named"
    INACTIVE = "inactive"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What rules ask for, and why it is withheld if it is."""

    referral: ProposedReferral
    withheld: Withheld | None = None
