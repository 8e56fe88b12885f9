"""Text that a database takes, from whatever a phone sealed: the web process couldn't clean what it couldn't read."""

from __future__ import annotations

from typing import Any

from app.public.reading import clean


def storable(value: Any) -> Any:
    """The same JSON-able value with every text in it cleaned: no control characters, and U+FFFD for half a pair of
    surrogates. Raises RecursionError for what is nested too deeply to have been written by a person.
    """
    if isinstance(value, str):
        return clean(value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    return value
