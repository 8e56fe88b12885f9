"""What XLSForm has and the web form doesn't: what keeps a form from being used, and what is merely left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Found = tuple[str, str, str]  # code, column, what it is about

# Kinds of row that a phone fills in by itself. They tell of the person who holds it, and are never collected here.
METADATA = frozenset(
    {
        *(
            "start",
            "end",
            "today",
            "deviceid",
            "phonenumber",
            "subscriberid",
            "simserial",
            "username",
            "email",
        ),
        *("audit", "start-geopoint", "background-audio", "background-geopoint"),
    }
)
_BIND_PROBLEMS = {"calculate": "calculation", "readonly": "read_only", "jr:preload": "preset"}
_BIND_NOTES = {
    "required": "never_required",
    "jr:requiredMsg": "never_required",
    "jr:constraintMsg": "message_left_out",
}
_PROBLEMS = {
    "default": "preset",
    "choice_filter": "choice_filter",
    "trigger": "trigger",
    "query": "choices_from_file",
    "media": "media",
}
_NOTES = {"guidance_hint": "message_left_out", "parameters": "look_left_out"}


def problems_of(element: Mapping[str, Any]) -> Iterator[Found]:
    """What of a row would be wrong to leave out."""
    bind = element.get("bind", {})
    for key, code in _BIND_PROBLEMS.items():
        if key in bind:
            yield code, key.removeprefix("jr:"), str(bind[key])
    for key, code in _PROBLEMS.items():
        if element.get(key):
            yield code, key, str(element.get("name", ""))
    if element.get("list_name") and not element.get("choices"):
        yield "choices_from_file", "type", str(element["list_name"])


def notes_of(element: Mapping[str, Any]) -> Iterator[Found]:
    """What of a row is left out, and can be."""
    bind = element.get("bind", {})
    for key, code in _BIND_NOTES.items():
        if key in bind:
            yield code, key.removeprefix("jr:"), ""
    for key, code in _NOTES.items():
        if element.get(key):
            yield code, key, ""
    if element.get("control", {}).get("appearance"):
        yield "look_left_out", "appearance", ""
