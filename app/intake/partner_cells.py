"""From answers and cells, which are all text, to the values that a report's fields hold; and whose column is whose.

What can't be read is left as it is: the rules for reports then say what is wrong with it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from app.folding import fold

CONSENT_FIELDS = ("may_ask", "share_with", "with_identity")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")
_YES = frozenset({"1", "yes", "y", "true", "oui", "o", "vrai"})
_NO = frozenset({"", "0", "no", "n", "false", "non", "faux"})
_NUMBER = re.compile(r"[-+]?\d{1,3}(?:[.,]\d+)?")
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
METRES_IN_KM = 1000


def typed(cells: Mapping[str, str]) -> dict[str, Any]:
    """A report as app.intake.partner_reports.check takes it, from the text of each field. Empty ones are left out."""
    given: dict[str, Any] = {name: value for name, value in cells.items() if value.strip()}
    consent = {name: given.pop(name) for name in CONSENT_FIELDS if name in given}
    for name, convert in _CONVERSIONS.items():
        if name in given:
            given[name] = convert(cells[name])
    if consent:
        given["consent"] = _consent(consent)
    return given


def guess(names: Iterable[str]) -> dict[str, str]:
    """Which of some headings or question names belongs to which field: field by field, each name used once."""
    by_key: dict[str, str] = {}
    for name in names:
        for key in (_key(name), _key(name.rsplit("/", 1)[-1])):
            by_key.setdefault(key, name)
    found: dict[str, str] = {}
    for field, known in _known_names().items():
        heading = next((by_key[_key(each)] for each in known if _key(each) in by_key), None)
        if heading is not None and heading not in found.values():
            found[field] = heading
    return found


@cache
def _known_names() -> Mapping[str, tuple[str, ...]]:
    data = tomllib.loads(files("app.intake").joinpath("field_names.toml").read_text("utf-8"))
    return {field: tuple(names) for field, names in data.items()}


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", fold(name))


def _day(text: str) -> str:
    """ISO 8601 from the ways in which dates are written in Mali (day first) and by spreadsheets."""
    alone = _CLOCK.sub("", text.strip())
    for form in _DAYS:
        try:
            return datetime.strptime(alone, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return text


def _position(text: str) -> object:
    """Degrees from `12.6 -8.0`, `12,6; -8,0`, or a geopoint of Kobo (latitude longitude altitude metres)."""
    separator = r"[;\s]+" if re.search(r"[;\s]", text.strip()) else ","
    parts = [part.rstrip(",").replace(",", ".") for part in re.split(separator, text.strip())]
    if len(parts) not in {2, 3, 4} or not all(_NUMBER.fullmatch(part) for part in parts[:2]):
        return text
    given = {"latitude": float(parts[0]), "longitude": float(parts[1])}
    if len(parts) == 4 and re.fullmatch(r"\d+(?:\.\d+)?", parts[3]):
        given["precision_km"] = float(parts[3]) / METRES_IN_KM
    return given


def is_geopoint(text: str) -> bool:
    """Whether an answer of Kobo is a point: latitude, longitude, altitude and accuracy, as numbers."""
    parts = text.split(" ")
    return len(parts) == 4 and all(re.fullmatch(r"-?\d+(?:\.\d+)?", part) for part in parts)


def _yes_or_no(text: str) -> object:
    answer = fold(text).strip()
    return True if answer in _YES else False if answer in _NO else text


def _consent(cells: Mapping[str, str]) -> dict[str, Any]:
    consent: dict[str, Any] = {
        name: _yes_or_no(value) for name, value in cells.items() if name != "share_with"
    }
    if "share_with" in cells:
        consent["share_with"] = re.split(r"[\s,;]+", cells["share_with"].strip())
    return consent


_CONVERSIONS: Mapping[str, Callable[[str], object]] = {
    "position": _position,
    "occurred_on": _day,
    "occurred_until": _day,
    "language": lambda text: text.strip().lower(),
    "place": lambda text: text.strip().upper(),
}
