"""Whether a later message is clearly about something else than the report that is open. Pure.

The rule is written in app/messaging/dialogue/conversation.toml, and shown to monitors in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from app.messaging import dialogue
from workers.contracts import Finding, FindingKind
from workers.pipeline import UNSPECIFIC
from workers.triage.explanation import rule_names

_LEARNT = "model"


@dataclass(frozen=True, slots=True)
class About:
    """What a report or a message is about, as far as it is known: codes of place and of the main violation."""

    region: str | None = None
    cercle: str | None = None
    violation: str | None = None


def told_in(findings: Iterable[Finding]) -> About:
    """What a message is clearly about: the first place and the surest violation that triage is sure enough of."""
    sure = [each for each in findings if each.confidence >= dialogue.thresholds().elsewhere_confidence]
    place = next((each.value for each in sure if each.kind is FindingKind.PLACE), {})
    violations = [each for each in sure if each.kind is FindingKind.VIOLATION and _is_clear(each)]
    main = max(violations, key=lambda each: each.confidence, default=None)
    return About(place.get("region_code"), place.get("cercle_code"), main.value["code"] if main else None)


def _is_clear(violation: Finding) -> bool:
    """Told by words of the vocabulary: the learnt model's guess at a few words says too little to part them."""
    return violation.value["code"] not in UNSPECIFIC and rule_names(violation.rule)[0] != _LEARNT


def is_about_something_else(open_report: About, told: About, silence: timedelta) -> bool:
    """Whether, after this silence, what is told has another place or another main violation than the open report."""
    if silence < dialogue.windows().elsewhere:
        return False
    return (
        _differ(open_report.region, told.region)
        or _differ(open_report.cercle, told.cercle)
        or _differ(open_report.violation, told.violation)
    )


def _differ(one: str | None, other: str | None) -> bool:
    """What isn't known on one side differs from nothing."""
    return one is not None and other is not None and one != other
