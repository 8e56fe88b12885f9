"""What is wrong with a partner's report, in words. The codes are stored; the words are for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

WORDS = {
    "missing": lazy_gettext("This is missing."),
    "invalid": lazy_gettext("This has not the form it must have."),
    "too_long": lazy_gettext("This is too long."),
    "too_many": lazy_gettext("These are too many."),
    "choice": lazy_gettext("This is not one of the codes that are known."),
    "place": lazy_gettext("No place has this code."),
    "date": lazy_gettext("This is not a date such as 2026-03-12."),
    "date_order": lazy_gettext("The last day must not be before the first."),
    "out_of_range": lazy_gettext("This number is too small or too large."),
    "unknown_field": lazy_gettext("There is no such field."),
}
FIELDS = {
    "text": lazy_gettext("What happened"),
    "where": lazy_gettext("Where, in words"),
    "place": lazy_gettext("Code of the place"),
    "position": lazy_gettext("Position"),
    "when": lazy_gettext("When, in words"),
    "occurred_on": lazy_gettext("Day"),
    "occurred_until": lazy_gettext("Last day"),
    "contact": lazy_gettext("How to reach the person"),
    "language": lazy_gettext("Language of the answers"),
    "external_id": lazy_gettext("Your own identifier"),
}
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field. `path` leads to it from the whole, as in ("consent", "may_ask")."""

    path: tuple[str, ...]
    code: str

    @property
    def words(self) -> str:
        """The problem for a person to read."""
        return str(WORDS.get(self.code, WORDS["invalid"]))

    @property
    def pointer(self) -> str:
        """Where it is, as a JSON Pointer (RFC 6901) in a fragment."""
        escaped = (part.replace("~", "~0").replace("/", "~1") for part in self.path)
        return "#" + "".join(f"/{part}" for part in escaped)


def problems_of(messages: object, path: tuple[str, ...] = ()) -> Iterator[FieldProblem]:
    """Every problem in what marshmallow's ValidationError holds."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            below = path if name == "_schema" else (*path, str(name)[:LONGEST_NAME])
            yield from problems_of(inner, below)
        return
    for code in messages if isinstance(messages, list) else [messages]:
        yield FieldProblem(path, code if code in WORDS else "invalid")


def field_label(name: str) -> str:
    """A field's name for people."""
    return str(FIELDS.get(name) or gettext("Other"))
