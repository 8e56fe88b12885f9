"""Coarser values: each step of the ladders of fields.toml, as a function of one value. Pure.

A step never makes up what isn't known: an empty value stays empty, and a date that is known to the month only doesn't
become one of its weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from app.exports.fields import FieldDefinition, Rule, RuleKind, bands
from app.models.persons import UNKNOWN
from app.reference import geography
from app.reference.taxonomy import actor_categories
from workers.disclosure.periods import PERIODS, period_of
from workers.exports.release import FieldKind

_MINORS = frozenset({"child", "adolescent", "minor"})
_ADULTS = frozenset({"adult", "elderly"})
# What a field is once it was generalised, where that differs: its kind and its vocabulary.
_BECOMES: Mapping[tuple[str, str], tuple[FieldKind, str]] = {
    **dict.fromkeys(
        [("date", each) for each in ("week", "month", "quarter", "year", "all")], (FieldKind.PERIOD, "")
    ),
    ("code", "majority"): (FieldKind.CODE, "majority"),
    ("integer", "band"): (FieldKind.CODE, "band"),
    ("integer", "all"): (FieldKind.CODE, "band"),
}
_SEVERAL = {"nature": "actor_nature"}


def kind_under(field: FieldDefinition, rule: Rule) -> tuple[FieldKind, str]:
    """The kind and the vocabulary that a field's values have under a rule."""
    usual = FieldKind(field.kind), field.vocabulary
    if rule.kind is not RuleKind.GENERALISE:
        return usual
    if field.kind == FieldKind.CODES:
        return FieldKind.CODES, _SEVERAL.get(rule.to, field.vocabulary)
    return _BECOMES.get((field.kind, rule.to), usual)


def known_day(day: date | None, precision: str | None) -> str:
    """A day as far as it is known: "2026-02-14", "2026-W07", "2026-02", "2026"; empty for no day."""
    if day is None:
        return ""
    return period_of(day.isoformat(), precision) if precision in PERIODS else day.isoformat()


def period(day: date | None, to: str, precision: str | None = None) -> str:
    """The week, month, quarter or year of a day, or the coarser period that is known of it; empty for no day."""
    known = known_day(day, precision)
    return period_of(known, to) if known else ""


def region_of(place: str | None) -> str:
    """The region of a cercle's code or of a region's own; empty for anything else."""
    if not place:
        return ""
    cercle = geography.cercle(place)
    return cercle.region_code if cercle else place if geography.region(place) else ""


def majority(age_group: str | None) -> str:
    """Under 18 or not, of a group of ages."""
    if age_group in _MINORS:
        return "minor"
    return "adult" if age_group in _ADULTS else UNKNOWN


def band(count: int | None) -> str:
    """Which band of fields.toml a count falls into; `unknown` where nobody knows it."""
    return next((code for fewest, code in bands() if count is not None and count >= fewest), UNKNOWN)


def actor_nature(category: str) -> str:
    """`state`, `non_state` or `unknown` of a category of alleged authors."""
    known = actor_categories().get(category)
    return known.nature if known else UNKNOWN


@cache
def actor_category(code: str) -> str:
    """The category of an author that workers tell apart; a category is its own, and nothing is of an unknown code."""
    if code in actor_categories():
        return code
    return next((name for name, each in actor_categories().items() if code in each.members), "")


@cache
def centre_of(cercle_code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a cercle's chief town in degrees; None where nobody publishes them."""
    cercle = geography.cercle(cercle_code) if cercle_code else None
    if cercle is None or cercle.lat is None or cercle.lon is None:
        return None
    return cercle.lat, cercle.lon
