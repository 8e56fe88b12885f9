"""What a person may put in place of a machine's conclusion, in the shape that findings of that kind have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.casework.errors import CaseworkError
from app.clock import BAMAKO, utcnow
from app.reference import geography
from app.reference.taxonomy import violations

HIGHEST_URGENCY = 3
_EARLIEST = date(1960, 9, 22)  # Mali's independence: an older event isn't a case here
_WEEK_DAYS, _MONTH_DAYS = 7, 31


def checked(kind: str, value: Mapping[str, Any] | None) -> dict[str, Any]:
    """The complete value of a correction. Raises CaseworkError when the kind or the value can't be."""
    check = _CHECKS.get(kind)
    if check is None:
        raise CaseworkError("not_correctable")
    return check(value or {})


def _violation(value: Mapping[str, Any]) -> dict[str, Any]:
    code = value.get("code")
    if code not in violations():
        raise CaseworkError("violation_unknown")
    return {"code": code}


def _place(value: Mapping[str, Any]) -> dict[str, Any]:
    """A region, and one of its cercles where it is known; without one there is no point to draw."""
    region = geography.region(str(value.get("region_code") or ""))
    if region is None:
        raise CaseworkError("region_unknown")
    if not (code := value.get("cercle_code")):
        return _located(region, None)
    cercle = geography.cercle(str(code), region.code)
    if cercle is None:
        raise CaseworkError("cercle_elsewhere")
    return _located(region, cercle)


def _located(region: geography.Region, cercle: geography.Cercle | None) -> dict[str, Any]:
    return {
        "region": region.name,
        "region_code": region.code,
        "cercle": cercle.name if cercle else None,
        "cercle_code": cercle.code if cercle else None,
        "name": (cercle or region).name,
        "lat": cercle.lat if cercle else None,
        "lon": cercle.lon if cercle else None,
    }


def _occurred(value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        first = date.fromisoformat(str(value.get("from")))
        last = date.fromisoformat(str(value.get("to") or value.get("from")))
    except ValueError as error:
        raise CaseworkError("date_malformed") from error
    if last < first:
        raise CaseworkError("date_order")
    if last > utcnow().astimezone(BAMAKO).date():
        raise CaseworkError("date_future")
    if first < _EARLIEST:
        raise CaseworkError("date_too_old")
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "precision": _precision((last - first).days + 1),
    }


def _precision(days: int) -> str:
    if days == 1:
        return "day"
    if days <= _WEEK_DAYS:
        return "week"
    return "month" if days <= _MONTH_DAYS else "year"


def _urgency(value: Mapping[str, Any]) -> dict[str, Any]:
    level = value.get("level")
    if not isinstance(level, int) or not 0 <= level <= HIGHEST_URGENCY:
        raise CaseworkError("urgency_unknown")
    return {"level": level}


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "violation": _violation,
    "place": _place,
    "occurred": _occurred,
    "urgency": _urgency,
}
CORRECTABLE = frozenset(_CHECKS)
