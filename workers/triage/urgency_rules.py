"""The rules of urgency, each a function: what it makes of a case, or None where it doesn't hold."""

from __future__ import annotations

from dataclasses import dataclass

from workers.triage.urgency_case import Case, rules

# What a rule's name is followed by, where something else decided with it.
PLEA, BESIDE = ", and a plea", ", and its words as a whole"


@dataclass(frozen=True, slots=True)
class Decision:
    """A level (0–3), the rule that gives it, and the groups of words it rests on."""

    level: int
    rule: str
    groups: tuple[str, ...] = ()


def decisions(case: Case) -> list[Decision]:
    """Every rule that holds, highest first."""
    return [
        decision
        for decide in (_danger_now, _live_device, _hurt, _held, _planned, _besieged, _fresh)
        if (decision := decide(case)) is not None
    ]


def _danger_now(case: Case) -> Decision | None:
    if case.has("danger_now") or case.has("failing"):
        return Decision(3, "danger now", ("danger_now", "failing"))
    if case.has("surrounded") and not case.has("held"):
        return Decision(3, "danger now", ("surrounded",))
    if case.tells("announced") and case.has("soon") and case.is_within("fresh"):
        return Decision(3, "an attack is announced", ("soon",))
    if case.has("now") and case.is_main("violent") and case.is_of_today:
        return Decision(3, "violence now", ("now",))
    return None


def _live_device(case: Case) -> Decision | None:
    """A device that hasn't gone off lies where people pass."""
    is_live = case.is_main("device") and case.has("live") and not case.has("went_off")
    return Decision(3, "danger now", ("live",)) if is_live else None


def _hurt(case: Case) -> Decision | None:
    if case.has("injured") and case.codes and case.is_within("fresh"):
        return Decision(2, "someone is hurt", ("injured",))
    return None


def _held(case: Case) -> Decision | None:
    """Held or missing until they are said to be back; an arrest for words spoken is a detention too."""
    is_held = case.tells("held") and (case.has("held") or case.is_main("missing"))
    is_seized = case.is_main("spoken") and case.has("seized") and case.is_within("fresh")
    is_so_long = case.is_within("held") or (case.is_main("missing") and case.has("held"))
    if not (is_held or is_seized) or case.has("released") or not is_so_long:
        return None
    return Decision(2, "still held or missing", ("held",) if is_held else ("seized",))


def _planned(case: Case) -> Decision | None:
    """A marriage or excision to come: within days, some way off, or nobody says when."""
    if not case.is_main("planned") or not case.has("planned"):
        return None
    is_soon = case.has("soon") or case.has("weekdays")
    level = 3 if is_soon else 1 if case.has("later") else 2
    return Decision(
        level, "a child or woman can still be protected", ("planned", "soon", "weekdays", "later")
    )


def _besieged(case: Case) -> Decision | None:
    if case.tells("besieged") and case.has("hunger") and case.is_within("recent"):
        return Decision(2, "hunger under siege", ("hunger",))
    return None


def _fresh(case: Case) -> Decision:
    """A grave act while it is fresh; then recent; then past."""
    if not case.codes:
        return Decision(0, "nothing told")
    grave = _continuing(case) & rules().codes["grave"]
    if grave and case.is_within("fresh"):
        return Decision(2, "fresh act")
    is_recent = case.is_within("recent") or case.is_main("lasting")
    return Decision(1, "recent") if is_recent else Decision(0, "past")


def _continuing(case: Case) -> frozenset[str]:
    """The codes that weigh, without what ended with a release, and a flight that only follows from a lasting wrong."""
    ended = rules().codes["held"] if case.has("released") else frozenset[str]()
    followed = rules().codes["besieged"] if case.is_main("lasting") else frozenset[str]()
    return case.weighty - ended - followed
