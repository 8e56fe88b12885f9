"""A form that comes back to the person who sent it, with what they typed and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FormState:
    """A form that came back: its name, what was typed, and what is wrong by field ("" for the whole form)."""

    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    needs_confirmation: bool = False

    def value(self, form: str, name: str, default: object = "") -> str:
        """What to put into a field: what was typed if this form came back, else the default."""
        typed = self.values.get(name) if form == self.name else None
        return str("" if default is None else default) if typed is None else typed

    def error(self, form: str, name: str) -> str:
        """What is wrong with a field, if anything."""
        return self.errors.get(name, "") if form == self.name else ""
