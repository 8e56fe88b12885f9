"""Kinds of fields for what partners' programs and tables hold. Strict, and what is wrong is a code.

The codes are those of app/intake/partner_problems.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

_KEPT_CONTROLS = frozenset("\n\t")
_CODES: Mapping[str, str] = {
    "required": "missing",
    "null": "missing",
    "invalid": "invalid",
    "invalid_utf8": "invalid",
    "validator_failed": "invalid",
    "type": "invalid",
    "too_large": "out_of_range",
    "special": "out_of_range",
}


def codes(**other: str) -> dict[str, Any]:
    """marshmallow's messages as codes; some of them other than usual."""
    return {**_CODES, **other}


def plain(text: str) -> str:
    """Text with one kind of line end, without control characters, lone surrogates or space around it."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in joined if _is_kept(sign)).strip()


def _is_kept(sign: str) -> bool:
    return sign in _KEPT_CONTROLS or unicodedata.category(sign) not in {"Cc", "Cs"}


def is_visible(text: str) -> None:
    """A validator: something that somebody can see. Raises ValidationError("missing")."""
    if not any(unicodedata.category(sign)[0] not in "ZC" for sign in text):
        raise ValidationError("missing")


def one_of(known: Iterable[str]) -> validate.OneOf:
    """A validator: one of some codes."""
    return validate.OneOf([str(code) for code in known], error="choice")


def at_most(longest: int, code: str = "too_long") -> validate.Length:
    """A validator: no longer than that."""
    return validate.Length(max=longest, error=code)


class Strict(Schema):
    """A mapping in which nothing unknown may stand: a misspelt name must not lose what its writer meant."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown_field", "type": "invalid"}  # noqa: RUF012 - as marshmallow has it


class Text(fields.String):
    """Text, cleaned before it is measured."""

    def __init__(self, longest: int, description: str, **options: Any) -> None:
        metadata = {"description": description, "maxLength": longest}
        checks = [*options.pop("validate", ()), at_most(longest)]
        super().__init__(validate=checks, error_messages=codes(), metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return plain(str(super()._deserialize(value, attr, data, **options)))


class YesOrNo(fields.Boolean):
    """true or false, and nothing that resembles them."""

    def __init__(self, description: str) -> None:
        super().__init__(load_default=False, error_messages=codes(), metadata={"description": description})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError("invalid")
        return value


class Number(fields.Float):
    """A number of JSON within a range, ends included."""

    def __init__(self, least: float, most: float, description: str, **options: Any) -> None:
        within = validate.Range(least, most, error="out_of_range")
        metadata = {"description": description}
        super().__init__(validate=within, error_messages=codes(), metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("invalid")
        return super()._deserialize(value, attr, data, **options)


class Version(fields.Integer):
    """A whole number from 0 that the database can hold."""

    def __init__(self, description: str) -> None:
        within = validate.Range(0, 2**31 - 1, error="out_of_range")
        metadata = {"description": description}
        super().__init__(
            strict=True, load_default=0, validate=within, error_messages=codes(), metadata=metadata
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, bool):
            raise ValidationError("invalid")
        return super()._deserialize(value, attr, data, **options)


class Day(fields.Date):
    """A date as ISO 8601 has it: 2026-03-12."""

    def __init__(self, description: str) -> None:
        metadata = {"description": description}
        super().__init__(load_default=None, error_messages=codes(invalid="date"), metadata=metadata)


class Answers(fields.Raw):
    """Answers by the name of their question: a text or the code of a choice, or a list of such."""

    def __init__(self, description: str, *, most: int, most_choices: int, longest: int) -> None:
        self._most, self._most_choices, self._longest = most, most_choices, longest
        text = {"type": "string", "maxLength": longest}
        several = {"type": "array", "items": text, "maxItems": most_choices}
        metadata = {
            "type": "object",
            "description": description,
            "maxProperties": most,
            "additionalProperties": {"oneOf": [text, several]},
        }
        super().__init__(load_default=dict, error_messages=codes(), metadata=metadata)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:  # noqa: ARG002
        if not isinstance(value, Mapping):
            raise ValidationError("invalid")
        if len(value) > self._most:
            raise ValidationError("too_many")
        return {plain(str(name)): self._answer(each) for name, each in value.items()}

    def _answer(self, value: object) -> str | list[str]:
        if isinstance(value, str) and len(value) <= self._longest:
            return plain(value)
        if isinstance(value, list) and len(value) <= self._most_choices:
            return [self._part(part) for part in value]
        raise ValidationError("invalid")

    def _part(self, value: object) -> str:
        if isinstance(value, str) and len(value) <= self._longest:
            return plain(value)
        raise ValidationError("invalid")
