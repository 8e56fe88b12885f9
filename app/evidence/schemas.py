"""What the form that hides parts of a picture holds. Numbers are percents of the picture's sides."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.casework.schemas import Optional

MOST_RECTANGLES = 60
_WHOLE, _SLACK = 100.0, 0.1  # rounding may put an edge a little outside
_SMALLEST = 0.2
_SIDES = ("left", "top", "width", "height")
_COMPLAINT = "rectangle"


class Rectangle(fields.String):
    """`left;top;width;height` in percents; loads as fractions from 0 to 1."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        try:
            return as_fractions([float(part) for part in text.split(";")])
        except ValueError:
            raise ValidationError(_COMPLAINT) from None


def as_fractions(percents: list[float]) -> list[float]:
    """Percents as fractions that lie on the picture. Raises ValueError for any others, NaN among them."""
    if len(percents) != len(_SIDES):
        raise ValueError(_COMPLAINT)
    left, top, width, height = percents
    is_there = 0 <= left < _WHOLE and 0 <= top < _WHOLE and width >= _SMALLEST and height >= _SMALLEST
    is_inside = left + width <= _WHOLE + _SLACK and top + height <= _WHOLE + _SLACK
    if not (is_there and is_inside):
        raise ValueError(_COMPLAINT)
    width, height = min(width, _WHOLE - left), min(height, _WHOLE - top)
    return [round(part / _WHOLE, 4) for part in (left, top, width, height)]


class HidingIn(Schema):
    """All rectangles that are to be hidden from now on, one more from the number fields if they are filled in,
    and what was hidden when the form was drawn.
    """

    class Meta:
        unknown = EXCLUDE

    case = fields.UUID(required=True)
    seen = fields.String(load_default="", validate=validate.Length(max=100))
    rectangle = fields.List(
        Rectangle(), load_default=list, validate=validate.Length(max=MOST_RECTANGLES, error="rectangles_many")
    )
    left = Optional(fields.Float())
    top = Optional(fields.Float())
    width = Optional(fields.Float())
    height = Optional(fields.Float())


def wanted(data: dict[str, Any]) -> list[list[float]]:
    """The rectangles of a form that was loaded. Raises ValidationError where the number fields are half filled in."""
    typed = [data[side] for side in _SIDES]
    if all(part is None for part in typed):
        return list(data["rectangle"])
    try:
        return [*data["rectangle"], as_fractions([float(part) for part in typed if part is not None])]
    except ValueError:
        raise ValidationError({"left": [_COMPLAINT]}) from None
