"""The languages of an XLSForm's columns: `label::Français (fr)`, `label::fr`, `label::French`."""

from __future__ import annotations

import re

_IN_BRACKETS = re.compile(r"\(\s*([a-z]{2,3})\s*\)\s*$")
_CODE = re.compile(r"\A[a-z]{2,3}\Z")
_NAMES = {
    "français": "fr", "francais": "fr", "french": "fr",
    "english": "en", "anglais": "en",
    "bambara": "bm", "bamanankan": "bm",
    "fulfulde": "ff", "peul": "ff", "fula": "ff",
    "arabic": "ar", "arabe": "ar", "العربية": "ar",
}  # fmt: skip


def code_of(column: str) -> str | None:
    """The code of the language that a column's heading names; None where it names none that is known."""
    name = column.strip()
    if found := _IN_BRACKETS.search(name.lower()):
        return found.group(1)
    return _NAMES.get(name.lower()) or (name if _CODE.match(name) else None)
